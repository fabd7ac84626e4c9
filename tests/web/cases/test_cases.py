"""Cases as pages: the list, one with its story and its forms, the parts beside others, the report whose numbers lead to their rows."""

import re
from datetime import timedelta
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone, translation

from muhatap.accounts.models import Role, User, Visibility
from muhatap.accounts.permissions import PERMISSIONS
from muhatap.automation import opening
from muhatap.conversations.models import Conversation
from muhatap.flow import cases as flow
from muhatap.sales.models import Product, Shop
from muhatap.service import case_views, causes, costing, rates
from muhatap.service import cases as acts
from muhatap.service.models import Case, CaseView, Cause, Compensation, Cost, Rate
from muhatap.shared import clock
from muhatap.web.cases import one, report, saved
from tests import cast
from tests.conversations.conftest import arrival

pytestmark = pytest.mark.django_db
HTMX = {"headers": {"HX-Request": "true"}}


def english(user: User) -> User:
    user.language = "en"
    user.save()
    return user


def logged_in(user: User) -> Client:
    client = Client()
    client.force_login(english(user))
    return client


@pytest.fixture
def zeynep() -> Client:
    return logged_in(cast.zeynep())


@pytest.fixture
def can() -> Client:
    return logged_in(cast.can())


@pytest.fixture
def conversation(db: None) -> Conversation:
    causes.bring_in(at=clock.now())
    return arrival(cast.mail(id="<ayse-1@ornek.example>")).conversation


@pytest.fixture
def case(conversation: Conversation) -> Case:
    told = opening.Told(title="Nevresim lekeli", cause=causes.standing("product-faulty"), owner=cast.zeynep())
    return flow.open_from(conversation=conversation, told=told, by=cast.zeynep(), at=clock.now())


