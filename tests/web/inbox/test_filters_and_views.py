"""Filtering a list, keeping the filter as a view, and mending it."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from muhatap.contacts import tagging as naming
from muhatap.conversations import assigning, closing, prioritising, saved_views, tagging, wanting
from muhatap.conversations.models import Conversation, Message, SavedView
from muhatap.conversations.wanting import Condition, Wanted
from tests import cast
from tests.conversations.conftest import arrival

pytestmark = pytest.mark.django_db


@pytest.fixture
def letters(db: None) -> list[Conversation]:
    """Ayşe, Mehmet and Elif have written; Mehmet's is urgent and Can's, Elif's is about freight."""
    found = [
        arrival(
            cast.mail(sender, id=f"<{n}@ornek.example>", subject=subject, at=cast.NOW + cast.minutes(n))
        ).conversation
        for n, (sender, subject) in enumerate(
            [(cast.AYSE, "Nevresim gelmedi"), (cast.MEHMET, "Fatura"), (cast.ELIF, "Önlük")]
        )
    ]
    prioritising.prioritise(conversation=found[1], priority=2, by=cast.can(), at=cast.NOW)
    assigning.assign(conversation=found[1], to=cast.can(), by=cast.can(), at=cast.NOW)
    tagging.tag(conversation=found[2], tag=naming.named("kargo"), by=cast.can(), at=cast.NOW)
    return found


@pytest.fixture
def can(client: Client) -> Client:
    can = cast.can()
    can.language = "en"
    can.save(update_fields=["language"])
    client.force_login(can)
    return client


def names(html: str) -> list[str]:
    return [name for name in ("Ayşe Yılmaz", "Mehmet Kaya", "Elif Şahin") if f">{name}<" in html]


def test_a_filter_in_the_address_shows_only_what_it_asks(can: Client, letters: list[Conversation]) -> None:
    page = can.get("/inbox/in/filtered/", {"c": ["priority:is:2|1", "assignee:is:me"]}).content.decode()

    assert names(page) == ["Mehmet Kaya"]


@pytest.mark.parametrize(
    "asked",
    ["", "status", "status:is:", "status:is:none-such", "what:is:1", "tag:has:٣", "created:within:0h", "created:within:9z",
     "field:none:is:x\x00", "team:is:-1", "unread:maybe", "assignee:is:99999999999999999999", "tag:has:999999", ":::", "text:has:" + "a" * 5000],
)  # fmt: skip
def test_an_address_that_asks_nonsense_is_answered(can: Client, letters: list[Conversation], asked: str) -> None:
    assert can.get("/inbox/in/filtered/", {"c": asked}).status_code == 200
    assert can.get("/inbox/filter/", {"c": asked}).status_code == 200
    assert can.get("/inbox/in/filtered/rows/", {"c": asked, "order": "waiting"}).status_code == 200
    assert can.get("/inbox/in/filtered/more/", {"c": asked, "before": "~5"}).status_code == 200


def test_the_builder_becomes_an_address_that_can_be_passed_on(can: Client, letters: list[Conversation]) -> None:
    told = {"f0": "tag", "o0": "has", "v0": [str(naming.named("kargo").pk)], "f1": "created", "o1": "within", "v1": "48",
            "u1": "h", "match": "any", "order": "oldest", "do": "show"}  # fmt: skip

    answer = can.post("/inbox/filter/", told)

    asked = parse_qs(urlsplit(answer.url).query)
    assert asked == {"c": [f"tag:has:{told['v0'][0]}", "created:within:48h"], "match": ["any"], "order": ["oldest"]}


def test_the_builder_keeps_what_was_typed_wrong_and_says_why(can: Client, letters: list[Conversation]) -> None:
    page = can.post("/inbox/filter/", {"f0": "created", "o0": "within", "v0": "dün", "u0": "h", "do": "show"})

    assert 'value="dün"' in page.content.decode()
    assert 'aria-invalid="true"' in page.content.decode()


def test_conditions_come_and_go(can: Client) -> None:
    more = can.post("/inbox/filter/", {"f0": "text", "o0": "has", "v0": "keten", "do": "add"}).content.decode()
    assert 'value="keten"' in more and 'name="f1"' in more
    less = can.post(
        "/inbox/filter/", {"f0": "text", "o0": "has", "v0": "keten", "f1": "unread", "o1": "yes", "do": "drop:0"}
    )
    assert 'value="keten"' not in less.content.decode()


