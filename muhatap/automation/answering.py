"""Whether a rule may answer somebody by itself: machines are not answered, and nobody is answered again and again."""

from datetime import timedelta

from muhatap.automation.acting import CannotDo, Doing
from muhatap.automation.models import AutomaticReply, RuleFiring
from muhatap.conversations import ourselves
from muhatap.conversations.models import Conversation
from muhatap.shared import locks
from muhatap.shared.address import comparable
from muhatap.shared.text import fold

WITHIN = timedelta(hours=24)
MOST_TO_ONE = 3  # over all conversations: a machine that opens a new one each time is still answered no more
MACHINES = {
    "noreply", "no-reply", "no_reply", "donotreply", "do-not-reply", "do_not_reply", "mailer-daemon", "postmaster",
    "bounce", "bounces", "notifications", "yanitlamayin", "cevaplamayin",
}  # fmt: skip


def answer(doing: Doing, html: str) -> None:
    """Send an answer of a rule's own, once to each in a conversation within a day. Raises CannotDo."""
    if doing.answer is None or doing.because is None or doing.case is None:
        raise CannotDo("no_answer")
    address = _address(doing)
    locks.hold("automatic reply", address)
    _check_often(doing, address)
    doing.answer(doing.conversation, html, doing.at, doing.because)
    firing = RuleFiring.objects.get(pk=doing.because["firing"])
    AutomaticReply.objects.create(firing=firing, conversation=doing.conversation, address=address, at=doing.at)


def _address(doing: Doing) -> str:
    case = doing.case
    assert case is not None  # noqa: S101 (asked before)
    if case.letter is None:
        raise CannotDo("nobody_wrote")
    if case.is_automatic:
        raise CannotDo("automatic")
    if doing.conversation.status == Conversation.Status.SPAM:
        raise CannotDo("spam")
    if not case.sender:
        return f"contact:{doing.conversation.contact_id}"  # a chat has no address
    if fold(case.sender.partition("@")[0]).partition("+")[0] in MACHINES:
        raise CannotDo("machine")
    if comparable(case.sender) in ourselves.ourselves().inboxes:
        raise CannotDo("ours")
    return case.sender[:320]


def _check_often(doing: Doing, address: str) -> None:
    lately = AutomaticReply.objects.filter(address=address, at__gt=doing.at - WITHIN)
    if lately.filter(conversation=doing.conversation).exists():
        raise CannotDo("answered_already")
    if lately.count() >= MOST_TO_ONE:
        raise CannotDo("answered_often")
