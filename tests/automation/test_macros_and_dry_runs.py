"""Macros: all at once and back again, text into the draft. Dry runs: told, counted, stopped, and nothing changed."""

import pytest

from muhatap.accounts.models import AuditEntry, Membership, Team, User
from muhatap.automation import macros, ordering, rehearsing, rules
from muhatap.automation.models import DryRun, DryRunFind, Macro, MacroRun, RuleFiring
from muhatap.contacts import tagging as naming
from muhatap.conversations import closing, drafting, prioritising, tagging
from muhatap.conversations.models import Conversation, Draft, Message
from muhatap.flow import macros as running
from muhatap.flow import rules as staircase
from tests import cast
from tests.automation.conftest import action, condition, letter, rule
from tests.insight.conftest import answers

pytestmark = pytest.mark.django_db


def macro(*actions: dict[str, str], by: User | None = None, **more: object) -> Macro:
    wording = macros.Wording(**({"name": "Kargo", "actions": actions} | more))  # type: ignore[arg-type]
    return macros.create(wording=wording, by=by or cast.can(), at=cast.NOW)


def run(made: Macro, conversation: Conversation, typed: str | None = None) -> MacroRun:
    return running.run(macro=made, conversation=conversation, by=cast.zeynep(), at=cast.NOW, typed=typed)


def state() -> tuple[object, ...]:
    row = Conversation.objects.get()
    tags = sorted(row.tags.values_list("name", flat=True))
    return row.status, row.priority, row.assignee_id, row.team_id, tags


class TestMacros:
    def test_a_macro_does_all_and_puts_its_text_behind_what_was_begun(self, ayses_letter: Message) -> None:
        made = macro(action("tag", "kargo"), action("resolve"), reply="{{ contact.first_name }} Hanım, yolda.")
        drafting.save(
            conversation=ayses_letter.conversation, kind="reply", by=cast.zeynep(), at=cast.NOW, html="<p>Eski</p>"
        )

        run(made, ayses_letter.conversation, typed="<p>Merhaba</p><script>x</script>")

        assert state()[0] == "resolved" and state()[4] == ["kargo"]
        assert Draft.objects.get().html == "<p>Merhaba</p><p>Ayşe Hanım, yolda.</p>"
        assert Message.objects.filter(event="resolved", by=cast.zeynep()).exists()
        assert AuditEntry.objects.get(act="macro.run").details["macro_name"] == "Kargo"

    def test_undone_everything_is_as_it_was_and_only_once(self, ayses_letter: Message) -> None:
        conversation, sales = ayses_letter.conversation, Team.objects.create(name="Satış")
        tagging.tag(conversation=conversation, tag=naming.named("eski"), by=cast.can(), at=cast.NOW)
        before = state()
        made = macro(
            action("tag", "kargo"), action("tag", "eski"), action("untag", "eski"), action("priority", 2),
            action("assign", cast.can().pk), action("team", sales.pk), action("snooze", 2), action("resolve"),
        )  # fmt: skip
        ran = run(made, conversation)
        assert state() != before

        assert macros.undo(run=ran, by=cast.zeynep(), at=cast.NOW) == ()
        assert state() == before
        assert macros.undo(run=ran, by=cast.zeynep(), at=cast.NOW) is None

    def test_what_somebody_changed_since_stays_when_it_is_undone(self, ayses_letter: Message) -> None:
        conversation, can = ayses_letter.conversation, cast.can()
        made = macro(action("tag", "kargo"), action("priority", 2), action("assign", can.pk))
        ran = run(made, conversation)
        conversation.refresh_from_db()
        prioritising.prioritise(conversation=conversation, priority=1, by=can, at=cast.NOW)
        tagging.untag(conversation=conversation, tag=naming.named("kargo"), by=can, at=cast.NOW)

        assert macros.undo(run=ran, by=cast.zeynep(), at=cast.NOW) == ("priority",)
        assert state()[1:3] == (1, None) and state()[4] == []

    def test_its_note_ends_no_note_that_was_begun(self, ayses_letter: Message) -> None:
        made = macro(action("note", text="Kargo arandı."))

        running.run(
            macro=made,
            conversation=ayses_letter.conversation,
            by=cast.zeynep(),
            at=cast.NOW,
            typed="<p>Yarım kal</p>",
            kind="note",
        )

        assert Draft.objects.get().html == "<p>Yarım kal</p>"

    def test_undone_it_is_their_turn_again_when_it_was(self, ayses_letter: Message) -> None:
        conversation = ayses_letter.conversation
        answers(conversation, cast.NOW, by=cast.zeynep())
        ran = run(macro(action("resolve")), conversation)

        macros.undo(run=ran, by=cast.zeynep(), at=cast.NOW)

        conversation.refresh_from_db()
        assert conversation.status == "waiting"

    def test_what_cannot_be_done_is_told(self, ayses_letter: Message) -> None:
        made = macro(action("snooze", 1), reply="{{ contact.city }}")
        closing.resolve(conversation=ayses_letter.conversation, by=cast.can(), at=cast.NOW)

        assert [one["not"] for one in run(made, ayses_letter.conversation).done] == ["closed", "empty"]

    def test_everybody_orders_their_own_list_by_hand(self) -> None:
        made = {name: macro(action("resolve"), name=name, sharing="all") for name in ("A", "B", "C")}

        def names(user: User) -> str:
            return "".join(one.name for one in ordering.ordered(user))

        ordering.move(macro=made["C"], up=True, by=cast.zeynep())
        ordering.move(macro=made["C"], up=True, by=cast.zeynep())
        ordering.move(macro=made["C"], up=True, by=cast.zeynep())
        macro(action("resolve"), name="0", sharing="all")

        assert (names(cast.zeynep()), names(cast.can())) == ("CAB0", "0ABC")

    def test_one_sees_ones_own_those_of_ones_teams_and_of_everybody(self) -> None:
        sales = Team.objects.create(name="Satış")
        for name, sharing, team in (("B", "me", None), ("E", "team", sales), ("H", "all", None)):
            macro(action("resolve"), name=name, sharing=sharing, team=team)

        def seen(user: User) -> set[str]:
            return set(macros.open_to(user).values_list("name", flat=True))

        assert (seen(cast.can()), seen(cast.zeynep())) == ({"B", "E", "H"}, {"H"})
        Membership.objects.create(team=sales, user=cast.zeynep())
        assert seen(cast.zeynep()) == {"E", "H"}

    @pytest.mark.parametrize(
        ("where", "more"),
        [
            ("sharing", {"sharing": "all"}),
            ("sharing", {"sharing": "moon"}),
            ("actions", {"actions": []}),
            ("reply", {"reply": "{{ x"}),
            ("reply", {"reply": "x" * 10_001}),
            ("name", {"name": ""}),
        ],
    )
    def test_what_would_not_work_is_refused(self, where: str, more: dict[str, object]) -> None:
        with pytest.raises(rules.Refused) as refused:
            macro(**({"actions": [action("resolve")], "by": cast.zeynep()} | more))  # type: ignore[arg-type]

        assert where in refused.value.problems.fields

    def test_a_macro_sends_nothing(self) -> None:
        with pytest.raises(rules.Refused) as refused:
            macro(action("reply", text="Merhaba"))

        assert refused.value.problems.actions[0].code == "unknown"


