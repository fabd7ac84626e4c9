"""What the shop has done by itself: two rules, two macros, and that its support gives conversations by hand, its sales in turn."""

from datetime import datetime

from muhatap.accounts.models import Team, User
from muhatap.automation import available, macros, rules
from muhatap.automation.models import AutomationRule
from muhatap.conversations.models import Message
from muhatap.flow import rules as flow


def make(*, by: User, at: datetime) -> None:
    """As the team lead would have set it up."""
    wholesale = rules.Wording(
        name="Toptan soranlar",
        event="opened",
        conditions=[{"kind": "text", "how": "has", "values": ["toptan", "adet için", "kurumsal"]}],
        actions=[
            {"kind": "tag", "value": "toptan", "text": ""},
            {"kind": "priority", "value": "1", "text": ""},
            {"kind": "note", "value": "", "text": "{{ contact.first_name }} toptan soruyor; fiyat listesi Can’da."},
        ],
    )
    waiting = rules.Wording(
        name="Dört saattir yanıtsız",
        event="unanswered",
        hours=4,
        conditions=[{"kind": "assignee", "how": "is", "values": ["0"]}],
        actions=[{"kind": "mention", "value": str(by.pk), "text": "Bunu kimse almadı, bakar mısın?"}],
    )
    rules.switch(rule=rules.create(wording=wholesale, by=by, at=at), on=True, by=by, at=at)
    rules.create(wording=waiting, by=by, at=at)
    late = macros.Wording(
        name="Kargo gecikti",
        actions=[{"kind": "tag", "value": "kargo", "text": ""}, {"kind": "priority", "value": "1", "text": ""}],
        reply="Merhaba {{ contact.first_name }},\n\ngecikme için özür dileriz. Kargoya soruyorum, bugün size yazacağım.",
        sharing="all",
    )
    thanks = macros.Wording(
        name="Teşekkür ve kapat",
        actions=[{"kind": "tag", "value": "övgü", "text": ""}, {"kind": "resolve", "value": "", "text": ""}],
        sharing="all",
    )
    for macro in (late, thanks):
        macros.create(wording=macro, by=by, at=at)


def finish(*, by: User, at: datetime) -> None:
    """From now on: whoever waits four hours is noticed, and what comes for sales is given in turn."""
    for rule in AutomationRule.objects.filter(is_on=False):
        rules.switch(rule=rule, on=True, by=by, at=at)
    available.arrange(team=Team.objects.get(name="Satış"), way="rotation", n_at_most=20, by=by, at=at)


def follow(*, after: int, at: datetime) -> int:
    """The rules that wait for the entries since then, as the job looks for them; returns the newest entry followed."""
    related = ("conversation__inbox", "conversation__contact", "by")
    for message in Message.objects.select_related(*related).filter(pk__gt=after).order_by("pk"):
        flow.follow(message=message, at=at)
        after = message.pk
    return after
