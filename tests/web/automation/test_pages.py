"""Rules, macros and assignment at the door: who may enter, what is refused and kept, what comes of a click."""

import pytest
from django.test import Client
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob

from muhatap.accounts.models import Membership, Team, User
from muhatap.automation import macros
from muhatap.automation.models import AutomationRule, Availability, DryRun, Macro, MacroRun, RuleFiring, WayOfGiving
from muhatap.conversations.models import Conversation, Draft, Message
from muhatap.flow import rules as staircase
from tests import cast
from tests.automation.conftest import action, condition, follow, letter, rule

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english() -> None:
    for user in (cast.can(), cast.zeynep(), cast.mert()):
        User.objects.filter(pk=user.pk).update(language="en")


def client(user: User) -> Client:
    found = Client(headers={"accept-language": "en"})
    found.force_login(user)
    found.cookies["language"] = "en"
    return found


@pytest.fixture
def can(db: None) -> Client:
    return client(cast.can())


@pytest.fixture
def zeynep(db: None) -> Client:
    return client(cast.zeynep())


def form(**more: object) -> dict[str, object]:
    """What the builder posts: one condition (key x), one action (key y)."""
    return {
        "name": "İade", "event": "arrived", "hours": "4", "matching": "all",
        "c": ["x"], "c-x-kind": "text", "c-x-how": "has", "c-x-value": "iade,  değişim ",
        "a": ["y"], "a-y-kind": "tag", "a-y-value": "iade",
    } | more  # fmt: skip


def page(answer: object) -> str:
    return answer.content.decode()  # type: ignore[attr-defined,no-any-return]


def url(name: str, *args: object) -> str:
    return reverse(f"automation:{name}", args=args)


def test_a_rule_is_built_switched_on_moved_and_deleted(can: Client) -> None:
    answer = can.post(url("new_rule"), form())
    made = AutomationRule.objects.get()
    assert answer["location"] == url("rule", made.pk) and not made.is_on
    assert made.conditions == [condition("text", "has", "iade", "değişim")]
    assert made.actions == [action("tag", "iade")]

    can.post(url("switch_rule", made.pk), {"on": "yes"})
    can.post(url("rule", made.pk), form(name="İadeler"))
    made.refresh_from_db()
    assert made.is_on and made.name == "İadeler"
    other = rule(action("resolve"))
    can.post(url("move_rule", other.pk), {"to": "up"})
    assert list(AutomationRule.objects.order_by("place").values_list("pk", flat=True)) == [other.pk, made.pk]
    can.post(url("delete_rule", made.pk))
    assert AutomationRule.objects.count() == 1


@pytest.mark.parametrize(
    ("wrong", "kept"),
    [
        ({"name": ""}, "değişim"),
        ({"event": "unanswered", "hours": "yarın"}, "yarın"),
        ({"event": "moon"}, "değişim"),
        ({"c-x-kind": "sender", "c-x-value": "ayse ornek"}, "ayse ornek"),
        ({"c-x-kind": "inbox", "c-x-value": ["1 or 1=1"]}, "İade"),
        ({"c-x-kind": "moon"}, "İade"),
        ({"c-x-value": ""}, "İade"),
        ({"a-y-kind": "reply", "a-y-text": "Merhaba {{ contact.name"}, "Merhaba {{ contact.name"),
        ({"a-y-kind": "snooze", "a-y-value": "-3"}, "-3"),
        ({"a-y-kind": "assign", "a-y-value": "²"}, "İade"),
        ({"a": []}, "değişim"),
        ({"name": "x" * 500}, "değişim"),
    ],
)
def test_what_is_refused_is_told_and_what_was_typed_stays(can: Client, wrong: dict[str, object], kept: str) -> None:
    answer = can.post(url("new_rule"), form(**wrong))

    assert answer.status_code == 422
    assert "Not saved. What you typed is still here." in page(answer) and kept in page(answer)
    assert not AutomationRule.objects.exists()