class TestDryRuns:
    def begin(self, **more: object) -> DryRun:
        made = rule(action("resolve"), **more)
        return rehearsing.begin(rule=made, by=cast.can(), at=cast.NOW + cast.minutes(1))

    def go(self, run: DryRun) -> DryRun:
        staircase.rehearse(dry_run_id=run.pk, at=cast.NOW)
        run.refresh_from_db()
        return run

    def test_it_tells_what_the_rule_would_have_touched_and_changes_nothing(self, ayses_letter: Message) -> None:
        letter("<2@x>", sender=cast.ELIF, subject="Önlük", text="Boyu kaç?")
        n = Message.objects.count()

        run = self.go(self.begin(conditions=[condition("text", "has", "sipariş")]))

        assert (run.state, run.n_all, run.n_looked, run.n_found) == ("done", 2, 2, 1)
        assert DryRunFind.objects.get().message == ayses_letter
        assert Message.objects.count() == n and not RuleFiring.objects.exists()
        assert set(Conversation.objects.values_list("status", flat=True)) == {"open"}

    def test_only_the_newest_are_looked_at_in_parts(
        self, ayses_letter: Message, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(rehearsing, "MOST", 5)
        monkeypatch.setattr(rehearsing, "PART", 2)
        for n in range(6):
            letter(f"<{n}@y>", subject=f"Konu {n}")

        run = self.go(self.begin())

        assert (run.n_all, run.n_found, run.is_cut) == (5, 5, True)
        assert not run.finds.filter(message=ayses_letter).exists()

    def test_it_stops_when_told_and_keeps_what_it_found(
        self, ayses_letter: Message, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(rehearsing, "PART", 1)
        letter("<2@x>", sender=cast.ELIF, subject="Önlük")
        run = self.begin()
        assert rehearsing.go_on(dry_run_id=run.pk, at=cast.NOW)

        rehearsing.stop(dry_run=run, at=cast.NOW)

        assert not rehearsing.go_on(dry_run_id=run.pk, at=cast.NOW)
        assert (self.go(run).state, run.n_found) == ("stopped", 1)

    @pytest.mark.parametrize(
        ("event", "n"), [("opened", 1), ("resolved", 1), ("settled", 1), ("unanswered", 0), ("silent", 0)]
    )
    def test_each_event_looks_at_its_own_entries(self, ayses_letter: Message, event: str, n: int) -> None:
        settled_at = cast.NOW + cast.minutes(1)
        closing.resolve(conversation=ayses_letter.conversation, by=cast.can(), at=settled_at)
        made = rule(action("tag", "x"), event=event, hours=1)

        run = rehearsing.begin(rule=made, by=cast.can(), at=cast.NOW + cast.minutes(90))

        assert self.go(run).n_found == n

    def test_a_waiting_that_lasted_is_found(self, ayses_letter: Message) -> None:
        made = rule(action("tag", "x"), event="unanswered", hours=1)

        run = rehearsing.begin(rule=made, by=cast.can(), at=cast.NOW + cast.minutes(90))

        assert self.go(run).n_found == 1
