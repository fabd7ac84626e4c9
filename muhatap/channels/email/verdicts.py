"""What the receiving server found out about the sender: Authentication-Results (RFC 8601).

Only a verdict against the sender counts. Whoever writes such a header himself can so only harm himself; see decision 0008.
"""

import re

from muhatap.channels.email.headers import Headers, unfolded

FIELD = "authentication-results"
COMMENT = re.compile(r"\([^()]*\)")
RESULT = re.compile(r"(?:^|[;\s])(dmarc|spf|dkim)(?:/\d+)?\s*=\s*([a-z]+)", re.IGNORECASE)
N_CHARACTERS = 10_000


def says_forged(headers: Headers, authserv_id: str = "") -> bool:
    """Whether the receiving server said that the mail is not from whom it says.

    `authserv_id` names that server; without it, whoever wrote the topmost verdict is taken for it.
    """
    found: dict[str, list[str]] = {"dmarc": [], "spf": [], "dkim": []}
    for text in _verdicts(headers, authserv_id.lower()):
        for method, result in RESULT.findall(text):
            found[method.lower()].append(result.lower())
    if found["dmarc"] and "none" not in found["dmarc"]:
        return "fail" in found["dmarc"] and "pass" not in found["dmarc"]
    return "fail" in found["spf"] and "fail" in found["dkim"] and "pass" not in found["dkim"]


def _verdicts(headers: Headers, authserv_id: str) -> list[str]:
    """The topmost verdict of that server and its others in the same breath: some programs write one header per method."""
    verdicts: list[str] = []
    for name, value in headers.fields:
        if verdicts and name == "received":
            break
        if name != FIELD:
            continue
        text = _without_comments(unfolded(value[:N_CHARACTERS]))
        speaker = _speaker(text)
        if not verdicts:
            authserv_id = authserv_id or speaker
        if speaker == authserv_id:
            verdicts.append(text)
    return verdicts


def _speaker(text: str) -> str:
    """The server's name for itself; some leave it out and begin with the first result."""
    first = text.partition(";")[0].split()
    return first[0].lower() if first and "=" not in first[0] else ""


def _without_comments(text: str) -> str:
    for _ in range(5):
        text = COMMENT.sub(" ", text)
    return text
