"""What the panel and the pages of what was sent show, as ready strings."""

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from muhatap.accounts.models import User
from muhatap.assistant import prompts
from muhatap.assistant.models import Asking, Task
from muhatap.assistant.trouble import Trouble
from muhatap.flow import assisting
from muhatap.web.common import times
from muhatap.web.common.assisting import ICONS


@dataclass(frozen=True, kw_only=True)
class Panel:
    """One asking as its owner sees it. All addresses but `url` receive a POST; empty where it cannot be done now."""

    pk: int
    title: str
    icon: str
    state: str
    url: str
    where: str
    masked: str
    instructions: str
    text: str
    prepare_url: str
    wish: str = ""
    has_wish: bool = False
    languages: tuple[tuple[str, str, bool], ...] = ()
    send_url: str = ""
    stop_url: str = ""
    take_url: str = ""
    take: str = ""
    drop_url: str = ""
    said: str = ""
    answer: str = ""
    language: str = ""
    besides: str = ""
    gaps: str = ""
    trouble: str = ""
    detail: str = ""
    notice: str = ""


def panel(row: Asking, user: User, *, wish: str = "", notice: str = "") -> Panel:
    state = Asking.State
    answered = row.state == state.ANSWERED
    answer = assisting.restored(row) if answered else None
    into_note = assisting.goes_into(row.task) == assisting.NOTE
    return Panel(
        pk=row.pk,
        title=str(Task(row.task).label),
        icon=ICONS[Task(row.task)],
        state=row.state,
        url=reverse("assistant:show", args=[row.pk]),
        where=f"{row.model} · {row.host}",
        masked=_masked(row.n_masked),
        instructions=row.instructions,
        text=row.text,
        prepare_url=reverse("assistant:prepare", args=[row.conversation_id, row.task]),
        wish=wish,
        has_wish=row.task == Task.DRAFT,
        languages=_languages(row.language) if row.task != Task.SUMMARY else (),
        send_url=reverse("assistant:send", args=[row.pk]) if row.state == state.PREPARED else "",
        stop_url=reverse("assistant:stop", args=[row.pk]) if row.is_under_way else "",
        take_url=reverse("assistant:take", args=[row.pk]) if answered else "",
        take=_("Put it into a note") if into_note else _replace(row.task),
        drop_url="" if row.is_under_way else reverse("assistant:drop", args=[row.pk]),
        said=_progress(row),
        answer=answer.text if answer else "",
        language=row.language,
        besides=", ".join(answer.besides[:5]) if answer else "",
        gaps=", ".join(answer.gaps[:5]) if answer else "",
        trouble=str(Trouble(row.trouble).label) if row.trouble else "",
        detail=row.trouble_detail,
        notice=notice,
    )


def nothing(task: str) -> str:
    """Why there is nothing to ask about."""
    return {
        Task.OURS: _("Your draft is empty. Write what you want to say, then have it translated."),
        Task.THEIRS: _("They have written nothing here that could be translated."),
    }.get(Task(task), _("Nothing was said here yet."))


def state(row: Asking) -> tuple[str, str]:
    """What became of an asking, and its tone."""
    if row.state == Asking.State.FAILED:
        return str(Trouble(row.trouble).label), "late"
    return str(row.get_used_display() if row.used else row.get_state_display()), ""


def took(row: Asking) -> str:
    """How long the answer took."""
    return times.precise(row.ended_at - row.begun_at) if row.begun_at and row.ended_at else ""


def when(at: datetime | None, now: datetime) -> str:
    return times.stamp(at, now) if at else ""


def _replace(task: str) -> str:
    return _("Put it in place of my draft") if task == Task.OURS else _("Put it into my draft")


def _masked(n: int) -> str:
    if not n:
        return _("Nothing personal was found in it. Look for yourself.")
    return ngettext(
        "%(n)s piece of personal data is masked. Look whether something is left.",
        "%(n)s pieces of personal data are masked. Look whether something is left.",
        n,
    ) % {"n": times.count(n)}


def _progress(row: Asking) -> str:
    if row.state == Asking.State.WAITING:
        return _("Waiting for its turn…")
    if not row.n_received:
        return _("Sent. The server is thinking…")
    n = row.n_received
    return ngettext("%(n)s letter so far…", "%(n)s letters so far…", n) % {"n": times.count(n)}


def _languages(chosen: str) -> tuple[tuple[str, str, bool], ...]:
    told = "tr" if get_language() == "tr" else "en"
    return tuple((code, names[told], code == chosen) for code, names in prompts.LANGUAGES.items())
