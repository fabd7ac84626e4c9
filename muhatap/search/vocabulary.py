"""The words of the query language, Turkish and English, as they are after folding: durum:açık and status:open are one."""

from muhatap.conversations.models import Conversation

Status = Conversation.Status

FILTERS: dict[str, str] = {
    "from": "from", "kimden": "from", "gonderen": "from",
    "to": "to", "kime": "to", "alici": "to",
    "subject": "subject", "konu": "subject",
    "inbox": "inbox", "kutu": "inbox",
    "tag": "tag", "etiket": "tag",
    "team": "team", "ekip": "team",
    "assignee": "assignee", "atanan": "assignee",
    "status": "status", "durum": "status",
    "before": "before", "once": "before",
    "after": "after", "sonra": "after",
    "on": "on", "gun": "on",
    "has": "has", "var": "has",
    "is": "is", "tur": "is",
}  # fmt: skip
STATUSES: dict[str, str] = {
    "open": Status.OPEN, "acik": Status.OPEN,
    "waiting": Status.WAITING, "bekleyen": Status.WAITING, "bekliyor": Status.WAITING,
    "snoozed": Status.SNOOZED, "ertelenen": Status.SNOOZED, "ertelendi": Status.SNOOZED, "ertelenmis": Status.SNOOZED,
    "resolved": Status.RESOLVED, "cozulen": Status.RESOLVED, "cozuldu": Status.RESOLVED, "cozulmus": Status.RESOLVED,
    "spam": Status.SPAM, "istenmeyen": Status.SPAM,
}  # fmt: skip
KINDS: dict[str, str] = {
    "note": "note", "not": "note",
    "inbound": "inbound", "gelen": "inbound",
    "outbound": "outbound", "giden": "outbound", "yanit": "outbound",
}  # fmt: skip
FILES = frozenset({"file", "files", "attachment", "dosya", "ek"})
NOBODY = frozenset({"nobody", "none", "kimse", "yok"})
ME = frozenset({"me", "ben", "bana"})
TODAY = frozenset({"today", "bugun"})
YESTERDAY = frozenset({"yesterday", "dun"})
# Words that say little. Asked beside others they only lose answers ("iade ve değişim"); asked alone they count.
LITTLE = frozenset(
    """
    acaba ama ancak bana bazi ben benim beni bir biri bu bunu cok cunku da daha de defa diye en gibi ha hem hep her hic
    icin ile ise kez ki kim mi mu ne neden nerde nerede nereye nicin niye o ol olan olarak onu sanki sey siz su tum ve
    veya ya yani
    a an and are as at be by for from i in is it of on or the this to was we with you
    """.split()  # noqa: SIM905 (one reads words, not quotes)
)
