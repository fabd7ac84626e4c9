"""The composer: whom an answer goes to, the draft that waits, what holds a send; and reading what was typed."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from django.http import QueryDict
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from muhatap.accounts.models import User
from muhatap.accounts.permissions import may
from muhatap.channels.contract import Address, FileRef
from muhatap.conversations import drafting, ourselves, recent, recipients
from muhatap.conversations.having import Has
from muhatap.conversations.models import Conversation, Draft, Message
from muhatap.conversations.ourselves import Ourselves
from muhatap.conversations.recent import Recent
from muhatap.shared import richtext
from muhatap.shared.address import is_plausible
from muhatap.shared.text import without_nul
from muhatap.web.common import times
from muhatap.web.common.links import link
from muhatap.web.common.reading import number
from muhatap.web.inbox import assisting, checking, promised, public, scheduling, signatures, words
from muhatap.web.inbox.display import Asked, Check, Composer, DraftFile, Held, OtherVersion

LONGEST_LIST, LONGEST_CHOICE = 20_000, 20
HOW = ("then", "later", "later_at")
SEPARATORS = ",;\n"
NAMED = re.compile(r"(?P<name>[^<>]*)<(?P<email>[^<>]*)>")


@dataclass(frozen=True, kw_only=True)
class Typed:
    """What somebody typed into the composer. `wrong` holds addresses that are none."""

    kind: str
    html: str
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    bcc: tuple[Address, ...]
    seen: int | None
    stood: int | None
    answers: int | None
    wrong: tuple[str, ...]
    raw: dict[str, str]
    signature: str | None = None
    version: int | None = None
    sure: frozenset[str] = frozenset()
    how: dict[str, str] = field(default_factory=dict)


def typed(post: QueryDict) -> Typed:
    """Read the form; nothing typed is lost, whatever is wrong with it."""
    raw = {name: without_nul(post.get(name, ""))[:LONGEST_LIST] for name in ("to", "cc", "bcc")}
    found = {name: _addresses(text) for name, text in raw.items()}
    wrong = tuple(address.email for some in found.values() for address in some if not is_plausible(address.email))
    return Typed(
        kind="note" if post.get("kind") == "note" else "reply",
        html=without_nul(post.get("html", "")),
        **found,
        seen=number(post.get("seen")),
        stood=number(post.get("stood")),
        answers=number(post.get("answers")),
        wrong=wrong,
        raw=raw,
        signature=without_nul(post.get("signature", ""))[:LONGEST_CHOICE] if "signature" in post else None,
        version=number(post.get("version")),
        sure=frozenset(word for word in _said_yes(post) if "=" not in word),
        how=_how(post),
    )


def _said_yes(post: QueryDict) -> list[str]:
    return " ".join([*post.getlist("sure"), post.get("anyway", "")])[:LONGEST_LIST].split()


def _how(post: QueryDict) -> dict[str, str]:
    """Whether it is to leave later or to resolve: as the button says, or as it was said before something was asked."""
    pressed = {name: post.get(name, "") for name in ("then", "later") if post.get(name)}
    if "later" in pressed:
        pressed["later_at"] = post.get("later_at", "")
    asked = dict(word.split("=", 1) for word in _said_yes(post) if "=" in word)
    return pressed or {name: value for name, value in asked.items() if name in HOW}


def as_words(how: dict[str, str]) -> list[str]:
    """How it is to leave, for a button that asks to go on."""
    return [f"{name}={value}" for name, value in how.items() if value and not value.isspace()]


def composer(
    conversation: Conversation,
    user: User,
    *,
    now: datetime,
    error: str = "",
    held: Held | None = None,
    kept: Typed | None = None,
    asked: tuple[Check, ...] = (),
    has: Has | None = None,
    newest: Recent | None = None,
) -> Composer | None:
    """The composer with the draft (or with what was just typed); None for those who may not even write notes."""
    if not may(user, "conversations.note"):
        return None
    mine = Draft.objects.filter(conversation=conversation, by=user) if has is None or has.drafts else ()
    drafts = {draft.kind: draft for draft in mine}
    reply, note = drafts.get("reply"), drafts.get("note")
    newest, us = newest or recent.of(conversation), ourselves.as_seen_by(user)
    answered = newest.answered
    to, cc, bcc = _whom(conversation, reply, answered, kept, us)
    has_addresses = bool(conversation.inbox.address)
    html = _html(reply, kept, "reply")
    may_answer = may(user, "conversations.reply")
    sure = " ".join(sorted(kept.sure)) if kept else ""
    return Composer(
        conversation_id=conversation.pk,
        send_url=link("inbox:send", conversation.pk),
        draft_url=link("inbox:draft", conversation.pk),
        upload_url=link("inbox:upload", conversation.pk),
        channel_icon=words.channel_icon(conversation.inbox.kind),
        recipients=", ".join(filter(None, [to, cc, bcc]))
        if has_addresses
        else f"{conversation.contact}, {words.channel(conversation.inbox.kind)}",
        kind=kept.kind if kept else "reply" if may(user, "conversations.reply") else "note",
        reply_html=html,
        note_html=_html(note, kept, "note"),
        has_addresses=has_addresses,
        **public.spoken(conversation),
        to=to,
        cc=cc,
        bcc=bcc,
        sender=conversation.inbox.address,
        answers=str(answered.pk) if answered else "",
        seen=str(conversation.last_inbound_id or ""),
        stood=str(newest.newest_id),
        saved=_("Draft saved %(time)s") % {"time": times.clock(reply.saved_at)} if reply and not kept else "",
        files=tuple(_draft_file(conversation, file) for file in (reply.files if reply else [])),
        held=held,
        error=error,
        refused="" if may(user, "conversations.reply") else _("Your role writes notes, not answers."),
        version=str(reply.version if reply else 0),
        mine=str(user.pk),
        checks=checking.checks(newest, us, html=html, **addresses(to, cc, bcc), files=files_of(reply), at=now)
        if may_answer and not asked
        else (),
        promises=promised.noted(conversation, user, html, now=now) if may_answer and reply else (),
        asked=Asked(
            checks=asked,
            sure=" ".join(
                [*sorted({*(check.code for check in asked), *sure.split()}), *as_words(kept.how if kept else {})]
            ),
        )
        if asked
        else None,
        sure=sure,
        signing=signatures.signing(conversation, user, _choice(reply, kept)) if may_answer else None,
        later=scheduling.choices(now, conversation.inbox_id) if may_answer else (),
        canned_url=link("inbox:canned", conversation.pk) if may_answer else "",
        assists=assisting.acts(conversation, user) if may_answer else (),
        macros_url=link("automation:menu", conversation.pk) if may_answer else "",
        mentions_url=reverse("inbox:mentions"),
        reload_url=link("inbox:composer", conversation.pk),
        discard_url=link("inbox:discard", conversation.pk) if reply and may_answer else "",
        other=other_version(conversation, user, now) if has is None or has.copies else None,
    )


def addresses(to: str, cc: str, bcc: str) -> dict[str, tuple[Address, ...]]:
    """The three fields as they are typed, read."""
    return {"to": _addresses(to), "cc": _addresses(cc), "bcc": _addresses(bcc)}


def written_of(draft: Draft | None, field: str) -> str:
    """The recipients of a kept draft as one types them."""
    return written(Address(**one) for one in getattr(draft, field)) if draft else ""


def files_of(draft: Draft | None) -> tuple[FileRef, ...]:
    return tuple(FileRef(**file) for file in (draft.files if draft else []))


def written(addresses: Iterable[Address]) -> str:
    """Addresses as one types them; a name with a separator in it is quoted."""
    return ", ".join(f"{_quoted(one.name)} <{one.email}>" if one.name else one.email for one in addresses)


def _quoted(name: str) -> str:
    plain = name.replace('"', "")
    return f'"{plain}"' if any(letter in plain for letter in SEPARATORS) else plain


def _whom(
    conversation: Conversation, draft: Draft | None, answered: Message | None, kept: Typed | None, us: Ourselves
) -> tuple[str, str, str]:
    if kept and kept.kind == "reply":
        return kept.raw["to"], kept.raw["cc"], kept.raw["bcc"]
    if draft and (draft.to or draft.cc or draft.bcc):
        return tuple(written(Address(**one) for one in some) for some in (draft.to, draft.cc, draft.bcc))  # type: ignore[return-value]
    if answered is None or not conversation.inbox.address:
        return conversation.contact.email if conversation.inbox.address else "", "", ""
    to, cc = recipients.answer(answered, conversation.inbox, us)
    return written(to), written(cc), ""


def _choice(draft: Draft | None, kept: Typed | None) -> str:
    if kept and kept.signature is not None:
        return kept.signature
    return draft.signed_with if draft else ""


def _html(draft: Draft | None, kept: Typed | None, kind: str) -> SafeString:
    html = kept.html if kept and kept.kind == kind else draft.html if draft else ""
    return mark_safe(richtext.clean(html))  # noqa: S308 (cleaned right here)


def _addresses(text: str) -> tuple[Address, ...]:
    """Each piece between commas, semicolons and line ends; a piece that is no address stays whole, so that nothing typed is dropped."""
    return tuple(_address(piece) for piece in _pieces(text) if piece)


def _pieces(text: str) -> Iterator[str]:
    """A separator inside a quoted name parts nothing."""
    start, is_quoted = 0, False
    for at, letter in enumerate(text):
        if letter == '"':
            is_quoted = not is_quoted
        elif letter in SEPARATORS and not is_quoted:
            yield text[start:at].strip()
            start = at + 1
    yield text[start:].strip()


def _address(piece: str) -> Address:
    named = NAMED.fullmatch(piece)
    if named is None:
        return Address(email=piece)
    return Address(name=named["name"].strip().strip('"').replace('\\"', '"').strip(), email=named["email"].strip())


def other_version(conversation: Conversation, user: User, now: datetime) -> OtherVersion | None:
    """What this writer wrote in the same draft on another device, if it still stands apart."""
    copy = drafting.other_version(conversation=conversation, by=user)
    if copy is None:
        return None
    return OtherVersion(
        text=_("Changed on another device %(time)s. Both texts are kept.") % {"time": times.stamp(copy.at, now)},
        excerpt=" ".join(richtext.to_text(str(copy.content.get("html", ""))).split())[:80],
        url=link("inbox:bring_back", copy.pk),
    )


def _draft_file(conversation: Conversation, file: dict[str, object]) -> DraftFile:
    url = reverse("inbox:remove_file", args=[conversation.pk, str(file["sha256"])])
    return DraftFile(name=str(file["name"]), size=times.size(int(str(file["size"]))), remove_url=url)