def test_a_line_changes_with_its_kind_and_keeps_its_key(can: Client) -> None:
    row = page(can.get(url("condition_row"), {"c": "x", "c-x-kind": "priority", "c-x-how": "is"}))
    assert 'name="c-x-value"' in row and "Urgent" in row
    assert 'name="a" value="y"' in page(can.get(url("action_row"), {"a": "y", "a-y-kind": "note"}))
    assert "Send a reply" not in page(can.get(url("action_row"), {"macro": "yes"}))
    assert "<script" not in page(can.get(url("condition_row"), {"c": '"><script'}))


def test_examples_are_added_switched_off(can: Client, zeynep: Client) -> None:
    for name in ("returns", "silence"):
        assert can.post(url("example_rule", name)).status_code == 302
    assert AutomationRule.objects.filter(is_on=False).count() == 2
    for name in ("late", "thanks"):
        assert zeynep.post(url("example_macro", name)).status_code == 302
    assert Macro.objects.filter(owner=cast.zeynep()).count() == 2
    assert can.post(url("example_rule", "moon")).status_code == 404


def test_what_points_at_nobody_asks_for_attention(can: Client) -> None:
    sales = Team.objects.create(name="Satış")
    made = rule(action("team", sales.pk))
    sales.delete()

    assert "Needs attention" in page(can.get(url("rules")))
    assert "Needs attention" in page(can.get(url("rule", made.pk)))


def test_who_may_what(zeynep: Client, can: Client) -> None:
    made = rule(action("resolve"))
    mert = client(cast.mert())

    assert zeynep.get(url("rules")).status_code == zeynep.get(url("log", made.pk)).status_code == 200
    assert zeynep.get(url("rule", made.pk)).status_code == zeynep.post(url("new_rule"), form()).status_code == 403
    assert zeynep.post(url("switch_rule", made.pk), {"on": "no"}).status_code == 403
    assert mert.get(url("rules")).status_code == mert.get(url("macros")).status_code == 403
    assert mert.get(url("availability")).status_code == 200


def test_the_log_says_why_and_the_thread_leads_to_it(can: Client, ayses_letter: Message) -> None:
    made = rule(action("tag", "iade"), action("reply", text="{{ contact.city }}"),
                conditions=[condition("text", "has", "sipariş")])  # fmt: skip
    follow(ayses_letter)
    firing = RuleFiring.objects.get()

    log = page(can.get(url("log", made.pk)))
    assert "Subject or text contains one of “sipariş”" in log and "nothing came of the text" in log
    thread = page(can.get(reverse("inbox:conversation", args=[ayses_letter.conversation_id])))
    assert url("firing", firing.pk) in thread and "Rule: İade" in thread
    assert can.get(url("firing", firing.pk)).status_code == 200


def test_a_firing_in_a_conversation_one_does_not_see_is_not_there(ayses_letter: Message) -> None:
    made = rule(action("tag", "iade"))
    follow(ayses_letter)
    User.objects.filter(pk=cast.zeynep().pk).update(visibility="own")
    blind = client(User.objects.get(pk=cast.zeynep().pk))

    assert blind.get(url("firing", RuleFiring.objects.get().pk)).status_code == 404
    log = page(blind.get(url("log", made.pk)))
    assert "A conversation you do not see" in log and "Nevresim" not in log


def test_a_dry_run_is_begun_by_a_click_and_shown_when_it_is_over(can: Client, ayses_letter: Message) -> None:
    made = rule(action("resolve"), conditions=[condition("text", "has", "sipariş")])
    Message.objects.update(recorded_at=cast.NOW)

    assert "Not looked yet" in page(can.get(url("dry_run", made.pk)))
    can.post(url("dry_run", made.pk))
    run = DryRun.objects.get()
    assert ProcrastinateJob.objects.get(task_name="dry_run").args == {"dry_run_id": run.pk}
    assert "every 2s" in page(can.get(url("dry_run_now", made.pk)))
    DryRun.objects.update(at=cast.NOW + cast.minutes(1))
    staircase.rehearse(dry_run_id=run.pk, at=cast.NOW)

    shown = page(can.get(url("dry_run_now", made.pk)))
    assert "would have touched 1" in shown and "Nevresim" in shown and "every 2s" not in shown
    assert can.post(url("stop_dry_run", run.pk)).status_code == 200


