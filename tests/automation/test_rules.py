"""Rules: what they wait for, when they hold, what they do, and what they never do."""

from datetime import timedelta
from typing import Any

import pytest

from muhatap.accounts import teams
from muhatap.accounts.models import AuditEntry, Team
from muhatap.automation import rules, targets
from muhatap.automation.models import AutomationRule, RuleFiring
from muhatap.contacts import tagging as naming
from muhatap.conversations import closing, noting, tagging
from muhatap.conversations.models import Conversation, Mention, Message
from muhatap.interactions.models import Outgoing
from tests import cast
from tests.automation.conftest import action, condition, fates, follow, letter, rule

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def fired(conditions: list[dict[str, Any]], message: Message, **more: Any) -> bool:
    rule(action("tag", "denendi"), conditions=conditions, **more)
    follow(message)
    return RuleFiring.objects.exists()


@pytest.mark.parametrize(
    ("held", "one"),
    [
        (True, condition("text", "has", "sipariş")),
        (True, condition("text", "has", "SİPARİŞİM")),
        (True, condition("text", "has", "kargo", "siparis")),
        (True, condition("text", "has", "siparişim gelmedi")),
        (False, condition("text", "has", "pariş")),
        (True, condition("text", "has_not", "kargo")),
        (True, condition("subject", "has", "nevresim")),
        (False, condition("subject", "has", "sipariş")),
        (True, condition("sender", "is", "ayse.yilmaz@ornek.example")),
        (True, condition("sender", "is", "@ornek.example")),
        (True, condition("sender", "is", "AYSE.YILMAZ@ORNEK.EXAMPLE")),
        (False, condition("sender", "is", "rnek.example")),
        (True, condition("sender", "is_not", "baska.example")),
        (True, condition("channel", "is", "email")),
        (False, condition("channel", "is", "webchat")),
        (True, condition("assignee", "is", "0")),
        (False, condition("assignee", "is_not", "0")),
        (True, condition("status", "is", "open")),
        (False, condition("status", "is", "resolved", "spam")),
        (True, condition("priority", "is", "0")),
        (False, condition("tag", "has", "iade")),
        (False, condition("contact_tag", "has", "vip")),
        (False, condition("company", "is", "Güneş Otel")),
        (True, condition("language", "is", "0")),
        (True, condition("first", "is")),
        (False, condition("first", "is_not")),
        (False, condition("files", "has")),
        (True, condition("automatic", "is_not")),
    ],
)
def test_a_condition_holds_or_does_not(ayses_letter: Message, one: dict[str, Any], held: bool) -> None:
    assert fired([one], ayses_letter) is held


def test_conditions_hold_by_inbox_team_and_tags(ayses_letter: Message) -> None:
    conversation = ayses_letter.conversation
    tagging.tag(conversation=conversation, tag=naming.named("İade"), by=cast.zeynep(), at=cast.NOW)
    inbox, team = cast.support_inbox(), cast.destek()

    assert fired(
        [
            condition("inbox", "is", inbox.pk),
            condition("team", "is", team.pk),
            condition("tag", "has", "iade"),
            condition("team", "is_not", "0"),
        ],
        ayses_letter,
    )


def test_any_of_the_conditions_is_enough_where_any_was_asked_for(ayses_letter: Message) -> None:
    one, other = condition("text", "has", "kargo"), condition("text", "has", "sipariş")

    assert not fired([one, other], ayses_letter)
    assert fired([one, other], ayses_letter, matching="any")
    assert RuleFiring.objects.get().held == [other]


def test_a_rule_does_all_it_says_and_the_thread_and_the_audit_name_it(ayses_letter: Message) -> None:
    zeynep, sales = cast.zeynep(), Team.objects.create(name="Satış")
    made = rule(
        action("assign", zeynep.pk),
        action("team", sales.pk),
        action("tag", "Teslimat"),
        action("priority", 1),
        action("note", text="{{ contact.first_name }} gecikmeyi sordu."),
        action("mention", zeynep.pk, "Bakar mısın?"),
        action("snooze", 4),
    )

    follow(ayses_letter)

    conversation = Conversation.objects.get()
    assert (conversation.assignee, conversation.team, conversation.status) == (zeynep, sales, "snoozed")
    assert conversation.priority == 1 and [tag.name for tag in conversation.tags.all()] == ["Teslimat"]
    assert Message.objects.filter(kind="note", text="Ayşe gecikmeyi sordu.", by=None).exists()
    assert Mention.objects.get().user == zeynep
    firing = RuleFiring.objects.get()
    assert fates(firing) == [""] * 7
    told = Message.objects.filter(event_details__rule=made.pk)
    assert {message.event_details["rule_name"] for message in told} == {"İade"} and told.count() == 7
    assert AuditEntry.objects.get(act="conversation.assign").details["rule_name"] == "İade"


