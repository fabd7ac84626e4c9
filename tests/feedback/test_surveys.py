"""Surveys of every kind: questions after answers, quotas, rest between two, a low score that opens a case, who did not answer."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import translation

from muhatap.accounts.models import Membership
from muhatap.contacts.models import Identity
from muhatap.conversations.models import Conversation, Message
from muhatap.feedback import answering, asking, designing, figures, following_up, logic, results, silence
from muhatap.feedback.answering import Given
from muhatap.feedback.logic import Value
from muhatap.feedback.models import Answer, FollowUp, Invitation, Response, Survey
from muhatap.feedback.results import Cut
from muhatap.flow import closing_the_loop, surveying, understanding
from muhatap.interactions.models import Interaction, Outgoing
from muhatap.notices import telling, words
from muhatap.notices.models import Kind, Notice
from muhatap.service.models import Case
from tests import cast
from tests.feedback.asking_shop import answered, order, person, question, survey
from tests.insight.conftest import MONDAY, after, answers, writes

pytestmark = pytest.mark.django_db
DAY = 24 * 60


def cut(about: Survey, **more: Any) -> Cut:
    return Cut(survey=about, start=MONDAY.date(), end=MONDAY.date() + timedelta(days=60), **more)


def test_a_question_hangs_on_the_score_and_goes_when_the_mind_changes() -> None:
    nps = survey()
    why = question(nps, "En çok ne üzdü?", most=6)
    how = question(nps, "Kargoda ne oldu?", "text", after=why, option="o1")
    assert [[one.pk for one in page] for page in logic.pages(nps, logic.questions(nps))] == [[], [why.pk], [how.pk]]

    response = answered(nps, 3)
    given = Given(answers={why.pk: Value(chosen=("o1",))})
    surveying.go_on(response=response, given=given, at=after(2))
    surveying.go_on(response=response, given=Given(answers={how.pk: Value(words="Ezilmiş")}), at=after(3))
    assert Interaction.objects.get(kind="survey").excerpt == "Ezilmiş"

    surveying.go_on(response=response, given=Given(score=9), at=after(4))
    assert not Answer.objects.exists()


@pytest.mark.parametrize("value", [Value(chosen=("o9",)), Value(number=3), Value(chosen=("o1", "o2"))])
def test_an_answer_that_is_no_answer_is_refused_and_nothing_is_kept(value: Value) -> None:
    nps = survey()
    why = question(nps, "Neden?")

    with pytest.raises(ValueError):
        answered(nps, 3, answers={why.pk: value})

    assert not Response.objects.exists()


@pytest.mark.parametrize(("kind", "score"), [("nps", 11), ("nps", -1), ("csat", 0), ("ces", 8), ("nps", None)])
def test_a_score_outside_of_its_range_is_refused(kind: str, score: int | None) -> None:
    with pytest.raises(ValueError):
        answered(survey(kind), score)


def test_a_question_never_comes_before_the_one_it_hangs_on() -> None:
    nps = survey()
    first, second = question(nps, "Bir"), question(nps, "İki", "nps")
    designing.ask(survey=nps, fields={"kind": "nps", "after": first, "option": "o1"}, question=second, by=cast.selin(), at=after(1))  # fmt: skip

    with pytest.raises(designing.LooksAhead):
        designing.move(question=second, up=True, by=cast.selin(), at=after(2))
    with pytest.raises(designing.LooksAhead):
        designing.ask(survey=nps, fields={"kind": "choice", "after": second}, question=first, by=cast.selin(), at=after(2))  # fmt: skip

    designing.take_away(question=first, by=cast.selin(), at=after(3))
    assert not logic.questions(nps)[0].has_condition


def test_the_last_place_is_given_once_and_whoever_has_answered_may_still_change() -> None:
    nps = survey(most_answers=1)
    response = answered(nps, 9)

    with pytest.raises(answering.Full):
        answered(nps, 8)
    surveying.go_on(response=response, given=Given(score=10), at=after(5))
    assert Response.objects.get().score == 10


def test_a_quota_of_a_day_begins_again_on_the_next() -> None:
    nps = survey(most_in_period=1, period="day")
    answered(nps, 9)
    with pytest.raises(answering.Full):
        answered(nps, 9, minute=2)

    answered(nps, 9, minute=DAY)
    assert nps.responses.count() == 2


def test_the_same_form_sent_twice_is_one_answer() -> None:
    nps = survey()
    for minute in (1, 2):
        told: dict[str, Any] = {"way": "qr", "language": "tr", "nonce": "aynı", "at": after(minute)}
        surveying.answer_openly(survey=nps, given=Given(score=7), **told)
    assert Response.objects.count() == 1


def test_a_form_that_was_open_during_an_upgrade_changes_the_answer_it_gave_before() -> None:
    nps = survey()
    told: dict[str, Any] = {"way": "qr", "language": "tr", "nonce": "eski sürümden"}
    surveying.answer_openly(survey=nps, given=Given(score=7), at=after(1), **told)
    Response.objects.update(nonce="eski sürümden")  # as it was kept before
    surveying.answer_openly(survey=nps, given=Given(score=9), at=after(2), **told)
    surveying.answer_openly(survey=survey(), given=Given(score=2), at=after(3), **told)

    assert sorted(Response.objects.values_list("score", flat=True)) == [2, 9]


def test_somebody_we_know_has_one_answer_until_we_may_ask_them_again() -> None:
    nps, ayse = survey(quiet_days=14, open_days=7), person()
    answered(nps, 2, by=ayse)
    for minute in (2, 3, 10 * DAY):
        answered(nps, 1, by=ayse, minute=minute, comment="Hâlâ gelmedi")
    told: Any = {"way": "page", "language": "tr", "contact": ayse, "at": after(10 * DAY)}
    surveying.answer_openly(survey=nps, given=Given(score=0), nonce="yeni", **told)

    assert Response.objects.get().score == 0
    assert (Case.objects.count(), FollowUp.objects.count()) == (1, 1)
    answered(nps, 9, by=person(cast.MEHMET), minute=5)
    answered(nps, 9, by=ayse, minute=15 * DAY)
    assert nps.responses.count() == 3


def test_whoever_was_asked_by_mail_and_answered_changes_that_answer_on_a_page() -> None:
    about, ayse = delivered(delay_minutes=60), person()
    surveying.order_came(order=order(ayse, at=after(10)), at=after(11))
    surveying.ask_due(at=after(80))
    surveying.rate(invitation=Invitation.objects.get(), score=9, comment="", at=after(90))

    response = answered(about, 3, by=ayse, minute=100)
    surveying.go_on(response=response, given=Given(comment="Söküldü"), at=after(101))
    assert answering.received(answering.receipt(response)) == response
    assert [(one.score, one.comment) for one in Response.objects.all()] == [(3, "Söküldü")]


def test_what_waits_to_be_asked_is_not_after_somebody_has_answered_unasked() -> None:
    delivered(quiet_days=30)
    ayse = person()
    surveying.order_came(order=order(ayse, at=after(10)), at=after(11))
    answered(survey(), 9, by=ayse, minute=20)

    assert surveying.ask_due(at=after(4 * DAY)) == 0
    assert not Outgoing.objects.exists()


def test_a_low_score_opens_one_case_and_owes_a_word_until_somebody_writes() -> None:
    letter = writes(after(0), id="<1@ornek.example>")
    ayse = letter.conversation.contact
    response = answered(survey(), 3, by=ayse, comment="Kargo geç geldi", minute=1)
    surveying.go_on(response=response, given=Given(score=2), at=after(2))

    case = Case.objects.get()
    assert (case.contact, case.origin) == (ayse, "survey")
    assert "Kargo geç geldi" in case.title
    owed = FollowUp.objects.get()
    assert (owed.case_number, list(following_up.waiting())) == (case.pk, [owed])
    with pytest.raises(following_up.NotCalledYet):
        following_up.solved(follow_up=owed, by=cast.zeynep(), at=after(3))

    answers(letter.conversation, after(60), by=cast.zeynep())
    for message in Message.objects.filter(kind="outbound").select_related("conversation", "by"):
        closing_the_loop.follow(message=message, at=message.at)
    owed.refresh_from_db()
    assert (owed.called_by, owed.called_at) == (cast.zeynep(), after(60))

    Case.objects.update(state="resolved", ended_at=after(DAY))
    closing_the_loop.watch(at=after(DAY + 1))
    loop = following_up.loop(Response.objects.all())
    assert (loop.n_owed, loop.n_waiting, loop.n_solved) == (1, 0, 1)
    assert round(loop.days_to_word or 0, 2) == round(59 / DAY, 2)


def test_a_case_of_a_low_score_goes_to_the_team_the_survey_names_and_rings_for_it() -> None:
    team, zeynep = cast.destek(), cast.zeynep()
    Membership.objects.create(team=team, user=zeynep)
    selin, ayse = cast.selin(), person()

    answered(survey(team=team), 2, by=ayse)
    case = Case.objects.get()
    assert (case.team, case.owner) == (team, None)
    [told] = telling.grouped(zeynep)
    assert (told.notice.kind, told.notice.case) == (Kind.CASE, case)
    assert not Notice.objects.filter(user=selin).exists()


def test_without_a_team_it_goes_to_that_of_whoever_last_had_them_and_else_administrators_hear_of_it() -> None:
    selin, zeynep, can, nps = cast.selin(), cast.zeynep(), cast.can(), survey(quiet_days=0)
    answered(nps, 0, by=person(cast.MEHMET))
    assert Case.objects.get().team is None
    assert [notice.user for notice in Notice.objects.all()] == [selin]

    had = writes(after(2), id="<had@x>")
    Conversation.objects.update(assignee=can, team=None)
    answered(nps, 0, by=had.conversation.contact, minute=5)
    assert Case.objects.order_by("-pk")[0].owner == can  # in no team
    Conversation.objects.update(assignee=zeynep, team=cast.destek())
    answered(survey("csat", quiet_days=0), 1, by=had.conversation.contact, minute=9)
    assert Case.objects.order_by("-pk")[0].team == cast.destek()


def test_cases_that_take_long_hide_no_other_and_nothing_is_solved_before_a_word(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(closing_the_loop, "AT_ONCE", 1)
    nps = survey()
    for minute, who in [(1, cast.AYSE), (2, cast.MEHMET)]:
        answered(nps, 2, by=person(who), minute=minute)
    slow, quick = FollowUp.objects.order_by("pk")
    for owed in (slow, quick):
        following_up.called(follow_up=owed, note="", by=cast.zeynep(), at=after(60))
    Case.objects.filter(pk=quick.case_number or 0).update(state="resolved", ended_at=after(30))

    assert closing_the_loop.watch(at=after(DAY)) == 1
    quick.refresh_from_db()
    slow.refresh_from_db()
    assert (quick.solved_at, slow.solved_at) == (after(60), None)
    assert closing_the_loop.watch(at=after(DAY + 1)) == 0


def test_a_good_score_opens_no_case() -> None:
    answered(survey(), 9, by=person())

    assert not Case.objects.exists()
    assert not FollowUp.objects.exists()


def test_a_low_score_of_somebody_unknown_rings_for_the_team_once_and_waits_until_somebody_has_looked() -> None:
    team, zeynep, can, selin = cast.destek(), cast.zeynep(), cast.can(), cast.selin()
    Membership.objects.create(team=team, user=zeynep)
    nps = survey(team=team)
    response = answered(nps, 2)
    surveying.go_on(response=response, given=Given(comment="Kargo geç geldi"), at=after(2))

    [told] = telling.grouped(zeynep)
    assert (told.notice.kind, told.notice.response, told.n_unseen) == (Kind.CASE, response, 1)
    with translation.override("en"):
        said = words.said(told.notice)
    assert said.title == "Anket nps"
    assert said.text == "From somebody we do not know. Would recommend us with 2 of 10: Kargo geç geldi"
    assert [telling.n_unseen(user) for user in (zeynep, can, selin)] == [1, 0, 0]

    [owed] = following_up.waiting()
    assert (owed.case_number, Case.objects.exists()) == (None, False)
    following_up.called(follow_up=owed, note="Depoya söylendi", by=zeynep, at=after(60))
    assert (following_up.waiting().count(), following_up.open_ones().count()) == (0, 0)
    owed.refresh_from_db()
    following_up.undo(follow_up=owed, by=zeynep, at=after(61))
    assert [one.response for one in following_up.waiting()] == [response]


def test_where_no_team_is_named_administrators_hear_of_somebody_unknown() -> None:
    selin, zeynep = cast.selin(), cast.zeynep()
    answered(survey(), 2)
    assert [notice.user for notice in Notice.objects.all()] == [selin]
    assert telling.n_unseen(zeynep) == 0


def test_whoever_is_unknown_is_in_no_figure_of_who_had_a_word() -> None:
    nps = survey()
    answered(nps, 2, by=person())
    answered(nps, 1)
    for owed in following_up.waiting().filter(response__contact=None):
        following_up.called(follow_up=owed, note="", by=cast.zeynep(), at=after(60))

    loop = following_up.loop(Response.objects.all())
    assert (loop.n_owed, loop.n_called, loop.n_solved) == (1, 0, 0)
    counted = {word: results.rows(cut(nps, word=word)).count() for word in following_up.WORDS}
    assert counted == {"owed": 1, "waiting": 1, "called": 0, "solved": 0}


def test_an_answer_stands_on_the_timeline_once_and_its_words_are_read() -> None:
    answered(survey(), 3, by=person(), comment="Kargo çok geç geldi, paket de ezikti.")

    row = Interaction.objects.get(kind="survey")
    assert (row.contact, row.title, row.direction) == (person(), "3/10", "in")
    assert row.reading.kind == "complaint"


def test_words_given_to_a_further_question_are_read_again_as_they_were_read_first() -> None:
    nps = survey()
    how = question(nps, "Kargoda ne oldu?", "text")
    response = answered(nps, 3, comment="Geç geldi", answers={how.pk: Value(words="Paket ezilmişti")})
    silent = answered(nps, 9)
    numbers = [one.interaction_id for one in (response, silent) if one.interaction_id]

    words = answering.words_of(response)
    assert "ezilmişti" in words
    assert understanding.texts(numbers) == {numbers[0]: words}


def delivered(**fields: Any) -> Survey:
    made = designing.create(
        fields={"name": "Teslimat", "kind": "nps", "occasion": "delivered", "inbox": cast.support_inbox()},
        by=cast.selin(),
        at=after(0),
    )
    told = {"is_on": True, "delay_minutes": 3 * DAY, **fields}
    return designing.change(survey=made, fields=told, by=cast.selin(), at=after(0))


def test_three_days_after_a_delivery_the_buyer_is_asked_by_mail_once() -> None:
    delivered()
    bought = order(person(), at=after(10))
    for _again in range(2):
        surveying.order_came(order=bought, at=after(11))

    assert surveying.ask_due(at=after(2 * DAY)) == 0
    assert surveying.ask_due(at=after(3 * DAY + 11)) == 1
    mail = Outgoing.objects.get().outbound
    assert mail["to"][0]["email"] == "ayse.yilmaz@ornek.example"
    assert mail["html"].count("?score=") == 11
    assert mail["headers"]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "10482" in mail["subject"]


@pytest.mark.parametrize(
    ("what", "why"), [("returned", "reopened"), ("bounced", "nowhere"), ("said no", "opted_out"), ("off", "off")]
)
def test_nobody_is_asked_about_an_order_when(what: str, why: str) -> None:
    about, ayse = delivered(), person()
    bought = order(ayse, at=after(10))
    surveying.order_came(order=bought, at=after(11))
    if what == "returned":
        type(bought).objects.update(state="refunded")
    elif what == "bounced":
        Identity.objects.update(bounced_at=after(20))
    elif what == "said no":
        asking.refuse(contact=ayse, by=None, at=after(20))
    else:
        designing.change(survey=about, fields={"is_on": False}, by=cast.selin(), at=after(20))

    assert surveying.ask_due(at=after(4 * DAY)) == 0
    assert (Invitation.objects.get().why, Outgoing.objects.count()) == (why, 0)


def test_who_said_no_is_asked_by_no_survey_and_rest_is_counted_over_all() -> None:
    about, ayse = delivered(quiet_days=30), person()
    answered(survey(), 9, by=ayse, minute=5)
    surveying.order_came(order=order(ayse, at=after(10)), at=after(11))
    assert not Invitation.objects.exists()  # they have just answered another survey

    mehmet = person(cast.MEHMET)
    asking.refuse(contact=mehmet, by=None, at=after(12))
    surveying.order_came(order=order(mehmet, at=after(13), number="10231"), at=after(13))
    assert not about.invitations.exists()


def test_an_old_order_told_late_asks_nobody() -> None:
    delivered()
    surveying.order_came(order=order(person(), at=after(0)), at=after(5 * DAY))
    assert not Invitation.objects.exists()


def test_an_old_order_that_a_file_calls_delivered_without_a_date_asks_nobody() -> None:
    delivered()
    old = order(person(), at=after(-600 * DAY))
    old.delivered_at = None
    surveying.order_came(order=old, at=after(1))
    assert not Invitation.objects.exists()


def test_numbers_lead_to_their_rows() -> None:
    nps = survey()
    why = question(nps, "Neden?")
    for score, way in [(10, "qr"), (9, "link"), (3, "link")]:
        answered(nps, score, way=way, answers={why.pk: Value(chosen=("o1",))} if score == 3 else {})

    assert figures.of("nps", results.counts(results.rows(cut(nps)))).value == pytest.approx(100 / 3)
    assert results.by_way(cut(nps)) == {"qr": {10: 1}, "link": {9: 1, 3: 1}}
    assert [one.score for one in results.rows(cut(nps, score=3))] == [3]
    [told] = results.of_questions(cut(nps))
    assert (dict(told.counts), told.n) == ({"o1": 1}, 1)
    assert [one.score for one in results.rows(cut(nps, question=why.pk, option="o1"))] == [3]
    assert results.within(results.by_day(cut(nps)), MONDAY.date(), MONDAY.date()) == {10: 1, 9: 1, 3: 1}


def test_where_only_old_customers_answer_the_page_warns() -> None:
    about = delivered()
    for number in range(60):
        claim = cast.Claim(kind="email", value=f"k{number}@ornek.example", is_verified=True)
        is_old = number < 30
        contact = person(claim, at=after(-500 * DAY if is_old else 0))
        invitation = Invitation.objects.create(
            survey=about, contact=contact, about=f"order:{number}", way="mail", due_at=after(1), sent_at=after(1)
        )
        if is_old:
            answering.answer(invitation=invitation, score=9, comment="", at=after(2))

    early = silence.of(cut(about), at=after(3))
    assert (early.n_answered, early.n_may_still, early.rate.n, early.notable) == (30, 30, 30, [])

    about.is_on = False
    assert silence.of(cut(about), at=after(3)).n_may_still == 0  # nobody takes their answer any more

    told = silence.of(cut(about), at=after(8 * DAY))

    assert (told.n_asked, told.n_answered, told.n_may_still, told.rate.n) == (60, 30, 0, 60)
    assert {(side, group.key) for side, group in told.notable} == {("age", "new"), ("age", "years")}
    assert not any(group.is_notable for group in told.by_way)


def test_two_surveys_cannot_ask_after_the_same_resolutions() -> None:
    told = {"name": "Çözüm", "kind": "csat", "occasion": "resolved", "inbox": cast.support_inbox()}
    first = designing.create(fields=told, by=cast.selin(), at=after(0))
    with pytest.raises(designing.IsTaken):
        designing.create(fields=told, by=cast.selin(), at=after(1))

    designing.archive(survey=first, by=cast.selin(), at=after(2))
    designing.create(fields=told, by=cast.selin(), at=after(3))
