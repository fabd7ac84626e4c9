"""What somebody newly wrote: a mail's text without the quotes, forwards and signatures around it.

Works on lines. Text made from HTML carries marks where the mail program said what is what; plain text is
judged by the forms in `client_forms`. When in doubt the words stay: a line too much is a blemish, a line lost is a loss.
"""

import re

from muhatap.channels.email import client_forms as forms

CUT, ATTRIBUTION, SIGNATURE, SIGNATURE_END = "\ue000", "\ue001", "\ue002", "\ue003"
MARKS = re.compile(f"[{CUT}{ATTRIBUTION}{SIGNATURE}{SIGNATURE_END}]")
MARKED_SIGNATURE = re.compile(f"{SIGNATURE}[^{SIGNATURE}{SIGNATURE_END}]*(?:{SIGNATURE_END}|\\Z)")
INVISIBLE = re.compile("[\u200b\u200e\u200f\u2060\ufeff\xad]")

QUOTED = re.compile(r"^\s{0,3}(?:>|[A-Z]{1,2}>(?:\s|$))")
BARRED = re.compile(r"^\|(?:\s|$)")
FENCE = re.compile(r"^\s*(?:```|~~~)")
RULE = re.compile(r"^(?:[-_=*#~+—–ᐧ•] ?){2,}$|^[—–ᐧ]$")  # of a stripped line
DELIMITER = re.compile(r"^\s*(?:--|—|–|__|-- )\s*$")
UNDERSCORES = re.compile(r"^\s*_{5,}\s*$")
DATE = re.compile(r"\d{1,2}[:.]\d{2}|\b(?:19|20)\d\d\b|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}")
TIME = re.compile(r"\b\d{1,2}[:.h]\d{2}\b")
EMAIL = re.compile(r"[^\s<>\"']+@[^\s<>\"',;:]+")
WROTE = re.compile(rf"(?<!\w){forms.WROTE}(?!\w)", re.IGNORECASE)
ANCHORED = re.compile(rf"^[\s\-*_]*{forms.BEGINS}\s+(?:\S+\s+){{0,2}}\S*\d", re.IGNORECASE)
# A name, then the date, then the verb: Turkish programs put the verb last.
NAME_FIRST = re.compile(r"^\W*(?:[A-ZÇĞİÖŞÜ][\w.'’-]*\W+){1,5}(?:<|\(|,|\d)")
DATE_FIRST = re.compile(r"^\W*\d{1,2}[ ./]\w+[ ./]\d{4}\b")
WEEKDAY_FIRST = re.compile(r"^\W*\w+, \d")
WROTE_LAST = re.compile(rf"{forms.WROTE}\W{{0,4}}$", re.IGNORECASE)
NAME_WROTE = re.compile(rf"^\W*(?:[A-ZÇĞİÖŞÜ][\w.'’-]*\s+){{1,4}}{forms.WROTE}\s?:\s*$")
NAME = re.compile(r"^(?:[A-ZÇĞİÖŞÜ][\w.'’-]*\s*){1,5}$")
TITLE = re.compile(r"^[A-ZÇĞİÖŞÜ][^?!:]{1,60}$")
ENDS = re.compile(r"[:：]\s*[*_]?$|-{3,}\s*$")

# An attribution wrapped right before the closing bracket, which then looks like a quote mark.
TORN_ADDRESS = re.compile(r"(<[^<>\s]{1,200}@[^<>\s]{1,200})\n>(?=\s|:|$)")

N_LONGEST = 2_000  # characters of a line that could still be a form of a mail program
N_WRAPPED = 5  # lines one attribution may be broken into
N_SIGNATURE_LINES = 14
N_LINES, N_CHARACTERS = 5_000, 300_000
WRAP = 66  # programs break lines near 72 to 78 characters


def reply(text: str) -> str:
    """The newly written words of a mail. Never empty when the mail had text; of a bare forward, what was forwarded."""
    if len(text) > N_CHARACTERS or text.count("\n") > N_LINES:
        return MARKS.sub("", text).strip("\n")  # a log or a book; nobody answers like that
    text = TORN_ADDRESS.sub(r"\1>", INVISIBLE.sub("", text).replace("\xa0", " "))
    lines = text.split("\n")
    for candidate in (MARKED_SIGNATURE.sub("\n", text).split("\n"), lines):
        found = _fresh(candidate)
        if found:
            return found
    return MARKS.sub("", text).strip("\n")


def _fresh(lines: list[str], depth: int = 0) -> str:
    lines = [line.rstrip() for line in lines]
    at, below = _cut(lines)
    above = _trimmed(lines[:at])
    if _has_words(above):
        return _joined(above)
    if at < len(lines) and depth < 3:
        # Nothing above the cut: a bare forward, or an answer written below the quote.
        return _fresh(lines[below:], depth + 1)
    quoted = [QUOTED.sub("", line, count=1).removeprefix(" ") for line in lines if QUOTED.match(line)]
    if quoted and depth < 3:
        return _fresh(quoted, depth + 1)
    return ""