def test_a_job_that_runs_twice_does_nothing_twice(ayses_letter: Message) -> None:
    rule(action("note", text="Bir kez."))

    follow(ayses_letter)
    follow(ayses_letter)

    assert Message.objects.filter(kind="note").count() == RuleFiring.objects.count() == 1


def test_rules_run_in_their_order_and_each_sees_what_the_one_before_did(ayses_letter: Message) -> None:
    second = rule(action("note", text="Acil."), name="İkinci", conditions=[condition("tag", "has", "acil")])
    first = rule(action("tag", "acil"), name="Birinci")
    rules.move(rule=first, up=True, by=cast.can(), at=cast.NOW)

    follow(ayses_letter)

    assert list(RuleFiring.objects.order_by("id").values_list("rule", flat=True)) == [first.pk, second.pk]


def test_what_a_rule_did_makes_no_rule_fire(ayses_letter: Message) -> None:
    rule(action("tag", "bir"))
    rule(action("tag", "iki"), event="tagged")
    follow(ayses_letter)

    follow(Message.objects.get(event="tagged"))

    assert RuleFiring.objects.count() == 1
    tagging.tag(conversation=ayses_letter.conversation, tag=naming.named("üç"), by=cast.zeynep(), at=cast.NOW)
    follow(Message.objects.filter(event="tagged").latest("id"))
    assert RuleFiring.objects.count() == 2


@pytest.mark.parametrize(("event", "n"), [("arrived", 2), ("opened", 1), ("reopened", 1), ("resolved", 1)])
def test_a_rule_waits_for_its_event_only(ayses_letter: Message, event: str, n: int) -> None:
    rule(action("note", text="."), event=event)
    closing.resolve(conversation=ayses_letter.conversation, by=cast.zeynep(), at=cast.NOW)
    letter("<2@x>", references=("<ayse-1@ornek.example>",), text="Hâlâ yok.")

    for message in Message.objects.order_by("id"):
        follow(message)

    assert RuleFiring.objects.count() == n


def test_a_rule_that_is_off_does_nothing(ayses_letter: Message) -> None:
    rules.switch(rule=rule(action("resolve")), on=False, by=cast.can(), at=cast.NOW)

    follow(ayses_letter)

    assert not RuleFiring.objects.exists()


def test_what_is_gone_is_told_and_stops_nothing_else(ayses_letter: Message) -> None:
    sales = Team.objects.create(name="Satış")
    made = rule(action("team", sales.pk), action("tag", "teklif"), conditions=[condition("team", "is_not", sales.pk)])
    teams.delete(team=sales, by=cast.deniz(), at=cast.NOW)

    follow(ayses_letter)

    assert fates(RuleFiring.objects.get()) == ["gone", ""]
    found = rules.problems(made, targets.present())
    assert [one.code for one in (*found.conditions, *found.actions)] == ["gone", "gone"]


def test_a_rule_with_a_kind_nobody_knows_any_more_does_nothing(ayses_letter: Message) -> None:
    made = rule(action("tag", "x"))
    AutomationRule.objects.filter(pk=made.pk).update(conditions=[{"kind": "mood", "how": "is", "values": ["bad"]}])

    follow(ayses_letter)

    assert not RuleFiring.objects.exists()
    made.refresh_from_db()
    assert rules.problems(made, targets.present()).conditions[0].code == "unknown"


