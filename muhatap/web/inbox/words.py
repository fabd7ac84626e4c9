"""What the inbox says in words: channels, events, why a message was placed where it stands, what became of a sending."""

from collections.abc import Callable
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from muhatap.conversations import placing_words
from muhatap.conversations.models import Conversation, Deadline, Message
from muhatap.interactions import outbox
from muhatap.interactions.models import Outgoing
from muhatap.web.common import channels, times

EVENT_ICONS = {
    "assigned": "user-check",
    "unassigned": "user-minus",
    "handed_to_team": "users",
    "resolved": "check",
    "spam": "ban",
    "reopened": "rotate-ccw",
    "snoozed": "moon-star",
    "woken": "sun",
    "tagged": "tag",
    "untagged": "tag",
    "prioritised": "flag",
    "renamed": "pencil",
    "followed": "bell",
    "unfollowed": "bell-off",
    "filled": "text-cursor-input",
    "unsnoozed": "sun",
    "taken_back": "undo-2",
    "send_held": "circle-alert",
    "continued_by_mail": "mail",
    "deadline_near": "clock",
    "deadline_missed": "triangle-alert",
    "rating_asked": "smile",
    "rated": "smile",
    "rating_changed": "smile",
    "survey_asked": "smile",
    "survey_answered": "smile",
    "survey_changed": "smile",
    "promised": "handshake",
    "promise_kept": "check",
    "promise_broken": "triangle-alert",
    "promise_withdrawn": "x",
    "promise_put_off": "clock",
    "promise_handed": "user-check",
    "promise_reopened": "rotate-ccw",
    "promise_near": "clock",
    "promise_missed": "triangle-alert",
    "case_opened": "briefcase",
    "case_linked": "briefcase",
    "case_resolved": "check",
    "case_reopened": "rotate-ccw",
    "case_near": "clock",
    "case_missed": "triangle-alert",
    "answered_elsewhere": "check",
    "private_answer": "mail",
    "answer_refused": "circle-alert",
    "question_closed": "ban",
    "question_reported": "flag",
    "post_changed": "pencil",
    "post_erased": "trash-2",
}
WARNINGS: dict[str, Callable[[], str]] = {
    "warning: sender may be forged": lambda: _("The receiving server says this sender may be forged."),
    "warning: reply-to differs": lambda: _(
        "Answers are asked to another address than the sender’s. Look at whom you answer."
    ),
}
REARRANGED = {"split_in", "split_out", "move_in", "move_out", "merge_in", "merge_out"}


def channel_icon(kind: str) -> str:
    return channels.icon(kind)


def channel(kind: str) -> str:
    return channels.name(kind)


def priority(value: int | str) -> str:
    """How urgent, as a word."""
    told = {
        "urgent": _("Urgent"),
        "high": pgettext("priority", "High"),
        "normal": pgettext("priority", "Normal"),
        "low": pgettext("priority", "Low"),
    }
    return told[Conversation.Priority(value).name.lower() if isinstance(value, int) else value]


def event(message: Message) -> str:
    """One sentence for something done in the thread."""
    told = {"by": str(message.by or ""), **message.event_details}
    told["said"] = f": {told['comment']}" if told.get("comment") else ""
    if message.event.startswith("survey_"):
        told["scored"] = f", {told['score']}/{told['highest']}" if told.get("score") is not None else ""
    if message.event == "prioritised":
        told["priority"] = priority(str(told.get("after", "normal")))
    if message.event == "spam" and told.get("blocked"):
        return _("Moved to spam: the sender is blocked")
    if message.event in REARRANGED:
        return _rearranged(message.event, int(told.get("n", 0)))
    if message.event == "snoozed":
        told["until"] = times.full(datetime.fromisoformat(told["until"]))
    if message.event.startswith("deadline_"):
        told["promise"] = str(Deadline.Kind(str(told["kind"])).label)
        told["due"] = times.stamp(datetime.fromisoformat(str(told["due_at"])), message.at)
    if message.event.startswith(("promise", "case")):
        told["due"] = times.stamp(datetime.fromisoformat(str(told["due_at"])), message.at) if told["due_at"] else ""
        told["because"] = f": {told['why']}" if told.get("why") else ""
    sentence = _sentences_by_somebody() if message.by else _sentences_by_the_system()
    return sentence.get(message.event, message.event) % told


def answered_privately(message: Message) -> str:
    """One sentence for a post that was answered by mail."""
    return _("%(by)s answered this privately by e-mail") % {"by": str(message.by or _("Somebody"))}


def why(message: Message) -> str:
    """Why the message stands in this thread; empty where nothing needs explaining."""
    if message.placed_because in ("", "new", "session"):
        return ""
    return placing_words.sentence(message.placed_because, message.placed_details)


def state(outgoing: Outgoing | None, now: datetime) -> tuple[str, str, str]:
    """(words, icon, tone) for what became of a sending."""
    if outgoing is None:
        return "", "", ""
    states = Outgoing.State
    words = {
        states.QUEUED: (_("Sending"), "clock", "")
        if outgoing.n_attempts == 0
        else (_("Waiting to be sent again"), "clock", "soon"),
        states.CANCELLED: (_("Taken back"), "undo-2", ""),
        states.HANDING: (_("Sending"), "clock", "soon" if outbox.takes_long(outgoing, at=now) else ""),
        states.UNCERTAIN: (_("Not known whether it went"), "circle-alert", "soon"),
        states.ACCEPTED: (_("Sent"), "check", ""),
        states.DELIVERED: (_("Delivered"), "check-check", ""),
        states.READ: (_("Read"), "check-check", ""),
        states.FAILED: (_("Not sent"), "circle-alert", "late"),
        states.BOUNCED: (_("Returned"), "circle-alert", "late"),
    }
    return words[states(outgoing.state)]