def _cut(lines: list[str]) -> tuple[int, int]:
    """Where words of others begin without quote marks, and the first line of their text below the heading."""
    is_code = False
    for at, line in enumerate(lines):
        if FENCE.match(line):
            is_code = not is_code
        if is_code or not line or len(line) > N_LONGEST or QUOTED.match(line):
            continue
        found = _heading(lines, at)
        if found:
            return found
    return len(lines), len(lines)


def _heading(lines: list[str], at: int) -> tuple[int, int] | None:
    """Begin and end of the heading a mail program wrote above a quote at this line, if it did."""
    line = lines[at]
    if line.strip() == CUT or forms.ORIGINAL.match(line) or forms.FORWARD.match(line):
        return at, _below_heading(lines, at + 1)
    if ":" in line and forms.LABEL.match(line) and (end := _header_block(lines, at)):
        return at, end
    if ENDS.search(line) and not _next_is_quoted(lines, at + 1):
        start = _attribution(lines, at, is_quote_below=False)
        return None if start is None else (start, at + 1)
    return None


def _below_heading(lines: list[str], at: int) -> int:
    """Past the header block that may follow a mark or a forward line."""
    for start in range(at, min(at + 6, len(lines))):
        if forms.LABEL.match(lines[start]):
            return _header_block(lines, start, n_least=2) or at
        if (
            lines[start].strip()
            and not RULE.match(lines[start].strip())
            and lines[start].strip() not in (CUT, ATTRIBUTION)
        ):
            break
    return at


def _header_block(lines: list[str], start: int, n_least: int = 3) -> int:
    """The line after a block of From / Sent / To / Subject, or 0 when these lines are no such block."""
    seen: set[str] = set()
    end, n_loose = start, 0
    for at in range(start, min(start + 20, len(lines))):
        label = forms.LABEL.match(lines[at])
        if label and label.lastgroup:
            if label.lastgroup in seen & {"from", "subject"}:
                return 0  # two blocks, or a line of the writer's own above a block
            seen.add(label.lastgroup)
            end, n_loose = at + 1, 0
            continue
        if not lines[at].strip():
            # Text made from HTML may have empty lines between the fields.
            if not (at + 1 < len(lines) and forms.LABEL.match(lines[at + 1])):
                break
            continue
        n_loose += 1
        following = lines[at + 1 : at + 3] if lines[at + 1 : at + 2] != [""] else []
        if n_loose > 2 or not any(map(forms.LABEL.match, following)):
            break  # a long value may wrap, but then another field follows
    if "from" not in seen or len(seen - {"aside"}) < n_least:
        return 0
    return end


def _attribution(lines: list[str], end: int, *, is_quote_below: bool) -> int | None:
    """The first line of the attribution that ends in line `end`, or None when there is none."""
    found = None
    for start in range(end, max(-1, end - N_WRAPPED), -1):
        line = lines[start]
        if is_quote_below and line.strip() == ATTRIBUTION:
            return start  # the mail program itself says so, in whatever language
        if not line.strip() or (start < end and (QUOTED.match(line) or MARKS.search(line))):
            break
        said = " ".join(each.strip() for each in lines[start : end + 1])
        if len(said) > 500:
            break
        if found is not None and not _goes_on(lines[start], lines[start + 1], said):
            continue
        if _is_attribution(said, is_quote_below):
            found = start
    return found


def _goes_on(upper: str, lower: str, said: str) -> bool:
    """Whether a found attribution really began one line higher: it was cut there for its length, or names its date there."""
    if ANCHORED.match(upper) and (lower[:1].islower() or not ANCHORED.match(lower)):
        return True
    first = lower.split(maxsplit=1)[0] if lower.split() else ""
    is_wrapped = len(upper) + 1 + len(first) > WRAP
    lower_is_whole = ANCHORED.match(lower) or NAME_FIRST.match(lower) or DATE_FIRST.match(lower)
    return is_wrapped and not lower_is_whole and bool(NAME_FIRST.match(said) or DATE_FIRST.match(said))


def _is_attribution(said: str, is_quote_below: bool) -> bool:
    if said.count("<") != said.count(">") and "&lt;" not in said:
        return False
    has_verb, has_date, has_email = bool(WROTE.search(said)), bool(DATE.search(said)), bool(EMAIL.search(said))
    if is_quote_below and (NAME_WROTE.match(said) or (has_date and has_email)):
        return True
    if not has_verb or not (ENDS.search(said) or (is_quote_below and WROTE_LAST.search(said))):
        return False
    if has_email:
        return True
    # People write "on the 12th they wrote:" too. Without an address it must begin as programs begin.
    begins = any(form.match(said) for form in (ANCHORED, NAME_FIRST, DATE_FIRST, WEEKDAY_FIRST))
    return begins and has_date and (is_quote_below or bool(TIME.search(said)))


