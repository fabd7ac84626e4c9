"""Cases meet threads, promises, refunds and rules: told in the thread, reminded of, gathered once, seen by whom they concern."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import Sum

from muhatap.accounts.models import Membership, User, Visibility
from muhatap.automation import actions, opening
from muhatap.automation.acting import Doing
from muhatap.channels.models import Desk
from muhatap.contacts import identity
from muhatap.conversations.models import Conversation
from muhatap.flow import cases, gathering, notifying, promises
from muhatap.notices import telling, things, words
from muhatap.notices.models import Kind, Notice
from muhatap.sales.models import Order, Refund, Shop
from muhatap.service import cases as acts
from muhatap.service import causes, costing, promising
from muhatap.service.models import Case, Cost
from tests import cast
from tests.cast import NOW
from tests.conversations.conftest import arrival

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def conversation(db: None) -> Conversation:
    causes.bring_in(at=NOW)
    return arrival(cast.mail(id="<ayse-1@ornek.example>")).conversation


@pytest.fixture
def order(conversation: Conversation) -> Order:
    shop = Shop.objects.create(kind="feed", name="Ihlamur Ev", token="t", created_at=NOW)
    return Order.objects.create(
        shop=shop, external_id="10482", number="10482", currency="TRY", total=Decimal("2849.90"), shipping=Decimal("49.90"),
        contact=conversation.contact, placed_at=NOW, modified_at=NOW, recorded_at=NOW,
        is_told_by_server=True,
    )  # fmt: skip


def opened(conversation: Conversation, **told: object) -> Case:
    return cases.open_from(
        conversation=conversation,
        told=opening.Told(**told),
        by=cast.zeynep(),
        at=NOW,  # type: ignore[arg-type]
    )


def events(conversation: Conversation) -> list[str]:
    rows = conversation.messages.filter(kind="event", event__startswith="case").order_by("pk")
    return list(rows.values_list("event", flat=True))


def total() -> Decimal:
    return sum((row.amount or Decimal(0) for row in Cost.objects.all()), Decimal(0))


def test_a_case_of_a_conversation_is_told_in_it_and_named_after_it(conversation: Conversation) -> None:
    case = opened(conversation)
    assert (case.title, case.team) == ("Nevresim takımım hâlâ gelmedi", cast.destek())
    assert events(conversation) == ["case_opened"]
    assert opened(conversation) == case
    cases.settle(
        case=case,
        kind="replaced",
        what="Yenisi yolda",
        given="voucher",
        amount=Decimal("100"),
        by=cast.zeynep(),
        at=NOW,
    )
    assert events(conversation) == ["case_opened", "case_resolved"]
    assert total() == 100


def test_its_owner_is_reminded_before_it_is_due_and_told_once_when_it_is_over(conversation: Conversation) -> None:
    opened(conversation, owner=cast.zeynep(), due_at=NOW + 8 * HOUR)
    for at in (NOW + HOUR, NOW + 7 * HOUR, NOW + 7 * HOUR, NOW + 9 * HOUR, NOW + 9 * HOUR):
        cases.watch(at=at)
    assert events(conversation) == ["case_opened", "case_near", "case_missed"]
    for message in conversation.messages.filter(kind="event"):
        notifying.follow(message=message, at=NOW)
    assert {*Notice.objects.filter(user=cast.zeynep()).values_list("kind", flat=True)} >= {Kind.WARNING, Kind.BREACH}


def test_a_case_of_no_conversation_rings_by_itself_at_each_moment_it_was_given() -> None:
    contact = identity.resolve(
        claims=[cast.Claim(kind="email", value="f@ornek.example", is_verified=True)], source="test", at=NOW
    )
    zeynep = cast.zeynep()
    case = acts.open_case(
        contact=contact, interaction=None, title="0/10", by=None, at=NOW, owner=zeynep, due_at=NOW + HOUR
    )
    for at in (NOW + 2 * HOUR, NOW + 3 * HOUR):
        cases.watch(at=at)
    [told] = telling.grouped(zeynep)
    assert (told.notice.kind, told.notice.case, words.path(told.notice)) == (Kind.BREACH, case, f"/cases/{case.pk}/")

    acts.change(case=case, by=None, at=NOW + 3 * HOUR, due_at=NOW + 4 * HOUR)
    cases.watch(at=NOW + 5 * HOUR)
    assert telling.grouped(zeynep)[0].n_unseen == 2
    assert telling.n_unseen(zeynep) == 1  # one thing
    telling.see_thing(user=zeynep, thing=case, at=NOW)
    assert telling.n_unseen(zeynep) == 0


def test_whoever_is_given_a_case_hears_of_it_unless_they_took_it_themselves(conversation: Conversation) -> None:
    zeynep, can = cast.zeynep(), cast.can()
    case = cases.open_of(
        contact=conversation.contact, told=opening.Told(title="Havlu lekeli", owner=zeynep), by=can, at=NOW
    )
    assert [told.notice.event for told in telling.grouped(zeynep)] == ["case_given"]
    assert f"#{case.pk}" in words.said(telling.grouped(zeynep)[0].notice).text

    cases.change(case=case, by=zeynep, at=NOW + HOUR, owner=None)
    Membership.objects.create(team=cast.destek(), user=can)
    cases.change(case=case, by=zeynep, at=NOW + HOUR, team=cast.destek())
    cases.change(case=case, by=can, at=NOW + 2 * HOUR, owner=can)
    assert [told.n_unseen for told in telling.grouped(can)] == [1]  # of the team; of what they took nobody tells them


def test_refunds_of_its_order_are_gathered_once_whenever_they_come(conversation: Conversation, order: Order) -> None:
    Refund.objects.create(order=order, external_id="r1", amount=Decimal("1000"), at=NOW)
    opened(conversation, order_id=order.pk)
    assert total() == 1000
    Refund.objects.create(order=order, external_id="r2", amount=Decimal("1849.90"), at=NOW + HOUR)
    assert gathering.collect(at=NOW + HOUR) == 1
    assert gathering.collect(at=NOW + HOUR) == 0
    told = sorted(Cost.objects.values_list("what", "amount"))
    assert told == [("refund", Decimal(1000)), ("refund", Decimal(1800)), ("shipping", Decimal("49.90"))]


def test_a_refund_that_changes_or_goes_is_counted_as_the_shop_tells_it_now(
    conversation: Conversation, order: Order
) -> None:
    first = Refund.objects.create(order=order, external_id="r1", amount=Decimal("1000"), at=NOW)
    opened(conversation, order_id=order.pk)
    Refund.objects.filter(pk=first.pk).update(amount=Decimal("800"))
    for at in (NOW + HOUR, NOW + 2 * HOUR):
        gathering.collect(at=at)
        assert total() == 800
    assert Cost.objects.filter(at=NOW).aggregate(n=Sum("amount"))["n"] == 1000  # what was read of that day stays
    Refund.objects.filter(pk=first.pk).update(amount=Decimal("900"))
    gathering.collect(at=NOW + 3 * HOUR)
    assert total() == 900
    first.delete()
    again = Refund.objects.create(order=order, external_id="r2", amount=Decimal("700"), at=NOW)
    gathering.collect(at=NOW + 4 * HOUR)
    assert (total(), gathering.collect(at=NOW + 4 * HOUR)) == (700, 0)
    again.delete()
    gathering.collect(at=NOW + 5 * HOUR)
    assert (total(), gathering.collect(at=NOW + 5 * HOUR)) == (0, 0)


@pytest.mark.parametrize("is_agent_first", [True, False])
def test_what_an_agent_said_stays_when_the_shop_tells_of_it_no_more(
    conversation: Conversation, order: Order, is_agent_first: bool
) -> None:
    case = opened(conversation, order_id=order.pk)

    def said() -> None:
        costing.compensate(
            case=case, kind="refund", amount=Decimal(100), currency="TRY", said="", by=cast.zeynep(), at=NOW
        )

    if is_agent_first:
        said()
    refund = Refund.objects.create(order=order, external_id="r1", amount=Decimal(100), at=NOW)
    gathering.collect(at=NOW)
    if not is_agent_first:
        said()
    assert total() == 100
    Refund.objects.filter(pk=refund.pk).update(amount=Decimal(120))
    gathering.collect(at=NOW + HOUR)
    assert (total(), gathering.collect(at=NOW + HOUR)) == (120, 0)
    refund.delete()
    gathering.collect(at=NOW + 2 * HOUR)
    assert (total(), gathering.collect(at=NOW + 2 * HOUR)) == (100, 0)
    costing.take_compensation_back(given=case.compensations.get(), by=cast.zeynep(), at=NOW + 3 * HOUR)
    assert total() == 0


def test_what_a_browser_claims_of_refunds_costs_nothing(conversation: Conversation, order: Order) -> None:
    Order.objects.update(is_told_by_server=False)
    Refund.objects.create(order=order, external_id="r1", amount=Decimal("1000"), at=NOW)
    opened(conversation, order_id=order.pk)
    assert (gathering.collect(at=NOW), total()) == (0, 0)


@pytest.mark.parametrize("is_agent_first", [True, False])
def test_one_refund_spoken_of_in_two_cases_of_its_order_counts_once(
    conversation: Conversation, order: Order, is_agent_first: bool
) -> None:
    opened(conversation, order_id=order.pk)
    told: dict[str, Any] = {"contact": conversation.contact, "interaction": None, "by": None, "at": NOW + HOUR}
    second = acts.open_case(title="Bir daha", order_id=order.pk, **told)

    def by_agent() -> None:
        costing.compensate(
            case=second, kind="refund", amount=Decimal(100), currency="TRY", said="", by=cast.zeynep(), at=NOW
        )

    def by_shop() -> None:
        Refund.objects.create(order=order, external_id="r1", amount=Decimal(100), at=NOW)
        gathering.collect(at=NOW)

    for tell in (by_agent, by_shop) if is_agent_first else (by_shop, by_agent):
        tell()
    assert total() == 100


def test_what_its_promises_took_counts_and_goes_when_their_end_is_taken_back(conversation: Conversation) -> None:
    terms = promising.Terms(
        what="Kurye gönderilecek", due_at=NOW + 8 * HOUR, time_zone="Europe/Istanbul", kind="repair"
    )
    made = promises.make(contact=conversation.contact, conversation=conversation, terms=terms, by=cast.zeynep(), at=NOW)
    opened(conversation)
    promises.end(promise=made, outcome="kept", by=cast.zeynep(), at=NOW + HOUR, minutes=30, cost=Decimal("75"))
    assert gathering.collect(at=NOW + HOUR) == 2
    assert (total(), Cost.objects.get(minutes=30).amount) == (75, None)
    promises.reopen(promise=made, by=cast.zeynep(), at=NOW + 2 * HOUR)
    gathering.collect(at=NOW + 2 * HOUR)
    assert (total(), sum(row.minutes or 0 for row in Cost.objects.all())) == (0, 0)
    promises.end(promise=made, outcome="kept", by=cast.zeynep(), at=NOW + 3 * HOUR, cost=Decimal("80"))
    gathering.collect(at=NOW + 3 * HOUR)
    assert (total(), gathering.collect(at=NOW + 3 * HOUR)) == (80, 0)


def test_a_promise_of_a_conversation_without_a_case_costs_nothing_here(conversation: Conversation) -> None:
    terms = promising.Terms(what="Bilgi", due_at=NOW + 8 * HOUR, time_zone="Europe/Istanbul")
    made = promises.make(contact=conversation.contact, conversation=conversation, terms=terms, by=cast.zeynep(), at=NOW)
    promises.end(promise=made, outcome="kept", by=cast.zeynep(), at=NOW + HOUR, cost=Decimal("75"))
    assert gathering.collect(at=NOW + HOUR) == 0


def test_a_rule_opens_one_case_with_its_cause_and_says_when_one_stands(conversation: Conversation) -> None:
    late = causes.standing("delivery-late")
    assert late is not None
    action = actions.read({"kind": "case", "value": str(late.pk)})
    doing = Doing(conversation=conversation, by=None, at=NOW, because={"rule": 1, "rule_name": "Geciken", "firing": 1})
    assert action.do(doing) is None
    assert action.do(doing) == "case_stands"
    case = Case.objects.get()
    assert (case.cause, case.origin, case.opened_by) == (late, "rule", None)


def own() -> User:
    return cast.staff("oya@ihlamurev.example", "Oya Tek", "agent", Visibility.OWN)


def tell(case: Case) -> None:
    thing = things.of_case(case, "case_opened")
    telling.tell_of(users=cases.whose(case), kind=Kind.CASE, thing=thing, at=NOW)


def test_notices_of_cases_are_shown_to_whom_they_were_told_while_they_may_read_them(conversation: Conversation) -> None:
    oya, sema = own(), cast.staff("sema@ihlamurev.example", "Sema Er", "administrator", Visibility.INBOX)
    Membership.objects.create(team=cast.destek(), user=oya)
    Desk.objects.create(inbox=conversation.inbox, user=sema)
    told: dict[str, Any] = {"contact": conversation.contact, "conversation_id": conversation.pk, "interaction": None}
    of_team = acts.open_case(title="Ekibin", team=cast.destek(), by=None, at=NOW, **told)
    nobodys = acts.open_case(title="Kimsenin", by=None, at=NOW, **told)
    for case in (of_team, nobodys):
        tell(case)

    def shown(user: User) -> list[Case | None]:
        return [one.notice.case for one in telling.grouped(user)]

    assert (shown(oya), shown(sema)) == ([of_team], [nobodys])
    other = arrival(cast.mail(id="<ayse-2@ornek.example>", subject="Havlu")).conversation
    Conversation.objects.filter(pk=conversation.pk).update(merged_into=other)
    assert (other.pk != conversation.pk, shown(sema)) == (True, [nobodys])
    Membership.objects.all().delete()
    Desk.objects.filter(user=sema).delete()
    assert (shown(oya), shown(sema)) == ([], [])


def test_where_whoever_has_a_case_is_gone_the_next_hear_of_it(conversation: Conversation) -> None:
    can, zeynep, selin = cast.can(), cast.zeynep(), cast.selin()
    Membership.objects.create(team=cast.destek(), user=zeynep)
    case = opened(conversation, owner=can, due_at=NOW + 8 * HOUR)
    assert (case.team, cases.whose(case)) == (cast.destek(), [can])
    User.objects.filter(pk=can.pk).update(is_active=False)
    assert cases.whose(case) == [zeynep]
    cases.watch(at=NOW + 9 * HOUR)
    notifying.follow(message=conversation.messages.get(event="case_missed"), at=NOW)
    assert Notice.objects.filter(user=zeynep, kind=Kind.BREACH).exists()
    User.objects.filter(pk=zeynep.pk).update(is_active=False)
    assert cases.whose(case) == [selin]


def test_who_may_not_see_the_conversation_sees_the_case_only_when_it_is_theirs(conversation: Conversation) -> None:
    case, oya = opened(conversation), own()
    assert case in cases.visible_to(cast.can())
    assert case not in cases.visible_to(oya)
    acts.change(case=case, by=cast.can(), at=NOW, owner=oya)
    assert case in cases.visible_to(oya)


def test_a_survey_answer_in_an_unseen_conversation_hides_its_case_too(conversation: Conversation) -> None:
    letter = conversation.messages.get(kind="inbound").interaction
    case = acts.open_case(contact=conversation.contact, interaction=letter, title="Düşük puan", by=None, at=NOW)
    alone = acts.open_case(contact=conversation.contact, interaction=None, title="Telefonla", by=None, at=NOW)
    assert set(cases.visible_to(own())) == {alone}
    assert set(cases.visible_to(cast.can())) == {case, alone}
