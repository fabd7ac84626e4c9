"""Cases told as stories: opened once, carried on, resolved, opened again; and the company's tree of causes."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from muhatap.accounts.models import AuditEntry
from muhatap.contacts.models import Contact
from muhatap.flow import telling
from muhatap.interactions.models import Interaction
from muhatap.service import cases, casework, causes, costing, rates
from muhatap.service.models import Case, Cause, Cost
from muhatap.service.promising import BadCost, NoReason, NotThen
from tests import cast
from tests.cast import NOW

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def ayse(db: None) -> Contact:
    causes.bring_in(at=NOW)
    return Contact.objects.create(name="Ayşe Yılmaz", created_at=NOW, last_seen_at=NOW, sort_key="ayşe", search_text="")


def opened(contact: Contact, title: str = "Nevresim lekeli geldi", **more: object) -> Case:
    told: dict[str, object] = {
        "interaction": None,
        "by": cast.zeynep(),
        "at": NOW,
        "cause": causes.standing("product-faulty"),
    }
    return cases.open_case(contact=contact, title=title, **told | more)  # type: ignore[arg-type]


def test_a_case_stands_on_the_timeline_and_in_the_audit(ayse: Contact) -> None:
    case = opened(ayse, due_at=NOW + DAY)
    assert case.entry is not None and (case.entry.kind, case.entry.contact, case.entry.title) == (
        "case",
        ayse,
        f"#{case.pk}",
    )
    assert [step.act for step in case.steps.all()] == ["opened"]
    assert AuditEntry.objects.filter(act="case.open", object_id=str(case.pk)).exists()
    assert case.remind_at is not None and case.remind_at < NOW + DAY


def test_the_same_letter_opens_one_case_however_often_a_machine_asks_and_another_when_a_person_says_so(
    ayse: Contact,
) -> None:
    letter = Interaction.objects.create(
        kind="survey", direction="in", channel="web", contact=ayse, at=NOW, recorded_at=NOW
    )
    first, again = (opened(ayse, said, interaction=letter, by=None, origin="survey") for said in ("Düşük puan", "Yine"))
    assert first == again
    assert first.links.get().interaction == letter
    late = causes.standing("delivery-late")
    second = opened(ayse, "Kargo da geç geldi", interaction=letter, cause=late)
    assert (second.title, second.cause) == ("Kargo da geç geldi", late) and second != first
    assert opened(ayse, "Kargo da geç geldi", interaction=letter, cause=late) == second  # sent twice
    cases.resolve(case=second, kind="explained", what="Kargoya soruldu", by=cast.can(), at=NOW + DAY)
    assert opened(ayse, "Kargo da geç geldi", interaction=letter, cause=late) not in (first, second)


@pytest.mark.parametrize(
    ("more", "error"),
    [({"title": "  "}, cases.NoTitle), ({"due_at": NOW - DAY}, NotThen), ({"due_at": NOW + 3000 * DAY}, NotThen)],
)
def test_a_case_without_words_or_with_a_moment_that_is_over_is_refused(
    ayse: Contact, more: dict[str, object], error: type[Exception]
) -> None:
    with pytest.raises(error):
        opened(ayse, **{"title": "Nevresim"} | more)  # type: ignore[arg-type]


def test_its_way_from_waiting_to_resolved_to_reopened_stands_in_its_steps(ayse: Contact) -> None:
    case, can = opened(ayse), cast.can()
    cases.wait(case=case, why="Kargo tutanağını bekliyoruz", by=can, at=NOW + DAY)
    cases.go_on(case=case, by=can, at=NOW + 2 * DAY)
    with pytest.raises(NoReason):
        cases.resolve(case=case, kind="replaced", what=" ", by=can, at=NOW + 3 * DAY)
    cases.resolve(case=case, kind="replaced", what="Yenisi gönderildi", by=can, at=NOW + 3 * DAY)
    with pytest.raises(cases.HasEnded):
        cases.resolve(case=case, kind="replaced", what="Bir daha", by=can, at=NOW + 3 * DAY)
    cases.reopen(case=case, why="Yenisi de lekeli", by=can, at=NOW + 4 * DAY)
    assert case.resolution is None and case.resolutions.count() == 1
    assert (case.state, case.ended_at) == ("reopened", None)
    cases.resolve(case=case, kind="refunded", what="Para iade edildi", by=can, at=NOW + 5 * DAY)
    cases.close(case=case, by=can, at=NOW + 6 * DAY)
    told = [step.act for step in case.steps.order_by("pk")]
    assert told == ["opened", "waits", "goes_on", "resolved", "reopened", "resolved", "closed"]
    audited = AuditEntry.objects.filter(object_id=str(case.pk)).values_list("act", flat=True)
    assert {"case.wait", "case.go_on"} < set(audited) and {"case.wait", "case.go_on", "case.repeat"} < set(
        telling.CASES
    )
    assert case.ended_at == NOW + 5 * DAY


def test_what_is_changed_keeps_what_it_was(ayse: Contact) -> None:
    case = opened(ayse)
    late = causes.standing("delivery-late")
    assert cases.change(case=case, by=cast.can(), at=NOW, cause=late, owner=cast.can()) == ["cause", "owner"]
    step = case.steps.get(field="cause")
    assert (step.was, step.became) == ("Kusurlu", "Geç geldi")
    assert cases.change(case=case, by=cast.can(), at=NOW, cause=late) == []


def test_a_recurrence_is_suggested_for_the_same_cause_within_half_a_year_and_only_said_by_a_person(
    ayse: Contact,
) -> None:
    old = opened(ayse, at=NOW - 200 * DAY)
    near = opened(ayse, at=NOW - 20 * DAY)
    other = opened(ayse, "Geç geldi", at=NOW - 10 * DAY, cause=causes.standing("delivery-late"))
    case = opened(ayse)
    assert list(casework.likely_former(case)) == [near]
    assert case.former is None
    cases.repeat(case=case, former=near, by=cast.can(), at=NOW)
    assert case.former == near and old not in casework.likely_former(case) and other.former is None
    with pytest.raises(cases.NotTheirs):
        cases.repeat(case=near, former=case, by=cast.can(), at=NOW)


def test_a_merged_cause_takes_its_cases_along_and_leads_to_where_it_went(ayse: Contact) -> None:
    case = opened(ayse)
    drop, keep = causes.standing("product-faulty"), causes.standing("product-wrong")
    assert drop and keep
    assert causes.merge(drop=drop, keep=keep, by=cast.can(), at=NOW) == 1
    case.refresh_from_db()
    assert case.cause == keep == causes.standing("product-faulty")
    assert case.steps.filter(field="cause", was="Kusurlu").exists()
    with pytest.raises(causes.NotThere):
        causes.bring_back(cause=Cause.objects.get(pk=drop.pk), by=cast.can(), at=NOW)


def test_the_tree_takes_no_twin_no_circle_and_no_parent_with_children_away(db: None) -> None:
    causes.bring_in(at=NOW)
    product = causes.standing("product")
    faulty = causes.standing("product-faulty")
    assert product and faulty
    with pytest.raises(causes.NameTaken):
        causes.save(cause=Cause(), name="Kusurlu", name_en="", parent=product, by=cast.can(), at=NOW)
    with pytest.raises(causes.NotThere):
        causes.save(cause=product, name="Ürün", name_en="", parent=faulty, by=cast.can(), at=NOW)
    with pytest.raises(causes.HasChildren):
        causes.archive(cause=product, by=cast.can(), at=NOW)
    assert causes.bring_in(at=NOW) == 0
    assert casework.under(product)[0] == product.pk and len(casework.under(product)) == 6


def test_a_branch_goes_nowhere_where_its_lowest_would_stand_too_deep_and_an_old_look_at_it_makes_no_circle(
    db: None,
) -> None:
    def added(name: str, parent: Cause | None) -> Cause:
        return causes.save(cause=Cause(), name=name, name_en="", parent=parent, by=cast.can(), at=NOW)

    top = added("Paket", None)
    middle = added("Kutu", top)
    low = added("Ezik kutu", middle)
    other = added("Etiket", None)
    added("Silik", added("Yazı", other))
    with pytest.raises(causes.NotThere):
        causes.save(cause=other, name="Etiket", name_en="", parent=middle, by=cast.can(), at=NOW)
    causes.save(cause=Cause.objects.get(pk=other.pk), name="Etiket", name_en="", parent=top, by=cast.can(), at=NOW)
    alone, stale = added("Bant", None), Cause.objects.get(pk=low.pk)
    causes.save(cause=low, name="Ezik kutu", name_en="", parent=alone, by=cast.can(), at=NOW)
    with pytest.raises(causes.NotThere):
        causes.save(cause=alone, name="Bant", name_en="", parent=stale, by=cast.can(), at=NOW)


def test_the_nearest_rate_of_the_day_counts_and_a_later_one_changes_nothing_that_stands(ayse: Contact) -> None:
    zeynep, team = cast.zeynep(), cast.destek()
    team.memberships.create(user=zeynep) if hasattr(team, "memberships") else None
    say = {"currency": "TRY", "by": cast.deniz(), "at": NOW}
    rates.say(team=None, role="", amount=Decimal("120"), valid_from=date(2026, 1, 1), **say)  # type: ignore[arg-type]
    rates.say(team=None, role="agent", amount=Decimal("240"), valid_from=date(2026, 11, 1), **say)  # type: ignore[arg-type]
    case = opened(ayse)

    def spent(day: timedelta) -> Cost:
        return costing.write(
            case=case, kind="external", what="time", minutes=20, happened_at=NOW - day, by=zeynep, at=NOW
        )

    assert [spent(day).amount for day in (timedelta(0), 30 * DAY, 400 * DAY)] == [Decimal(80), Decimal(40), None]
    before = list(Cost.objects.order_by("pk").values("amount", "rate"))
    rates.say(team=None, role="agent", amount=Decimal("999"), valid_from=date(2026, 11, 2), **say)  # type: ignore[arg-type]
    assert list(Cost.objects.order_by("pk").values("amount", "rate")) == before
    with pytest.raises(rates.RateTaken):
        rates.say(team=None, role="agent", amount=Decimal("1"), valid_from=date(2026, 11, 2), **say)  # type: ignore[arg-type]


def test_what_was_written_is_taken_back_by_a_row_against_it_once(ayse: Contact) -> None:
    case, by = opened(ayse), cast.zeynep()
    cost = costing.write(
        case=case, kind="external", what="shipping", amount=Decimal("89.90"), happened_at=NOW - DAY, by=by, at=NOW
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        Cost.objects.filter(pk=cost.pk).update(amount=1)
    against = costing.take_back(cost=cost, why="Gönderilmedi", by=by, at=NOW)
    assert (against.amount, against.at, against.reverses) == (Decimal("-89.90"), NOW, cost)
    with pytest.raises(costing.WasTakenBack):
        costing.take_back(cost=cost, why="Yine", by=by, at=NOW)
    with pytest.raises(BadCost):
        costing.write(case=case, kind="external", what="other", amount=Decimal(1), happened_at=NOW + DAY, by=by, at=NOW)


@pytest.mark.parametrize(("first", "n_costs"), [("agent", 1), ("shop", 1)])
def test_money_given_back_counts_once_whoever_tells_of_it_first(ayse: Contact, first: str, n_costs: int) -> None:
    case = opened(ayse)

    def by_agent() -> None:
        costing.compensate(
            case=case, kind="refund", amount=Decimal("150.00"), currency="TRY", said="", by=cast.zeynep(), at=NOW
        )

    def by_shop() -> None:
        costing.refunded(
            case=case, number=7, goods=Decimal("120"), shipping=Decimal("30"), currency="TRY", happened_at=NOW, at=NOW
        )

    for tell in (by_agent, by_shop, by_shop) if first == "agent" else (by_shop, by_agent, by_shop):
        tell()
    assert sum(row.amount or 0 for row in Cost.objects.all()) == Decimal("150.00")
    assert case.compensations.get().told_by == "refund:7"
    given = case.compensations.get()
    if first == "agent":
        costing.take_compensation_back(given=given, by=cast.zeynep(), at=NOW)
        assert sum(row.amount or 0 for row in Cost.objects.all()) == 0
