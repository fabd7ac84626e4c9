"""Is it a person, a machine that answers, a delivery report or a mailing list? Decided from headers, not from moods."""

import re

from muhatap.channels.contract import InboundKind
from muhatap.channels.email.headers import Headers

LIST_FIELDS = (
    "list-id",
    "list-unsubscribe",
    "list-post",
    "mailing-list",
    "x-mailing-list",
    "feedback-id",
    "x-campaign-id",
)
ANSWER_FIELDS = (
    "x-autoreply",
    "x-autorespond",
    "x-autoreply-from",
    "x-autoresponder",
    "x-mail-autoreply",
    "x-ms-exchange-inbox-rules-loop",
)
# RFC 3834 asks for no more than a header; these programs send none. Only looked for at the very start of the subject.
AWAY = re.compile(
    r"^\W*(?:otomatik\s+(?:yanıt|yanit|cevap|mesaj)|ofis\s+dışında|ofis\s+disinda|ofiste\s+değilim|izinde(?:yim)?\b\W*$|tatildeyim|"
    r"yıllık\s+izin(?:deyim|de)|iş\s+yeri\s+dışında|out\s+of\s+(?:the\s+)?office|automatic\s+reply|auto(?:matic)?[-\s]?(?:reply|response)|"
    r"autoreply|away\s+from\s+(?:the\s+|my\s+)?office|automatische\s+(?:antwort|rückmeldung)|abwesenheits(?:notiz|nachricht|meldung|assistent)|"
    r"réponse\s+automatique|absence\s+du\s+bureau|message\s+d['’]absence|respuesta\s+automática|fuera\s+de\s+la\s+oficina|"
    r"risposta\s+automatica|autosvar|автоответ)",
    re.IGNORECASE,
)
DAEMON = re.compile(
    r"^(?:mailer-?daemon|postmaster|mail-?daemon|mdaemon|maildaemon|bounces?|mail\.?delivery(?:\.?(?:sub)?system)?)(?:[@+-]|$)",
    re.I,
)
FAILED = re.compile(
    r"undeliver|returned\s+(?:to\s+sender|mail)|delivery\s+(?:status\s+notification|has\s+failed|failure|failed|problem|report|incomplete)|"
    r"mail\s+(?:delivery\s+(?:failed|failure|system)|system\s+error|could\s+not\s+be\s+delivered)|failure\s+notice|"
    r"message\s+(?:not|could\s+not\s+be)\s+delivered|non\s?remis|delayed\s+mail|delivery\s+delayed|warning:\s+(?:could\s+not\s+send|message)|"
    r"iletilemedi|teslim\s+edilemedi|teslimat\s+(?:başarısız|durumu|hatası)|gönderilemedi|iade\s+edildi|"
    r"unzustellbar|nicht\s+zugestellt|zustellung\s+fehlgeschlagen|zustellfehler|échec\s+de\s+(?:la\s+)?(?:remise|distribution)|non\s+distribu",
    re.IGNORECASE,
)


def kind(headers: Headers, subject: str, sender: str, *, report: str, has_bounces: bool) -> InboundKind:
    """What sort of mail this is. `report` is the report-type of a multipart/report, or nothing."""
    if _is_bounce(headers, subject, sender, report, has_bounces):
        return "bounce"
    said = headers.plain("auto-submitted").lower()
    submitted = re.split(r"[;\s]", said, maxsplit=1)[0]
    is_list = any(headers.has(name) for name in LIST_FIELDS[:5]) or _precedence(headers) in ("list", "bulk", "junk")
    if report or submitted in ("auto-replied", "auto-notified") or _answers_by_itself(headers, subject):
        return "auto_reply"
    if is_list:
        return "list"
    if (submitted and submitted != "no") or _precedence(headers) in ("auto_reply", "auto-reply"):
        return "auto_reply"
    if headers.has("x-auto-response-suppress") and re.search(
        r"\b(?:all|oof|autoreply)\b", headers.plain("x-auto-response-suppress"), re.I
    ):
        return "auto_reply"
    return "message"


def automatic_facts(headers: Headers) -> dict[str, str]:
    """The headers that speak of machines, as they stand: what a loop guard wants to know."""
    names = ("auto-submitted", "precedence", "x-auto-response-suppress", "list-id", "list-unsubscribe", *ANSWER_FIELDS)
    return {name: headers.plain(name)[:500] for name in names if headers.has(name)}


def _is_bounce(headers: Headers, subject: str, sender: str, report: str, has_bounces: bool) -> bool:
    if report == "delivery-status" or report == "disposition-notification":
        return report == "delivery-status" and has_bounces
    if headers.has("x-failed-recipients"):
        return True
    is_daemon = bool(DAEMON.match(sender)) or (not sender and headers.has("return-path"))
    has_no_return = headers.has("return-path") and headers.plain("return-path").strip() in ("<>", "")
    return (is_daemon or has_no_return) and (has_bounces or bool(FAILED.search(subject)))


def _answers_by_itself(headers: Headers, subject: str) -> bool:
    fields = any(headers.has(name) and headers.plain(name).lower() not in ("no", "false") for name in ANSWER_FIELDS)
    return fields or bool(AWAY.match(subject))


def _precedence(headers: Headers) -> str:
    return headers.plain("precedence").lower()