class TestAnswers:
    """What a rule answers by itself."""

    def test_an_answer_goes_to_the_writer_and_leaves_the_turn_with_us(self, ayses_letter: Message) -> None:
        rule(action("reply", text="Merhaba {{ contact.first_name }},\n\nyazınızı aldık."))

        follow(ayses_letter)

        sent = Message.objects.get(kind="outbound")
        assert sent.text == "Merhaba Ayşe,\n\nyazınızı aldık." and sent.is_automatic
        assert [one["email"] for one in sent.to] == ["ayse.yilmaz@ornek.example"] and sent.cc == []
        outbound = Outgoing.objects.get().outbound
        assert outbound["headers"]["Auto-Submitted"] == "auto-replied"
        conversation = Conversation.objects.get()
        assert conversation.status == "open" and conversation.waiting_since == ayses_letter.at

    def test_nobody_is_answered_twice_in_a_conversation_within_a_day(self, ayses_letter: Message) -> None:
        rule(action("reply", text="Aldık."))
        follow(ayses_letter)
        second = letter("<2@x>", references=("<ayse-1@ornek.example>",))
        follow(second, at=cast.NOW + HOUR)
        third = letter("<3@x>", references=("<ayse-1@ornek.example>",))
        follow(third, at=cast.NOW + 25 * HOUR)

        assert [fates(one) for one in RuleFiring.objects.order_by("id")] == [[""], ["answered_already"], [""]]

    def test_who_opens_a_new_conversation_each_time_is_answered_three_times(self) -> None:
        rule(action("reply", text="Aldık."))
        for n in range(5):
            follow(letter(f"<{n}@x>", subject=f"Konu {n}", sender=cast.STRANGER))

        assert [fates(one)[0] for one in RuleFiring.objects.order_by("id")] == [*[""] * 3, *["answered_often"] * 2]

    @pytest.mark.parametrize(
        ("why", "more"),
        [
            ("automatic", {"kind": "auto_reply"}),
            ("automatic", {"kind": "bounce"}),
            ("automatic", {"kind": "list"}),
            ("machine", {"sender": cast.Claim(kind="email", value="no-reply@shop.example", is_verified=True)}),
            ("machine", {"sender": cast.Claim(kind="email", value="MAILER-DAEMON@shop.example", is_verified=True)}),
            ("ours", {"sender": cast.Claim(kind="email", value="destek+x@ihlamurev.example", is_verified=True)}),
        ],
    )
    def test_machines_are_not_answered(self, db: None, why: str, more: dict[str, Any]) -> None:
        rule(action("reply", text="Aldık."))

        follow(letter("<m@x>", **more))

        assert fates(RuleFiring.objects.get()) == [why]
        assert not Outgoing.objects.exists()

    def test_an_answer_of_which_nothing_comes_is_not_sent(self, ayses_letter: Message) -> None:
        rule(action("reply", text="{{ contact.city }}"))

        follow(ayses_letter)

        assert fates(RuleFiring.objects.get()) == ["empty"]


@pytest.mark.parametrize(
    ("where", "code", "more"),
    [
        ("name", "empty", {"name": "  "}),
        ("name", "long", {"name": "x" * 121}),
        ("event", "choose", {"event": "moon"}),
        ("hours", "number", {"event": "unanswered"}),
        ("hours", "number", {"event": "unanswered", "hours": 99_999}),
        ("actions", "empty", {"actions": []}),
        ("condition", "unknown", {"conditions": [{"kind": "moon"}]}),
        ("condition", "choose", {"conditions": [condition("inbox", "is")]}),
        ("condition", "choose", {"conditions": [condition("inbox", "perhaps", 1)]}),
        ("condition", "gone", {"conditions": [condition("inbox", "is", 999)]}),
        ("condition", "gone", {"conditions": [condition("inbox", "is", "1 or 1=1")]}),
        ("condition", "empty", {"conditions": [condition("text", "has")]}),
        ("condition", "address", {"conditions": [condition("sender", "is", "ayse ornek")]}),
        ("condition", "long", {"conditions": [condition("text", "has", "x" * 201)]}),
        ("condition", "many", {"conditions": [condition("first", "is")] * 51}),
        ("action", "gone", {"actions": [action("assign", 999)]}),
        ("action", "choose", {"actions": [action("team")]}),
        ("action", "empty", {"actions": [action("tag", " ")]}),
        ("action", "number", {"actions": [action("snooze", "yarın")]}),
        ("action", "number", {"actions": [action("snooze", "0")]}),
        ("action", "empty_text", {"actions": [action("note")]}),
        ("action", "template", {"actions": [action("reply", text="Merhaba {{ contact.name")]}),
        ("action", "template", {"actions": [action("reply", text="{% include 'x' %}")]}),
        ("action", "unknown", {"actions": [action("explode")]}),
    ],
)
def test_what_would_not_work_is_refused_line_by_line(db: None, where: str, code: str, more: dict[str, Any]) -> None:
    wording = rules.Wording(**({"name": "İade", "event": "arrived", "actions": [action("resolve")]} | more))

    with pytest.raises(rules.Refused) as refused:
        rules.create(wording=wording, by=cast.can(), at=cast.NOW)

    found = refused.value.problems
    lines = {"condition": found.conditions, "action": found.actions}
    assert (lines[where][0].code if where in lines else found.fields[where]) == code
    assert not AutomationRule.objects.exists()


def test_a_note_of_a_person_still_calls_by_name(ayses_letter: Message) -> None:
    cast.zeynep()
    noting.write_note(conversation=ayses_letter.conversation, html="x", text="@zeynep", by=cast.can(), at=cast.NOW)

    assert Mention.objects.count() == 1