def _sentences_by_somebody() -> dict[str, str]:
    return {
        "assigned": _("%(by)s gave this to %(to)s"),
        "unassigned": _("%(by)s took the assignment off"),
        "handed_to_team": _("%(by)s handed this to the team %(to)s"),
        "resolved": _("%(by)s resolved this"),
        "spam": _("%(by)s marked this as spam"),
        "reopened": _("%(by)s opened this again"),
        "snoozed": _("%(by)s snoozed this until %(until)s"),
        "tagged": _("%(by)s tagged this “%(tag)s”"),
        "untagged": _("%(by)s took the tag “%(tag)s” off"),
        "prioritised": _("%(by)s set the priority: %(priority)s"),
        "renamed": _("%(by)s changed the subject, which was “%(before)s”"),
        "followed": _("%(who)s follows this now"),
        "unfollowed": _("%(who)s follows this no more"),
        "filled": _("%(by)s filled in: %(fields)s"),
        "unsnoozed": _("%(by)s took the snooze back"),
        "taken_back": _("%(by)s took an answer back before it left"),
        "private_answer": _("%(by)s began this as the private answer to a public post"),
        "put_back": _("%(by)s put messages back where they were"),
        "promised": _("%(by)s promised “%(what)s”, due %(due)s"),
        "promise_kept": _("%(by)s kept the promise “%(what)s”%(because)s"),
        "promise_broken": _("The promise “%(what)s” was broken, says %(by)s%(because)s"),
        "promise_withdrawn": _("%(by)s withdrew the promise “%(what)s”%(because)s"),
        "promise_put_off": _("%(by)s put the promise “%(what)s” off to %(due)s%(because)s"),
        "promise_handed": _("%(by)s gave the promise “%(what)s” to %(to)s"),
        "promise_reopened": _("%(by)s says the promise “%(what)s” is still open"),
        "case_opened": _("%(by)s opened case #%(case)s: %(what)s"),
        "case_linked": _("%(by)s says this is about case #%(case)s, too: %(what)s"),
        "case_resolved": _("%(by)s resolved case #%(case)s%(because)s"),
        "case_reopened": _("%(by)s opened case #%(case)s again%(because)s"),
    }


def _sentences_by_the_system() -> dict[str, str]:
    return {
        "send_held": _("The scheduled answer of %(to)s was held and waits for a decision"),
        "assigned": _("Given to %(to)s"),
        "unassigned": _("The assignment was taken off"),
        "handed_to_team": _("Handed to the team %(to)s"),
        "tagged": _("Tagged “%(tag)s”"),
        "untagged": _("The tag “%(tag)s” was taken off"),
        "snoozed": _("Snoozed until %(until)s"),
        "resolved": _("Resolved by itself"),
        "spam": _("Marked as spam by itself"),
        "reopened": _("Opened again: they wrote"),
        "woken": _("The snooze is over"),
        "prioritised": _("Priority set: %(priority)s"),
        "filled": _("Filled in: %(fields)s"),
        "rating_asked": _("We asked them for a rating"),
        "rated": _("They rated this %(score)s of 5%(said)s"),
        "rating_changed": _("They changed their rating to %(score)s of 5%(said)s"),
        "survey_asked": _("We sent them a survey"),
        "survey_answered": _("They answered the survey “%(survey)s”%(scored)s%(said)s"),
        "survey_changed": _("They changed their answer to the survey “%(survey)s”%(scored)s%(said)s"),
        "continued_by_mail": _("They had left the chat: the answer also went to %(to)s"),
        "deadline_near": _("%(promise)s is due soon: %(due)s, policy “%(policy)s”"),
        "deadline_missed": _("%(promise)s is overdue since %(due)s, policy “%(policy)s”"),
        "case_opened": _("Case #%(case)s was opened: %(what)s"),
        "case_near": _("Case #%(case)s is due soon: %(due)s"),
        "case_missed": _("Case #%(case)s is overdue since %(due)s"),
        "promise_near": _("The promise “%(what)s” is due soon: %(due)s"),
        "post_changed": _("The author changed the post; the newest words stand here"),
        "post_erased": _("The author deleted the post; its words are deleted here, too"),
        "promise_missed": _("The promise “%(what)s” is overdue since %(due)s"),
        "answered_elsewhere": _("Answered at Trendyol: “%(said)s”"),
        "answer_refused": _("Trendyol did not publish our answer: %(why)s"),
        "question_closed": _("Trendyol closed this question without an answer"),
        "question_reported": _("This question was reported to Trendyol"),
    }


def _rearranged(code: str, n: int) -> str:
    sentences = {
        "split_in": ngettext(
            "%(n)s message was split off into this conversation",
            "%(n)s messages were split off into this conversation",
            n,
        ),
        "split_out": ngettext("%(n)s message was split off from here", "%(n)s messages were split off from here", n),
        "move_in": ngettext("%(n)s message was moved here", "%(n)s messages were moved here", n),
        "move_out": ngettext("%(n)s message was moved away from here", "%(n)s messages were moved away from here", n),
        "merge_in": ngettext(
            "Another conversation with %(n)s entry was merged into this one",
            "Another conversation with %(n)s entries was merged into this one",
            n,
        ),
        "merge_out": _("This conversation was merged into another"),
    }
    return sentences[code] % {"n": n}