def _trimmed(lines: list[str]) -> list[str]:
    """Drop what stands at the end and was not newly written, until nothing more falls; then the quote at the top."""
    lines = list(lines)
    for _ in range(20):
        before = len(lines)
        _drop_tail(lines)
        _drop_trailing_quote(lines)
        _drop_signature(lines)
        _drop_disclaimer(lines)
        if len(lines) == before:
            break
    _drop_card(lines)
    _drop_attributions(lines)
    return lines


def _drop_tail(lines: list[str]) -> None:
    while lines and not _is_fenced_end(lines):
        last = MARKS.sub("", lines[-1]).strip()
        if (
            last
            and not RULE.match(last)
            and not (len(last) < 250 and any(form.match(last) for form in forms.SENT_FROM))
        ):
            return
        lines.pop()


def _is_fenced_end(lines: list[str]) -> bool:
    return bool(FENCE.match(lines[-1])) and sum(bool(FENCE.match(line)) for line in lines) % 2 == 0


def _drop_trailing_quote(lines: list[str]) -> None:
    if not lines:
        return
    is_barred = bool(BARRED.match(lines[-1]))
    form = BARRED if is_barred else QUOTED
    if not form.match(lines[-1]):
        return
    at = len(lines)
    while at and (not lines[at - 1].strip() or form.match(lines[at - 1])):
        at -= 1
    start = _attribution(lines, at - 1, is_quote_below=True) if at else None
    if is_barred and start is None:
        return  # a table, not a quote
    del lines[at if start is None else start :]


def _drop_signature(lines: list[str]) -> None:
    for at in range(max(0, len(lines) - 4 * N_SIGNATURE_LINES), len(lines)):
        line = lines[at]
        if line[:1] not in "-—–_ " or sum(bool(FENCE.match(each)) for each in lines[:at]) % 2:
            continue
        below = [each for each in lines[at + 1 :] if each.strip()]
        if DELIMITER.match(line) and len(below) <= N_SIGNATURE_LINES and not any(map(QUOTED.match, below)):
            is_long = any(len(each) > 200 for each in below) and not any(map(forms.DISCLAIMER.match, below))
            if not is_long and _has_words(lines[:at]):
                del lines[at:]
                return
        if UNDERSCORES.match(line) and 0 < len(below) <= 8 and _has_words(lines[:at]) and max(map(len, below)) < 100:
            del lines[at:]
            return


def _drop_disclaimer(lines: list[str]) -> None:
    for at, line in enumerate(lines):
        is_start = at == 0 or not lines[at - 1].strip() or RULE.match(lines[at - 1].strip())
        if not is_start or not line or len(line) > 5_000:
            continue
        paragraph = " ".join(lines[at : at + 4])  # it may be wrapped
        if len(paragraph) > 60 and forms.DISCLAIMER.match(paragraph) and _has_words(lines[:at]):
            del lines[at:]
            return


def _drop_card(lines: list[str]) -> None:
    """Below closing words and a name: title, firm, telephone, address. Only what can be nothing else."""
    for at in range(max(0, len(lines) - 30), len(lines)):
        if QUOTED.match(lines[at]) or not forms.CLOSING.match(lines[at]):
            continue
        below = [number for number in range(at + 1, len(lines)) if lines[number].strip()]
        if _is_card([lines[number].strip() for number in below]):
            del lines[below[0] + 1 :]
            return


def _is_card(lines: list[str]) -> bool:
    if not 3 <= len(lines) <= 10 or not NAME.match(lines[0]):
        return False
    n_details = sum(bool(forms.CARD.search(line)) for line in lines[1:])
    return n_details >= 2 and all(forms.CARD.search(line) or TITLE.match(line) for line in lines[1:])


def _drop_attributions(lines: list[str]) -> None:
    """A quote at the top goes with its attribution; quotes answered point by point stay, their attributions go."""
    runs = _quote_runs(lines)
    for number in reversed(range(len(runs))):
        start, end = runs[number]
        said = start - 1
        while said >= 0 and not lines[said].strip():
            said -= 1
        first = _attribution(lines, said, is_quote_below=True) if said >= 0 and start - said <= 2 else None
        if first is None:
            continue
        is_top = not _has_words(lines[:first])
        if is_top and len(runs) == 1:
            del lines[:end]
        else:
            del lines[first:start]


def _quote_runs(lines: list[str]) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for at, line in enumerate(lines):
        if not QUOTED.match(line):
            continue
        if runs and not any(each.strip() for each in lines[runs[-1][1] : at]):
            runs[-1] = (runs[-1][0], at + 1)
        else:
            runs.append((at, at + 1))
    return runs


def _next_is_quoted(lines: list[str], at: int) -> bool:
    for line in lines[at : at + 4]:
        if line.strip():
            return bool(QUOTED.match(line) or BARRED.match(line))
    return False


def _has_words(lines: list[str]) -> bool:
    return any(MARKS.sub("", line).strip() and not QUOTED.match(line) for line in lines)


def _joined(lines: list[str]) -> str:
    return "\n".join(line for line in lines if not MARKS.search(line)).strip("\n").rstrip()