def test_a_view_is_kept_counted_changed_copied_and_removed(can: Client, letters: list[Conversation]) -> None:
    answer = can.post(
        "/inbox/filter/", {"f0": "priority", "o0": "is", "v0": "2", "name": "Acele", "reach": "all", "do": "save"}
    )
    view = SavedView.objects.get()
    assert answer.url == f"/inbox/in/view:{view.pk}/"
    assert names(can.get(answer.url).content.decode()) == ["Mehmet Kaya"]
    assert "Acele" in can.get("/inbox/views/").content.decode()

    can.post(
        f"/inbox/saved/{view.pk}/",
        {"f0": "priority", "o0": "is", "v0": "0", "name": "Sakin", "reach": "mine", "do": "save"},
    )
    view.refresh_from_db()
    assert (view.name, view.reach) == ("Sakin", "mine")
    can.post(f"/inbox/saved/{view.pk}/copy/")
    can.post(f"/inbox/saved/{view.pk}/place/", {"to": "down"})
    can.post(f"/inbox/saved/{view.pk}/removal/")
    assert [one.name for one in SavedView.objects.all()] == ["Sakin (copy)"]


def test_only_those_who_lead_share_views(client: Client, letters: list[Conversation]) -> None:
    client.force_login(cast.zeynep())

    client.post("/inbox/filter/", {"f0": "unread", "o0": "yes", "name": "Okunmamış", "reach": "all", "do": "save"})

    assert not SavedView.objects.exists()


def test_a_shared_view_shows_each_reader_only_what_they_see(letters: list[Conversation], client: Client) -> None:
    wanted = Wanted(conditions=(Condition(field="status", op="is", values=("open",)),))
    view = saved_views.save(name="Açıklar", wanted=wanted, reach="all", by=cast.can(), at=cast.NOW)
    stranger = cast.staff("gul@ihlamurev.example", "Gül Taş", "agent", "own")
    client.force_login(stranger)

    assert names(client.get(f"/inbox/in/view:{view.pk}/").content.decode()) == []
    assert client.post(f"/inbox/saved/{view.pk}/removal/").status_code == 404
    mine = saved_views.save(name="Benim", wanted=wanted, by=cast.can(), at=cast.NOW)
    assert client.get(f"/inbox/in/view:{mine.pk}/").status_code == 404


def test_a_view_that_asks_for_something_gone_says_so_and_can_be_mended(
    can: Client, letters: list[Conversation]
) -> None:
    tag = naming.named("kargo")
    wanted = Wanted(conditions=(Condition(field="tag", op="has", values=(str(tag.pk),)),))
    view = saved_views.save(name="Kargo", wanted=wanted, by=cast.can(), at=cast.NOW)
    tag.delete()

    assert len(wanting.broken(wanted)) == 1
    assert "something that is gone" in can.get(f"/inbox/in/view:{view.pk}/").content.decode()
    assert "something that is gone" in can.get("/inbox/saved/").content.decode()
    assert "This is gone" in can.get(f"/inbox/saved/{view.pk}/").content.decode()


@pytest.mark.parametrize("order", ["newest", "oldest", "waiting"])
def test_every_order_pages_through_everything_once(can: Client, letters: list[Conversation], order: str) -> None:
    from muhatap.conversations import lists

    closing.resolve(conversation=letters[0], by=cast.can(), at=cast.NOW)  # nobody waits there any more
    view = wanting.view(Wanted(), user=cast.can(), at=cast.NOW)
    seen, before = [], None
    while True:
        page = lists.page(cast.can(), view, before=before, limit=1, order=lists.ORDERS[order])
        seen += [row.pk for row in page.rows]
        before = page.next
        if before is None:
            break

    a, m, e = (one.pk for one in letters)
    assert seen == {"newest": [e, m, a], "oldest": [a, m, e], "waiting": [m, e, a]}[order]


CASES = [
    (("status", "is", "open"), {0, 1, 2}),
    (("status", "is_not", "open"), set()),
    (("assignee", "is", "me"), {1}),
    (("assignee", "is", "nobody"), {0, 2}),
    (("assignee", "is_not", "me"), {0, 2}),
    (("assignee", "is_not", "nobody"), {1}),
    (("priority", "is", "2"), {1}),
    (("priority", "is_not", "2"), {0, 2}),
    (("channel", "is", "email"), {0, 1, 2}),
    (("channel", "is_not", "email"), set()),
    (("text", "has", "NEVRESİM"), {0}),
    (("text", "has", "sahin"), {2}),
    (("text", "has_not", "nevresim"), {1, 2}),
    (("created", "within", "1h"), {0, 1, 2}),
    (("created", "beyond", "1h"), set()),
    (("waiting", "within", "1d"), {0, 1, 2}),
    (("unread", "yes"), {0, 1, 2}),
    (("draft", "no"), {0, 1, 2}),
    (("followed", "yes"), set()),
    (("team", "is", "nobody"), set()),
]


@pytest.mark.parametrize(("asked", "found"), CASES)
def test_each_condition_holds_what_it_says(
    letters: list[Conversation], asked: tuple[str, ...], found: set[int]
) -> None:
    from muhatap.conversations import lists

    field, op, *values = asked
    view = wanting.view(
        Wanted(conditions=(wanting.read(field, op, values),)), user=cast.can(), at=cast.NOW + cast.minutes(3)
    )

    assert set(lists.numbers(cast.can(), view)) == {letters[n].pk for n in found}
    assert Message.objects.exists()
