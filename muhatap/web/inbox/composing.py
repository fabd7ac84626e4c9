"""The composer: whom an answer goes to, the draft that waits, what holds a send."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.html import format_html
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
from muhatap.web.common import times
from muhatap.web.common.links import link
from muhatap.web.inbox import addressing, assisting, checking, promised, public, scheduling, signatures, words
from muhatap.web.inbox.display import Asked, Check, Composer, DraftFile, Held, OtherVersion
from muhatap.web.inbox.typed import Typed, as_words


@dataclass(frozen=True, kw_only=True)
class _Desk:
    """What the parts of the composer are made of: whose it is, what waits in it, and what was just typed."""

    conversation: Conversation
    user: User
    now: datetime
    reply: Draft | None
    note: Draft | None
    kept: Typed | None
    html: SafeString
    newest: Recent
    us: Ourselves

    @property
    def may_answer(self) -> bool:
        return may(self.user, "conversations.reply")


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
    desk = _Desk(
        conversation=conversation,
        user=user,
        now=now,
        reply=drafts.get("reply"),
        note=drafts.get("note"),
        kept=kept,
        html=_html(drafts.get("reply"), kept, "reply"),
        newest=newest or recent.of(conversation),
        us=ourselves.as_seen_by(user),
    )
    to, cc, bcc = _whom(conversation, desk.reply, desk.newest.answered, kept, desk.us)
    return Composer(
        **_addresses_of(conversation),
        **_written(desk),
        **_to(conversation, to, cc, bcc),
        **public.spoken(conversation),
        **_stood(desk),
        **(_for_answers(desk, addressing.fields(to, cc, bcc), is_asked=bool(asked)) if desk.may_answer else _refused()),
        held=held,
        error=error,
        asked=_asked(asked, kept) if asked else None,
        other=other_version(conversation, user, now) if has is None or has.copies else None,
    )


def _addresses_of(conversation: Conversation) -> dict[str, Any]:
    """Where the composer's own acts are sent."""
    return {
        "conversation_id": conversation.pk,
        "send_url": link("inbox:send", conversation.pk),
        "draft_url": link("inbox:draft", conversation.pk),
        "upload_url": link("inbox:upload", conversation.pk),
        "mentions_url": reverse("inbox:mentions"),
        "reload_url": link("inbox:composer", conversation.pk),
    }


def _written(desk: _Desk) -> dict[str, Any]:
    """What stands in it."""
    reply, kept = desk.reply, desk.kept
    return {
        "kind": kept.kind if kept else "reply" if desk.may_answer else "note",
        "reply_html": desk.html,
        "note_html": _html(desk.note, kept, "note"),
        "files": tuple(_draft_file(desk.conversation, file) for file in (reply.files if reply else [])),
        "saved": saved(reply.saved_at) if reply and not kept else "",
        "version": str(reply.version if reply else 0),
        "mine": str(desk.user.pk),
    }


def saved(at: datetime) -> SafeString:
    """When the draft was kept. The time is marked, for it alone is shown where the words have no room."""
    return format_html(_("Draft saved %(time)s") % {"time": "{}"}, format_html("<time>{}</time>", times.clock(at)))


def _to(conversation: Conversation, to: str, cc: str, bcc: str) -> dict[str, Any]:
    """Whom it goes to: addresses where the channel has them, else the one person at its other end."""
    channel, address = conversation.inbox.kind, conversation.inbox.address
    return {
        "channel_icon": words.channel_icon(channel),
        "has_addresses": bool(address),
        "recipients": ", ".join(filter(None, [to, cc, bcc]))
        if address
        else f"{conversation.contact}, {words.channel(channel)}",
        "to": to,
        "cc": cc,
        "bcc": bcc,
        "sender": address,
    }


def _stood(desk: _Desk) -> dict[str, Any]:
    """What had been read when it was drawn: a send is held where more came since."""
    answered = desk.newest.answered
    return {
        "answers": str(answered.pk) if answered else "",
        "seen": str(desk.conversation.last_inbound_id or ""),
        "stood": str(desk.newest.newest_id),
        "sure": _sure(desk.kept),
    }


def _for_answers(desk: _Desk, whom: dict[str, tuple[Address, ...]], *, is_asked: bool) -> dict[str, Any]:
    """What only those see who may answer, and not merely write notes."""
    conversation, user, reply = desk.conversation, desk.user, desk.reply
    return {
        "checks": ()
        if is_asked
        else checking.checks(desk.newest, desk.us, html=desk.html, **whom, files=files_of(reply), at=desk.now),
        "promises": promised.noted(conversation, user, desk.html, now=desk.now) if reply else (),
        "signing": signatures.signing(conversation, user, _choice(reply, desk.kept)),
        "later": scheduling.choices(desk.now, conversation.inbox_id),
        "canned_url": link("inbox:canned", conversation.pk),
        "assists": assisting.acts(conversation, user),
        "macros_url": link("automation:menu", conversation.pk),
        "discard_url": link("inbox:discard", conversation.pk) if reply else "",
    }


def _refused() -> dict[str, Any]:
    return {"refused": _("Your role writes notes, not answers.")}


def _asked(asked: tuple[Check, ...], kept: Typed | None) -> Asked:
    """The question before it leaves; a yes carries what was said yes to before, and how it is to leave."""
    codes = {*(check.code for check in asked), *_sure(kept).split()}
    return Asked(checks=asked, sure=" ".join([*sorted(codes), *as_words(kept.how if kept else {})]))


def _sure(kept: Typed | None) -> str:
    return " ".join(sorted(kept.sure)) if kept else ""


def written_of(draft: Draft | None, field: str) -> str:
    """The recipients of a kept draft as one types them."""
    return addressing.written(Address(**one) for one in getattr(draft, field)) if draft else ""


def files_of(draft: Draft | None) -> tuple[FileRef, ...]:
    return tuple(FileRef(**file) for file in (draft.files if draft else []))


def _whom(
    conversation: Conversation, draft: Draft | None, answered: Message | None, kept: Typed | None, us: Ourselves
) -> tuple[str, str, str]:
    if kept and kept.kind == "reply":
        return kept.raw["to"], kept.raw["cc"], kept.raw["bcc"]
    if draft and (draft.to or draft.cc or draft.bcc):
        return tuple(addressing.written(Address(**one) for one in some) for some in (draft.to, draft.cc, draft.bcc))  # type: ignore[return-value]
    if answered is None or not conversation.inbox.address:
        return conversation.contact.email if conversation.inbox.address else "", "", ""
    to, cc = recipients.answer(answered, conversation.inbox, us)
    return addressing.written(to), addressing.written(cc), ""


def _choice(draft: Draft | None, kept: Typed | None) -> str:
    if kept and kept.signature is not None:
        return kept.signature
    return draft.signed_with if draft else ""


def _html(draft: Draft | None, kept: Typed | None, kind: str) -> SafeString:
    html = kept.html if kept and kept.kind == kind else draft.html if draft else ""
    return mark_safe(richtext.clean(html))  # noqa: S308 (cleaned right here)


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
