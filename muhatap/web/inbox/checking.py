"""What the composer says of an answer before it leaves: hints that stand by, and what it asks before it sends."""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from muhatap.channels import limits
from muhatap.channels.contract import Address, FileRef, Limits
from muhatap.channels.limits import Excess
from muhatap.channels.models import Inbox
from muhatap.conversations import cautions
from muhatap.conversations.cautions import Caution, Known
from muhatap.conversations.models import Conversation, Message
from muhatap.conversations.ourselves import Ourselves
from muhatap.conversations.recent import Recent
from muhatap.flow import reply
from muhatap.shared import richtext
from muhatap.web.common import times
from muhatap.web.inbox.display import Check
from muhatap.writing import greeting, promising, rendering

NEAR = 0.8  # of a limit: from here on the composer says how much is left
SHOWN = 4  # names in one sentence


def checks(
    newest: Recent,
    us: Ourselves,
    *,
    html: str,
    to: Sequence[Address],
    cc: Sequence[Address],
    bcc: Sequence[Address],
    files: Sequence[FileRef],
    at: datetime,
) -> tuple[Check, ...]:
    """Everything worth knowing of an answer as it stands, what asks first. Codes are stable."""
    conversation = newest.conversation
    found = [
        *(_in_words(cautions.known_of(newest, us), to, cc, bcc) if conversation.inbox.address else ()),
        *_of_text(html, files),
        *_of_greeting(conversation, html, (*to, *cc)),
        *_of_limits(conversation, html, files, at),
    ]
    return tuple(sorted(found, key=lambda check: not check.asks))


def first_checks(
    inbox: Inbox, *, html: str, to: Sequence[Address], cc: Sequence[Address], files: Sequence[FileRef]
) -> tuple[Check, ...]:
    """The same of a mail that begins a conversation."""
    known = cautions.known_before(inbox)
    found = [*_in_words(known, to, cc, ()), *_of_text(html, files)]
    return tuple(sorted(found, key=lambda check: not check.asks))


def asked(found: Sequence[Check], sure: Collection[str]) -> tuple[Check, ...]:
    """Those that somebody has not said yes to."""
    return tuple(check for check in found if check.asks and check.code not in sure)


def over_limit(over: Excess) -> str:
    """Why the channel would not carry it, what was kept, what to do."""
    allowed, found = times.count(over.allowed), times.count(over.found)
    sentences = {
        "elsewhere": _("Not sent: nothing can be sent from here. Answer where the post stands, then note it here."),
        "short": _(
            "Not sent: an answer here has %(allowed)s letters at least, and this one %(found)s. Write a little more."
        )
        % {"found": found, "allowed": allowed},
        "length": _("Not sent: %(found)s letters, and this channel carries %(allowed)s. Make it shorter.")
        % {"found": found, "allowed": allowed},
        "files": _("Not sent: %(found)s files, and this channel carries %(allowed)s. Take some out.")
        % {"found": found, "allowed": allowed},
        "file_size": _("Not sent: “%(name)s” is %(found)s, and a file here may be %(allowed)s.")
        % {"name": over.name, "found": times.size(over.found), "allowed": times.size(over.allowed)},
        "total_size": _(
            "Not sent: the files make %(found)s, and a mail from this inbox may be %(allowed)s. Take some out."
        )
        % {"found": times.size(over.found), "allowed": times.size(over.allowed)},
        "file_type": _("Not sent: this channel does not carry files like “%(name)s”.") % {"name": over.name},
        "window": _("Not sent: they last wrote too long ago to be written to freely on this channel."),
    }
    return sentences[over.what]


def remaining(carried: Limits, n_letters: int) -> str:
    """How many letters are left, when that comes near."""
    if not carried.max_length or n_letters < carried.max_length * NEAR:
        return ""
    left = carried.max_length - n_letters
    if left >= 0:
        return ngettext("%(n)s letter left", "%(n)s letters left", left) % {"n": times.count(left)}
    return ngettext("%(n)s letter too many", "%(n)s letters too many", -left) % {"n": times.count(-left)}


def _in_words(known: Known, to: Sequence[Address], cc: Sequence[Address], bcc: Sequence[Address]) -> list[Check]:
    known = cautions.with_bounces(known, {one.email for one in (*to, *cc, *bcc)})
    return [
        Check(code=caution.code, text=_sentence(caution), asks=caution.asks, icon=_icon(caution))
        for caution in cautions.cautions(known, to=to, cc=cc, bcc=bcc)
    ]


def _of_text(html: str, files: Sequence[FileRef]) -> list[Check]:
    found = []
    gaps = rendering.open_gaps(richtext.clean(html))
    if gaps:
        text = _("Not filled yet: %(gaps)s") % {"gaps": ", ".join(gaps[:SHOWN])}
        found.append(Check(code="gap", text=text, asks=True, icon="text-cursor-input"))
    words = "" if files else promising.promise(promising.new_words(html))
    if words:
        text = _("You write “%(words)s”, but no file is attached.") % {"words": words}
        found.append(Check(code="file", text=text, asks=True, icon="paperclip"))
    return found


def _of_greeting(conversation: Conversation, html: str, people: Sequence[Address]) -> list[Check]:
    """Another name than theirs in the greeting: a text that was copied, or the wrong conversation."""
    contact = conversation.contact
    name = greeting.named(promising.new_words(html)) if contact.name else ""
    company = contact.company.name if contact.company else ""
    known = [contact.name, contact.email, company, *(part for one in people for part in (one.name, one.email))]
    if not name or greeting.is_of(name, known) or greeting.is_of(name, _signed(conversation)):
        return []
    text = _("You greet “%(name)s”, and this goes to %(who)s.") % {"name": name, "who": contact.name}
    return [Check(code="greeting", text=text, asks=True, icon="circle-alert")]


def _signed(conversation: Conversation) -> list[str]:
    """What they wrote last: it often says under what name they want to be greeted."""
    written = conversation.messages.filter(kind=Message.Kind.INBOUND).order_by("-at", "-id")
    return list(written.values_list("reply_text", flat=True)[:1])


def _of_limits(conversation: Conversation, html: str, files: Sequence[FileRef], at: datetime) -> list[Check]:
    text = richtext.to_text(rendering.closed(richtext.clean(html)))
    over = reply.excess(conversation, text, files, at=at)
    carried = reply.limits_of(conversation.inbox)
    said = remaining(carried, limits.measure(text, carried.unit))
    if over and over.what not in ("length", "short", "elsewhere"):
        return [Check(code="limit", text=over_limit(over), icon="circle-alert")]
    return [Check(code="limit", text=said, icon="ruler")] if said else []


def _sentence(caution: Caution) -> str:
    who = ", ".join(caution.who[:SHOWN]) + (" …" if len(caution.who) > SHOWN else "")
    return {
        "ours": _("%(who)s is the inbox this leaves from, and is left out."),
        "bounced": _("Mail to %(who)s came back before."),
        "outside": _("So far only colleagues took part; %(who)s is from outside."),
        "was_blind": _("%(who)s was in blind copy before; now everybody sees them."),
        "we_were_blind": _("We got this in blind copy. Answering to %(who)s tells them so."),
        "new": _("New in this conversation: %(who)s"),
        "left_out": _("%(who)s got the last message and does not get this one."),
        "many": _("This goes to %(n)s people."),
    }[caution.code] % {"who": who, "n": times.count(caution.n)}


def _icon(caution: Caution) -> str:
    if caution.asks:
        return "circle-alert"
    return {"new": "user-plus", "many": "users", "left_out": "user-minus"}.get(caution.code, "info")
