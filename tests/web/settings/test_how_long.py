"""Where an administrator says how long data is kept, reads what is held, and is told where something has gone."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from muhatap.accounts.models import AuditEntry, User
from muhatap.config.doctor import keeping as doctor
from muhatap.config.doctor.finding import Health
from muhatap.contacts.models import Contact
from muhatap.imports import letting_go
from muhatap.imports.models import Import
from muhatap.insight import lake
from muhatap.shared import clock
from muhatap.visits import how_long, keeping
from muhatap.visits.models import EventKeeping, Visit
from tests import cast
from tests.visits.leaves import without_leaves
from tests.web.imports.test_pages import URL, columns, put_up
from tests.web.visits.test_log import came

pytestmark = pytest.mark.django_db
PAGE = "/settings/keeping/"


def client(user: User) -> Client:
    User.objects.filter(pk=user.pk).update(language="en")
    found = Client(headers={"accept-language": "en"})
    found.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return found


@pytest.fixture
def selin() -> Client:
    return client(cast.selin())


@pytest.fixture
def _days() -> Iterator[None]:
    with without_leaves():
        for n in (200, 199, 0):
            keeping.look_ahead(at=clock.now() - timedelta(days=n))
        yield


def choices(**more: str) -> dict[str, str]:
    return {"months": "6", "lake_months": "24", "days": "30"} | more


def test_the_page_keeps_what_is_chosen_and_the_audit_tells_it(selin: Client) -> None:
    page = selin.post(PAGE, choices(months="3", lake_months="0", days="7"), follow=True).content.decode()

    assert "Saved. What is over goes in the next night." in page
    events = how_long.current()
    assert (events.months, events.lake_months, letting_go.current().days) == (3, None, 7)
    assert '<option value="0" selected>For ever</option>' in page
    audit = selin.get("/account/audit/").content.decode()
    assert "6, 24 → 3, for ever" in audit and "30 → 7" in audit
    selin.post(PAGE, choices(months="3", lake_months="0", days="7"))
    assert AuditEntry.objects.filter(object_kind="keeping").count() == 2


def test_a_lake_that_would_keep_less_is_refused_with_the_reason_and_nothing_is_kept(selin: Client) -> None:
    answer = selin.post(PAGE, choices(months="0", lake_months="24", days="7"))

    assert answer.status_code == 422
    assert "The lake cannot keep less than the database" in answer.content.decode()
    assert letting_go.current().days == 30 and how_long.current().months == 6


@pytest.mark.usefixtures("_days")
def test_what_is_held_and_what_goes_next_stands_in_days_and_sizes(selin: Client) -> None:
    facts = dict(selin.get(PAGE).context["events"])

    assert facts["Held now"].startswith("5 days, since ") and facts["Held now"].endswith(("KB", "MB"))
    assert facts["Goes next"].endswith("in the next night")
    selin.post(PAGE, choices(months="0", lake_months="0", days="0"))
    assert dict(selin.get(PAGE).context["events"])["Goes next"] == "nothing, all is kept for ever"
    selin.post(PAGE, choices(months="12"))
    assert ", in the night to " in dict(selin.get(PAGE).context["events"])["Goes next"]


def test_the_files_that_are_held_are_counted_and_the_next_is_named(selin: Client) -> None:
    assert dict(selin.get(PAGE).context["files"]) == {"Held now": "Nothing"}
    put_up(selin)

    facts = dict(selin.get(PAGE).context["files"])

    assert facts["Held now"].startswith("1 file, ")
    assert facts["Goes next"].startswith("“kisiler.csv”, in the night to ")


def test_however_many_files_are_held_the_oldest_is_asked_for_once(selin: Client) -> None:
    put_up(selin, name="yeni.csv")
    with CaptureQueriesContext(connection) as of_one:
        selin.get(PAGE)
    for name in ("eski.csv", "orta.csv"):
        put_up(selin, name=name)
    Import.objects.filter(name="eski.csv").update(at=clock.now() - timedelta(days=9))

    with CaptureQueriesContext(connection) as of_three:
        facts = dict(selin.get(PAGE).context["files"])

    assert facts["Goes next"].startswith("“eski.csv”, in the night to ")
    assert len(of_three) == len(of_one)
    assert sum("samples" in asked["sql"] for asked in of_three) == 0


def test_a_lake_that_does_not_answer_leaves_the_page_standing(selin: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_tables: str) -> int:
        raise OSError("the store is away")

    monkeypatch.setattr(lake, "weight", away)

    answer = selin.get(PAGE)

    assert answer.status_code == 200 and "does not answer" in answer.content.decode()


@pytest.mark.parametrize("who", [cast.can, cast.zeynep, cast.mert, cast.ece])
def test_only_administrators_come_here(who: object) -> None:
    assert client(who()).get(PAGE).status_code == 403  # type: ignore[operator]
    assert PAGE not in client(who()).get("/settings/").content.decode()  # type: ignore[operator]


def test_an_import_whose_file_has_gone_says_so_where_its_rows_could_be_had() -> None:
    mert = client(cast.mert())
    put_up(mert)
    one = Import.objects.get()
    mert.post(f"{URL}{one.pk}/columns/", columns("name", "email", ""))
    mert.post(f"{URL}{one.pk}/run/")
    at = clock.now() + timedelta(days=31)
    letting_go.let_all_go(at=at)
    year = str(timezone.localdate(at).year)

    for path in ("", "rows/", "rows/?only=failed"):
        page = mert.get(f"{URL}{one.pk}/{path}").content.decode()
        assert "The file was let go on " in page and year in page
        assert "bozuk" not in page
    assert b"bozuk" not in b"".join(mert.get(f"{URL}{one.pk}/rows.csv").streaming_content)  # type: ignore[attr-defined]
    mert.post(f"{URL}{one.pk}/undo/")
    assert not Contact.objects.exists()


def test_a_forgotten_file_says_what_became_of_it_and_offers_no_other_reading() -> None:
    mert = client(cast.mert())
    put_up(mert)
    letting_go.let_all_go(at=clock.now() + timedelta(days=31))

    page = mert.get(f"{URL}{Import.objects.get().pk}/").content.decode()

    assert "Nobody imported it in time" in page and "Put it up again" in page
    assert 'name="encoding"' not in page and "/run/" not in page


def test_a_visit_whose_events_have_gone_says_what_stays_instead_of_showing_nothing() -> None:
    came(n_clicks=3)
    visit = Visit.objects.get()
    gone = "Some or all single clicks and searches of this visit are no longer kept"
    ece = client(cast.ece())
    assert gone not in ece.get(f"/visits/{visit.pk}/").content.decode()
    EventKeeping.objects.create(pk=1, gone_before=visit.began_at + timedelta(days=1))

    answer = ece.get(f"/visits/{visit.pk}/")

    assert gone in answer.content.decode() and not answer.context["unlisted"]


def test_a_report_of_days_whose_events_have_gone_says_so_and_names_the_first_day_it_can_count() -> None:
    came()
    today = timezone.localdate(clock.now())
    EventKeeping.objects.create(pk=1, lake_gone_before=today)
    ece = client(cast.ece())

    page = ece.get(f"/insight/web/funnel/?from={today - timedelta(days=3)}&to={today}").content.decode()

    assert "No longer kept" in page and str(today.year) in page
    assert "No longer kept" not in ece.get(f"/insight/web/funnel/?from={today}&to={today}").content.decode()


@pytest.mark.usefixtures("_days")
def test_the_doctor_tells_what_should_have_gone() -> None:
    from muhatap.config import environment

    put_up(client(cast.mert()))
    settings = environment.read()
    (late,) = doctor.events_and_files(settings)
    assert late.health is Health.LOOK and ": 4, " in late.what

    Import.objects.update(at=clock.now() - timedelta(days=40))
    assert [finding.health for finding in doctor.events_and_files(settings)] == [Health.LOOK] * 2

    EventKeeping.objects.create(pk=1, months=None, lake_months=None)
    letting_go.change(days=None, by=cast.selin(), at=clock.now())
    (fine,) = doctor.events_and_files(settings)
    assert fine.health is Health.FINE
