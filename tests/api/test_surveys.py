"""The survey on pages: asked by the firm's own sites alone, without a cookie, answered by nobody known unless the shop signs."""

import gzip
import json
from typing import Any

import jwt
import pytest
from django.test import Client

from muhatap.api.embed import EMBED, lean
from muhatap.feedback.models import FollowUp, Response
from muhatap.shared import clock
from muhatap.shared.limits import BUCKETS
from muhatap.visits import sites
from tests import cast
from tests.feedback.asking_shop import person, question, survey

OWN = "https://www.ihlamurev.example"
LARGEST = 10 * 1024


@pytest.fixture(autouse=True)
def _fresh() -> None:
    BUCKETS.forget()


def test_the_script_is_small_enough() -> None:
    assert len(gzip.compress(lean((EMBED / "survey.js").read_bytes()))) <= LARGEST


def post(key: str | None, told: Any, *, origin: str = OWN) -> Any:
    body = told if isinstance(told, str) else json.dumps(told)
    return Client().post(f"/ask/v1/{key}?lang=en", body, content_type="application/json", headers={"Origin": origin})


@pytest.mark.django_db
class TestOnAPage:
    @pytest.fixture(autouse=True)
    def _site(self) -> None:
        self.site = sites.create(name="Mağaza", origins=[OWN], by=cast.selin(), at=clock.now())
        self.survey = survey(is_on_pages=True)

    def test_a_page_of_the_shop_is_asked_and_answers_without_a_cookie(self) -> None:
        why = question(self.survey, "Ne üzdü?", most=6)
        asked = Client().get(f"/ask/v1/{self.survey.key}", headers={"Origin": OWN})
        assert asked["Access-Control-Allow-Origin"] == OWN
        assert not asked.cookies
        assert [one["name"] for one in asked.json()["sheet"]["fields"]] == ["score"]

        first = post(self.survey.key, {"step": 1, "fields": {"score": ["2"]}, "nonce": "n"}).json()
        assert [one["name"] for one in first["sheet"]["fields"]] == [f"q{why.pk}", "comment"]
        told = {"step": 2, "receipt": first["receipt"], "fields": {f"q{why.pk}": ["o1"], "comment": ["Ezik"]}}
        assert post(self.survey.key, told).json()["sheet"] is None

        response = Response.objects.get()
        assert (response.score, response.comment, response.way, response.contact) == (2, "Ezik", "page", None)

    def test_whom_the_shop_signs_for_is_known_and_waits_for_a_word(self) -> None:
        secret = sites.renew_secret(site=self.site, by=cast.selin(), at=clock.now())

        now = int(clock.now().timestamp())
        claims = {"sub": "20871", "email": cast.AYSE.value, "email_verified": True, "iat": now, "exp": now + 600}
        for number, key in enumerate([secret, "x" * 40]):
            token = jwt.encode(claims, key, algorithm="HS256")
            told = {"fields": {"score": ["1"]}, "nonce": f"n{number}", "site": self.site.write_key, "identity": token}
            assert post(self.survey.key, told).status_code == 200

        known, unknown = Response.objects.order_by("pk")
        assert known.contact == person(at=clock.now())
        assert unknown.contact is None
        assert FollowUp.objects.exclude(case_number=None).get().response == known

    def test_a_page_of_somebody_else_is_refused(self) -> None:
        assert post(self.survey.key, {"fields": {"score": ["9"]}}, origin="https://baska.example").status_code == 403
        assert not Response.objects.exists()

    @pytest.mark.parametrize(
        "body",
        ["", "[]", "null", '"x"', "{", "[" * 5000, '{"fields": 3}', '{"fields": {"score": "9"}}', '{"step": "x"}'],
    )
    def test_nonsense_keeps_nothing(self, body: str) -> None:
        answer = post(self.survey.key, body)
        assert answer.status_code in (200, 400)
        assert not Response.objects.exists()

    def test_a_receipt_of_another_survey_opens_nothing(self) -> None:
        other = survey("ces", is_on_pages=True)
        receipt = post(other.key, {"fields": {"score": ["2"]}, "nonce": "n"}).json()["receipt"]
        assert post(self.survey.key, {"receipt": receipt, "fields": {"score": ["9"]}}).status_code == 404
        assert post(self.survey.key, {"receipt": "uydurma", "fields": {"score": ["9"]}}).status_code == 404

    def test_letters_that_no_database_holds_break_nothing(self) -> None:
        body = '{"fields": {"score": ["9"]}, "nonce": "\\ud800\\u0000", "site": "\\ud800", "identity": "\\ud800"}'
        assert [post(self.survey.key, body).status_code for _twice in range(2)] == [200, 200]
        assert Response.objects.count() == 1
        assert Client().get("/ask/v1/%00").status_code == Client().get("/survey/%00/").status_code == 404

    def test_another_surveys_answer_is_not_changed_by_its_nonce(self) -> None:
        other = survey("ces", is_on_pages=True)
        post(other.key, {"fields": {"score": ["2"]}, "nonce": "n"})
        assert post(self.survey.key, {"fields": {"score": ["9"]}, "nonce": "n"}).status_code == 200
        assert dict(Response.objects.values_list("survey_id", "score")) == {other.pk: 2, self.survey.pk: 9}

    def test_off_pages_it_is_not_there(self) -> None:
        assert Client().get(f"/ask/v1/{survey('ces').key}").status_code == 404
        assert Client().get("/ask/v1/none-such").status_code == 404