class TestMacros:
    def test_a_macro_is_kept_shared_and_deleted(self, can: Client, zeynep: Client) -> None:
        given = {"name": "Kargo", "a": ["y"], "a-y-kind": "resolve", "reply": "Merhaba", "sharing": "all"}
        assert zeynep.post(url("new_macro"), given).status_code == 422
        assert can.post(url("new_macro"), given).status_code == 302
        made = Macro.objects.get()
        assert "Kargo" in page(zeynep.get(url("macros")))
        assert zeynep.get(url("macro", made.pk)).status_code == 404
        assert can.post(url("macro", made.pk), given | {"name": "Kargo gecikti", "reply": "{{ x"}).status_code == 422
        assert can.post(url("macro", made.pk), given | {"name": "Kargo gecikti"}).status_code == 302
        assert can.post(url("delete_macro", made.pk)).status_code == 302 and not Macro.objects.exists()

    def test_it_runs_with_one_click_and_can_be_taken_back(self, zeynep: Client, ayses_letter: Message) -> None:
        number = ayses_letter.conversation_id
        wording = macros.Wording(name="Kargo", actions=[action("resolve")], reply="Yola çıktı.", sharing="all")
        made = macros.create(wording=wording, by=cast.can(), at=cast.NOW)
        assert url("run_macro", number, made.pk) in page(zeynep.get(url("menu", number)))

        typed = {"html": "<p>Merhaba</p>", "kind": "reply"}
        answer = page(zeynep.post(url("run_macro", number, made.pk), typed))

        assert Conversation.objects.get().status == "resolved"
        assert Draft.objects.get().html == "<p>Merhaba</p><p>Yola çıktı.</p>"
        undo = url("undo_macro", MacroRun.objects.get().pk)
        assert undo in answer and "“Kargo” is done" in answer
        assert client(cast.can()).post(undo).status_code == 404
        assert zeynep.post(undo).status_code == 200 and Conversation.objects.get().status == "open"

    def test_what_one_does_not_see_or_own_is_not_run(self, zeynep: Client, ayses_letter: Message) -> None:
        made = macros.create(
            wording=macros.Wording(name="Gizli", actions=[action("resolve")]), by=cast.can(), at=cast.NOW
        )
        assert zeynep.post(url("run_macro", ayses_letter.conversation_id, made.pk)).status_code == 404
        Macro.objects.update(sharing="all")
        User.objects.filter(pk=cast.zeynep().pk).update(visibility="own")
        assert zeynep.post(url("run_macro", ayses_letter.conversation_id, made.pk)).status_code == 404


class TestAssignment:
    def test_a_team_gets_its_way_and_its_people_what_they_know(self, can: Client) -> None:
        team = cast.destek()
        Membership.objects.create(team=team, user=cast.zeynep())

        assert can.post(url("giving_team", team.pk), {"way": "load", "n_at_most": "5"}).status_code == 302
        given = {"n_at_most": "", "skills": "toptan, İade", "languages": ["en"]}
        assert can.post(url("giving_person", cast.zeynep().pk), given).status_code == 302

        assert WayOfGiving.objects.get().way == "load"
        kept = Availability.objects.get()
        assert kept.languages == ["en"] and {tag.name for tag in kept.skills.all()} == {"toptan", "İade"}
        assert "0 of 5 open" in page(can.get(url("giving")))

    @pytest.mark.parametrize(
        "wrong", [{"way": "moon"}, {"way": "load", "n_at_most": "-1"}, {"way": "load", "n_at_most": "çok"}]
    )
    def test_bad_input_is_told(self, can: Client, wrong: dict[str, str]) -> None:
        assert can.post(url("giving_team", cast.destek().pk), wrong).status_code == 422

    def test_one_says_in_ones_own_menu_whether_one_is_here(self, zeynep: Client) -> None:
        given = ProcrastinateJob.objects.filter(task_name="give_unplaced")
        n_before = given.count()
        assert 'aria-checked="true"' in page(zeynep.get(url("availability")))
        zeynep.post(url("become", "break"))
        assert Availability.objects.get().state == "break"
        zeynep.post(url("become", "available"))
        assert given.count() == n_before + 1
        assert zeynep.post(url("become", "moon")).status_code == 404


@pytest.fixture
def ayses_letter(db: None) -> Message:
    return letter("<ayse-1@ornek.example>")