def read(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, url
    return answer.content.decode()


def test_opened_over_a_conversation_with_its_subject_and_shown_beside_it(
    zeynep: Client, conversation: Conversation
) -> None:
    url = f"/cases/to/{conversation.contact_id}/?conversation={conversation.pk}"
    assert 'value="Nevresim takımım hâlâ gelmedi"' in zeynep.get(url, **HTMX).content.decode()
    late = causes.standing("delivery-late")
    assert late
    told = {"title": "Nevresim gelmedi", "kind": "complaint", "cause": str(late.pk), "owner": str(cast.zeynep().pk)}
    answer = zeynep.post(url, told, **HTMX)
    assert answer["HX-Trigger"] == "cases" and "<dialog" in answer.content.decode()
    made = Case.objects.get()
    assert (made.cause, made.owner, made.links.get().conversation_id) == (late, cast.zeynep(), conversation.pk)
    assert f"case #{made.pk}: Nevresim gelmedi" in unescape(read(zeynep, f"/inbox/{conversation.pk}/"))
    assert "Nevresim gelmedi" in read(zeynep, f"/cases/of/{conversation.contact_id}/")
    assert "Open on this conversation already" in zeynep.get(url, **HTMX).content.decode()
    assert "Nevresim gelmedi" in read(zeynep, f"/contacts/{conversation.contact_id}/")  # on the timeline


def test_resolved_with_a_voucher_and_opened_again(zeynep: Client, case: Case) -> None:
    url = f"/cases/{case.pk}/resolution/"
    half = {"kind": "replaced", "what": "Yenisi gönderildi", "given": "voucher", "currency": "TRY"}
    assert zeynep.post(url, half).status_code == 422
    assert zeynep.post(url, half | {"amount": "150"}).status_code == 302
    page = read(zeynep, f"/cases/{case.pk}/")
    assert "Yenisi gönderildi" in page and "₺150.00" in page and "Close it" in page
    zeynep.post(f"/cases/{case.pk}/closing/")
    assert zeynep.post(f"/cases/{case.pk}/reopening/", {"why": ""}).status_code == 422
    zeynep.post(f"/cases/{case.pk}/reopening/", {"why": "Yenisi de lekeli"})
    case.refresh_from_db()
    assert case.state == "reopened"
    zeynep.post(f"/cases/{case.pk}/compensation/{Compensation.objects.get().pk}/removal/")
    assert sum(row.amount or 0 for row in Cost.objects.all()) == 0


def test_who_comes_too_late_to_a_case_is_shown_how_it_stands(
    zeynep: Client, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = Case.objects.select_related("contact", "cause", "owner", "team", "former", "opened_by").get(pk=case.pk)
    acts.resolve(case=case, kind="explained", what="Kargoya soruldu", by=cast.can(), at=clock.now())
    ended = Case.objects.get(pk=case.pk)
    monkeypatch.setattr(one, "find", lambda _request, _number: old)  # as it was when they began to type
    assert zeynep.post(f"/cases/{case.pk}/going-on/").status_code == 302
    acts.reopen(case=case, why="Gelmedi", by=cast.can(), at=clock.now())
    old = ended
    assert zeynep.post(f"/cases/{case.pk}/closing/").status_code == 302
    assert zeynep.post(f"/cases/{case.pk}/reopening/", {"why": "Gelmedi"}).status_code == 302
    assert [step.act for step in case.steps.order_by("pk")] == ["opened", "resolved", "reopened"]


def test_time_is_written_down_and_taken_back(zeynep: Client, can: Client, case: Case) -> None:
    rates.say(
        team=None, role="", amount=Decimal("300"), currency="TRY", valid_from=timezone.localdate() - timedelta(days=9),
        by=cast.deniz(), at=clock.now(),
    )  # fmt: skip
    today = f"{timezone.localtime(clock.now()):%Y-%m-%d}"
    told = {"minutes": "20", "what": "time", "kind": "external", "on": today, "currency": "TRY"}
    assert zeynep.post(f"/cases/{case.pk}/costs/", told | {"amount": "5"}).status_code == 422
    assert zeynep.post(f"/cases/{case.pk}/costs/", told | {"on": "2099-01-01"}).status_code == 422
    zeynep.post(f"/cases/{case.pk}/costs/", told)
    cost = Cost.objects.get()
    assert cost.amount == 100
    assert "20 min, ₺100.00" in read(can, f"/cases/{case.pk}/")
    page = read(zeynep, f"/cases/{case.pk}/")
    assert "20 min" in page and "₺100.00" not in page  # what an hour costs is not for everybody
    zeynep.post(f"/cases/{case.pk}/costs/{cost.pk}/removal/")
    assert Cost.objects.count() == 2 and "−₺100.00" in read(can, f"/cases/{case.pk}/")


def test_a_usual_length_of_time_is_written_down_at_one_press(zeynep: Client, case: Case) -> None:
    page = read(zeynep, f"/cases/{case.pk}/")
    form = page[page.index('class="case-quick"') :].split("</form>")[0]
    hidden = dict(re.findall(r'type="hidden" name="(on|what|kind|currency)" value="([^"]+)"', form))
    assert re.findall(r'name="minutes" value="(\d+)">([^<]+)<', form) == [
        ("5", "5 min"), ("15", "15 min"), ("30", "30 min"), ("60", "1 h"),
    ]  # fmt: skip
    zeynep.post(f"/cases/{case.pk}/costs/", hidden | {"minutes": "15"})
    cost = Cost.objects.get()
    assert (cost.minutes, cost.what, cost.kind) == (15, "time", "external")


def test_what_was_given_is_typed_with_a_comma_and_refused_in_one_sentence(zeynep: Client, case: Case) -> None:
    url, told = f"/cases/{case.pk}/compensation/", {"given": "voucher", "currency": "TRY", "note": ""}
    refused = zeynep.post(url, told | {"amount": "1.000.000.000,50"})
    assert refused.status_code == 422 and "At most a billion can be written down." in refused.content.decode()
    zeynep.post(url, told | {"amount": "1.250,90"})
    assert Compensation.objects.get().amount == Decimal("1250.90")


def test_a_cost_of_another_age_or_of_no_minutes_is_refused_and_says_why_once(zeynep: Client, case: Case) -> None:
    told = {"what": "time", "kind": "external", "currency": "TRY", "on": "0001-01-01", "minutes": "5"}
    assert "too long ago" in zeynep.post(f"/cases/{case.pk}/costs/", told).content.decode()
    page = zeynep.post(f"/cases/{case.pk}/costs/", told | {"minutes": "0"}).content.decode()
    assert "greater than or equal to 1" in page and "what took both is written down twice" not in page
    assert not Cost.objects.exists()


def test_the_moment_of_a_case_says_what_it_is_and_one_button_is_primary(zeynep: Client, case: Case) -> None:
    flow.change(case=case, by=cast.zeynep(), at=clock.now(), due_at=clock.now() + timedelta(days=2))
    page = read(zeynep, f"/cases/{case.pk}/")
    assert "<span>Due: " in page
    assert page.count("btn-primary") == 1


def test_the_list_is_narrowed_searched_and_keeps_its_order(can: Client, case: Case) -> None:
    assert "1 case is open." in read(can, "/cases/")
    assert "Nevresim lekeli" in read(can, f"/cases/?cause={case.cause.parent_id if case.cause else 0}&q=lekeli")
    assert "Nevresim lekeli" not in read(can, "/cases/?q=havlu")
    read(can, "/cases/?order=newest")
    assert re.search(r'order=newest" aria-current="true"', read(can, "/cases/"))
    file = b"".join(can.get("/cases/export/").streaming_content).decode()
    assert "Nevresim lekeli" in file and "Faulty" in file


def test_a_filter_is_kept_under_a_name_for_everybody_and_removed_by_those_who_lead(
    zeynep: Client, can: Client, case: Case
) -> None:
    told = {"whose": "all", "state": "standing", "q": "lekeli", "order": "newest", "is_shared": "on"}
    assert zeynep.post("/cases/views/", told | {"name": " "}).status_code == 302 and not CaseView.objects.exists()
    there = zeynep.post("/cases/views/", told | {"name": "Lekeli çıkanlar"})["Location"]
    assert "q=lekeli" in there and "order=newest" in there
    page = unescape(read(can, there))
    assert "<h1" in page and "Lekeli çıkanlar" in page and "Nevresim lekeli" in page and "Remove the view" in page
    view = CaseView.objects.get()
    stranger = logged_in(cast.staff("baska@ihlamurev.example", "Başka Biri", "agent"))
    stranger.post(f"/cases/views/{view.pk}/removal/")
    assert CaseView.objects.exists()
    can.post(f"/cases/views/{view.pk}/removal/")
    assert not CaseView.objects.exists()


def test_ones_own_views_stand_before_however_many_others_share() -> None:
    shared = [
        CaseView(name=f"A {number}", by=user, is_shared=True, query=[], at=clock.now())
        for user in (cast.can(), cast.selin())
        for number in range(case_views.MOST)
    ]
    CaseView.objects.bulk_create(shared)
    case_views.save(name="Lekeliler", query=[], is_shared=False, by=cast.zeynep(), at=clock.now())

    links = saved.group(cast.zeynep(), "")[0].links
    assert (links[0].label, len(links)) == ("Lekeliler", saved.MOST_SHOWN)


def test_sharing_a_view_of_cases_is_a_permission_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    view = CaseView(name="Lekeliler", by=cast.can(), is_shared=True)
    assert not case_views.may_change(cast.zeynep(), view)
    monkeypatch.setitem(PERMISSIONS, "cases.shared_views", frozenset({Role.AGENT}))
    assert case_views.may_change(cast.zeynep(), view)


def test_the_story_names_causes_products_and_what_it_came_back_as_in_the_readers_language(
    can: Client, case: Case
) -> None:
    shop = Shop.objects.create(token="t", kind="feed", name="M", created_at=clock.now())
    kase = Product.objects.create(
        shop=shop, external_id="9874", name="Seramik kâse", currency="TRY", told_at=clock.now()
    )
    late = causes.standing("delivery-late")
    with translation.override("tr"):
        acts.change(case=case, by=cast.can(), at=clock.now(), cause=late, product_id=kase.pk)
    again = acts.open_case(
        contact=case.contact, interaction=None, title="Yine lekeli", by=cast.can(), at=clock.now(), former=case
    )
    page = unescape(read(can, f"/cases/{case.pk}/"))
    assert "Product: Seramik kâse" in page and f"Cause: {late.name_en if late else ''}" in page
    assert f'Came back as</dt><dd><a href="/cases/{again.pk}/">#{again.pk} Yine lekeli' in page


def test_edited_taken_and_left_waiting(can: Client, case: Case) -> None:
    told = {"title": "Nevresim kusurlu", "kind": "request", "cause": "", "owner": ""}
    assert can.post(f"/cases/{case.pk}/edit/", told | {"due_at": "2001-01-01T10:00"}).status_code == 422
    can.post(f"/cases/{case.pk}/edit/", told)
    can.post(f"/cases/{case.pk}/taking/")
    can.post(f"/cases/{case.pk}/waiting/", {"why": "Tedarikçi bakıyor"})
    case.refresh_from_db()
    assert (case.title, case.kind, case.cause, case.owner, case.state) == (
        "Nevresim kusurlu", "request", None, cast.can(), "waiting"
    )  # fmt: skip
    page = unescape(read(can, f"/cases/{case.pk}/"))
    assert "Tedarikçi bakıyor" in page and "Whose it is: Can Aydın" in page
    can.post(f"/cases/{case.pk}/going-on/")
    case.refresh_from_db()
    assert case.state == "open"


def test_every_number_of_the_report_leads_to_rows_that_come_to_it(can: Client, case: Case) -> None:
    now, by = clock.now(), cast.zeynep()
    costing.compensate(case=case, kind="goodwill", amount=Decimal("150"), currency="TRY", said="", by=by, at=now)
    costing.compensate(case=case, kind="goodwill", amount=Decimal("20"), currency="EUR", said="", by=by, at=now)
    told: dict[str, Any] = {"what": "other", "happened_at": now, "by": by, "at": now}
    costing.write(kind="prevention", amount=Decimal("350.50"), said="Eğitim", **told)
    page = unescape(read(can, "/cases/cost/"))
    assert "Quality and its lack cost €20.00 + ₺500.50." in page
    links = re.findall(r'href="(/cases/cost/rows/[^"]*)">([₺€][\d.,]+)<', page)
    assert len(links) >= 12
    for url, said in links:
        assert f"<h1>{said}</h1>" in re.sub(r"\s*\n\s*", "", read(can, url)), (url, said)
    assert "Nevresim lekeli" in read(can, "/cases/cost/rows/?kind=external")
    file = b"".join(can.get("/cases/cost/export/?table=cause").streaming_content).decode()
    assert "Product › Faulty" in file and "Without a cause" in file
    assert "Eğitim" in b"".join(can.get("/cases/cost/export/").streaming_content).decode()
    assert "500.5" in b"".join(can.get("/cases/cost/export/?table=days-TRY").streaming_content).decode()


def test_a_long_table_shows_its_largest_and_the_rest_in_a_line_and_all_of_it_in_its_file(
    can: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    now, by = clock.now(), cast.can()
    monkeypatch.setattr(report, "SHOWN", 1)
    for what, amount in (("shipping", 30), ("other", 20), ("time", 5)):
        costing.write(kind="external", what=what, amount=Decimal(amount), happened_at=now, by=by, at=now)
    page = read(can, "/cases/cost/")
    assert "2 others" in page and "₺25.00" in page
    file = b"".join(can.get("/cases/cost/export/?table=what").streaming_content).decode()
    assert "others" not in file and all(said in file for said in ("₺30.00", "₺20.00", "₺5.00"))


def test_the_numbers_of_the_rest_of_a_table_lead_to_rows_that_come_to_them(
    can: Client, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    now, by = clock.now(), cast.can()
    monkeypatch.setattr(report, "SHOWN", 1)
    before = now - timedelta(days=120)
    for what, amount, currency, at in (
        ("shipping", 30, "TRY", now), ("other", 20, "TRY", now), ("time", 5, "TRY", now), ("other", 9, "EUR", now),
        ("shipping", 7, "EUR", now), ("other", 4, "TRY", before), ("shipping", 3, "TRY", before),
    ):  # fmt: skip
        told: dict[str, Any] = {"amount": Decimal(amount), "currency": currency, "happened_at": at, "by": by, "at": now}
        costing.write(kind="external", what=what, **told)
    costing.compensate(case=case, kind="goodwill", amount=Decimal("50"), currency="TRY", said="", by=by, at=now)
    page = unescape(read(can, "/cases/cost/"))
    links = re.findall(r'href="(/cases/cost/rows/[^"]*others=[^"]*)">([₺€][\d.,]+)<', page)
    assert {said for _url, said in links} == {"₺55.00", "₺50.00", "€16.00", "₺7.00"}
    for url, said in links:
        assert f"<h1>{said}</h1>" in re.sub(r"\s*\n\s*", "", read(can, url)), (url, said)


def test_time_of_the_rest_and_time_without_a_rate_lead_to_their_rows(
    can: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    now, by = clock.now(), cast.can()
    monkeypatch.setattr(report, "SHOWN", 1)
    costing.write(kind="external", what="other", amount=Decimal(30), happened_at=now, by=by, at=now)
    for minutes in (25, 10):
        costing.write(kind="prevention", what="time", minutes=minutes, happened_at=now, by=by, at=now)
    page = unescape(read(can, "/cases/cost/"))
    bare = re.search(r'<a href="(/cases/cost/rows/[^"]*bare=1[^"]*)">35 min of work had no rate', page)
    rest = re.search(r'href="(/cases/cost/rows/[^"]*others=what[^"]*)">35 min<', page)
    assert bare and rest
    for found in (bare, rest):
        rows = read(can, found[1])
        assert "2 rows · 35 min" in rows and "10 min" in rows and "25 min" in rows and "₺30.00" not in rows


@pytest.mark.parametrize("others", ["kind,external", "what", "what,nonsense", "cause,x", "team,1,-2", ",", "cause,²"])
def test_a_rest_that_makes_no_sense_leaves_nothing_out(can: Client, others: str) -> None:
    now = clock.now()
    costing.write(kind="external", what="other", amount=Decimal(30), happened_at=now, by=cast.can(), at=now)
    assert "₺30.00" in read(can, f"/cases/cost/rows/?others={others}")


def test_what_no_case_took_is_taken_back_where_its_rows_stand(can: Client, zeynep: Client) -> None:
    now = clock.now()
    cost = costing.write(kind="prevention", what="other", amount=Decimal(70), happened_at=now, by=cast.can(), at=now)
    url = f"/cases/cost/rows/{cost.pk}/removal/"
    assert url in read(can, "/cases/cost/rows/")
    assert zeynep.post(url).status_code == 404  # neither hers nor hers to count
    assert can.post(f"{url}?kind=prevention")["Location"] == "/cases/cost/rows/?kind=prevention"
    can.post(url)
    assert sum(row.amount or 0 for row in Cost.objects.all()) == 0 and Cost.objects.count() == 2
    assert "removal" not in read(can, "/cases/cost/rows/")


def test_a_cost_written_down_after_its_days_says_so(can: Client, case: Case) -> None:
    now = clock.now()
    costing.write(
        case=case,
        kind="external",
        what="other",
        amount=Decimal(80),
        happened_at=now - timedelta(days=10),
        by=cast.can(),
        at=now,
    )
    day = timezone.localtime(now - timedelta(days=10)).date()
    page = unescape(read(can, f"/cases/cost/?from={day}&to={day}"))
    assert "1 cost of these days was written down after them: ₺80.00." in page


def test_rows_of_a_case_one_may_not_see_tell_its_number_alone(case: Case) -> None:
    ece = cast.ece()
    ece.visibility = Visibility.OWN
    costing.compensate(
        case=case,
        kind="goodwill",
        amount=Decimal(5),
        currency="TRY",
        said="Lekeli çıktı",
        by=cast.can(),
        at=clock.now(),
    )
    client = logged_in(ece)
    page = read(client, "/cases/cost/rows/")
    assert f"#{case.pk}" in page and "Nevresim lekeli" not in page and "Lekeli çıktı" not in page
    file = b"".join(client.get("/cases/cost/export/").streaming_content).decode()
    assert f",{case.pk}," in file and "Lekeli çıktı" not in file
    assert client.get(f"/cases/{case.pk}/").status_code == 404
    ece.visibility = Visibility.ALL
    ece.save()
    assert "Lekeli çıktı" in b"".join(client.get("/cases/cost/export/").streaming_content).decode()


def test_an_agent_reads_no_report_and_an_analyst_edits_no_case(zeynep: Client, case: Case) -> None:
    assert zeynep.get("/cases/cost/").status_code == 403
    ece = logged_in(cast.ece())
    assert ece.get(f"/cases/{case.pk}/").status_code == 200
    assert ece.post(f"/cases/{case.pk}/taking/").status_code == 403


def test_a_causes_number_of_cases_counts_those_below_it_and_leads_to_them(can: Client, case: Case) -> None:
    assert case.cause and case.cause.parent_id
    shown = read(can, "/cases/causes/")

    for cause in (case.cause.pk, case.cause.parent_id):
        (link,) = re.findall(rf'href="(/cases/[?][^"]*cause={cause}[^"]*)">1 case</a>', unescape(shown))
        assert "Nevresim lekeli" in read(can, link)


def test_an_archived_cause_and_its_namesake_count_their_own_cases(can: Client, case: Case) -> None:
    old = case.cause
    assert old and old.parent
    by, at = cast.can(), clock.now()
    causes.archive(cause=old, by=by, at=at)
    again = causes.save(cause=Cause(), name=old.name, name_en=old.name_en, parent=old.parent, by=by, at=at)
    acts.open_case(contact=case.contact, interaction=None, title="Havlu lekeli", cause=again, by=by, at=at)
    shown = unescape(read(can, "/cases/causes/"))
    (own,) = re.findall(rf'href="(/cases/[?][^"]*cause={again.pk}&[^"]*)">1 case</a>', shown)
    (both,) = re.findall(rf'href="(/cases/[?][^"]*cause={old.parent_id}&[^"]*)">2 cases</a>', shown)
    assert "Havlu lekeli" in read(can, own) and "Nevresim lekeli" not in read(can, own)
    assert all(title in read(can, both) for title in ("Havlu lekeli", "Nevresim lekeli"))


def test_the_report_tells_what_became_of_cases_and_each_number_leads_to_them(
    can: Client, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    now, by = clock.now(), cast.can()
    told: dict[str, Any] = {"contact": case.contact, "interaction": None, "by": by, "cause": case.cause}
    kase = acts.open_case(title="Kâse kırık", at=now - timedelta(hours=5), due_at=now, product_id=7, **told)
    acts.resolve(case=kase, kind="replaced", what="Yenisi gönderildi", by=by, at=now - timedelta(hours=2))
    acts.open_case(title="Yine kırık", at=now, former=kase, product_id=8, **told)
    acts.open_case(title="Renk sordu", at=now, **told | {"cause": None})
    costing.write(kind="external", what="time", minutes=20, case=kase, happened_at=now, by=by, at=now)

    page = unescape(read(can, "/cases/cost/"))
    assert "1 of 4 cases has time written down" not in page and "1 of 4 cases have time written down" in page
    links = dict.fromkeys(re.findall(r'href="(/cases/[?][^"]*)">([^<]+)<', page))
    assert {said for _url, said in links} >= {"4", "3", "1", "25% (1)", "33% (1)", "3 h", "100% (1)", "3 have none"}
    for url, said in links:
        rows = read(can, url).count('class="due-row"')
        n = re.search(r"\((\d+)\)", said) or re.match(r"(\d+)(?! h$)", said)
        assert rows == (int(n[1]) if n else 1), (url, said)

    monkeypatch.setattr(report, "SHOWN", 1)
    page = unescape(read(can, "/cases/cost/"))
    rest = re.search(r'href="(/cases/[?][^"]*others=product[^"]*)">2<', page)
    assert rest and "Kâse kırık" in read(can, rest[1]) and "The others of a table" in read(can, rest[1])
    file = b"".join(can.get("/cases/cost/export/?table=cases-cause").streaming_content).decode()
    assert "Product › Faulty" in file and "33% (1)" in file


def test_causes_are_added_merged_archived_and_brought_back(can: Client, case: Case) -> None:
    can.post("/cases/causes/new/", {"name": "Dikiş hatası", "name_en": "Bad seam", "parent": ""})
    seam, faulty = Cause.objects.get(name="Dikiş hatası"), case.cause
    assert faulty and "Bad seam" in read(can, "/cases/causes/")
    assert can.post("/cases/causes/new/", {"name": "Dikiş hatası", "name_en": "", "parent": ""}).status_code == 422
    can.post(f"/cases/causes/{seam.pk}/archive/")
    can.post(f"/cases/causes/{seam.pk}/back/")
    can.post(f"/cases/causes/{faulty.pk}/merge/", {"keep": str(seam.pk)})
    case.refresh_from_db()
    assert case.cause == seam and "Merged into “Bad seam”" in unescape(read(can, "/cases/causes/"))


def test_a_rate_is_said_from_a_day_and_withdrawn(can: Client) -> None:
    told = {"team": "", "role": "agent", "amount": "240", "currency": "TRY", "valid_from": "2026-11-01"}
    can.post("/cases/rates/", told)
    assert can.post("/cases/rates/", told).status_code == 422
    assert "₺240.00" in read(can, "/cases/rates/")
    can.post(f"/cases/rates/{Rate.objects.get().pk}/withdrawal/")
    assert "₺240.00" not in read(can, "/cases/rates/")


def test_today_shows_what_is_overdue_and_what_is_nobodys(can: Client, case: Case) -> None:
    flow.change(case=case, by=cast.can(), at=clock.now() - timedelta(days=2), due_at=clock.now() - timedelta(hours=2))
    page = unescape(read(can, "/today/?whose=all"))
    assert "Nevresim lekeli" in page and "2 h over" in page
