"""The signed identity: what a shop's server must sign, and what we refuse."""

from datetime import timedelta

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from muhatap.channels.webchat import signed
from muhatap.channels.webchat.signed import Refused
from tests.cast import NOW

SECRET = "a-secret-of-the-shop-" + "x" * 30
AYSE = {"sub": "20871", "email": "Ayse.Yilmaz@Ornek.example", "name": "Ayşe Yılmaz"}


def token(secret: str = SECRET, algorithm: str = "HS256", **claims: object) -> str:
    told = {**AYSE, "exp": NOW + timedelta(hours=1), **claims}
    return jwt.encode({k: v for k, v in told.items() if v is not None}, secret, algorithm=algorithm)


def test_a_good_signature_tells_who_the_customer_is() -> None:
    identity = signed.read(token(), secret=SECRET, at=NOW)
    assert (identity.subject, identity.email, identity.name) == ("20871", "ayse.yilmaz@ornek.example", "Ayşe Yılmaz")
    assert identity.is_email_verified


def test_a_number_as_subject_is_taken_as_text() -> None:
    assert signed.read(token(sub=20871), secret=SECRET, at=NOW).subject == "20871"


def test_an_address_the_shop_itself_has_not_verified_stays_a_claim() -> None:
    assert not signed.read(token(email_verified=False), secret=SECRET, at=NOW).is_email_verified


@pytest.mark.parametrize(
    "bad",
    [
        pytest.param(lambda: token(secret="another-secret-" + "y" * 30), id="another secret"),
        pytest.param(
            lambda: jwt.encode({**AYSE, "exp": NOW + timedelta(hours=1)}, None, algorithm="none"), id="no algorithm"
        ),
        pytest.param(lambda: token(algorithm="HS384"), id="another algorithm"),
        pytest.param(lambda: token(exp=None), id="no end"),
        pytest.param(lambda: token(exp=NOW - timedelta(minutes=5)), id="expired"),
        pytest.param(lambda: token(exp=NOW + timedelta(days=30)), id="a month long"),
        pytest.param(lambda: token(nbf=NOW + timedelta(hours=1)), id="not yet"),
        pytest.param(lambda: token(sub=None), id="no subject"),
        pytest.param(lambda: token(sub=["20871"]), id="a list as subject"),
        pytest.param(lambda: token(email="not an address"), id="no address"),
        pytest.param(lambda: token(pad="x" * 5000), id="too long"),
        pytest.param(lambda: "eyJ.eyJ.x", id="garbage"),
        pytest.param(lambda: "ığüşöç", id="no token at all"),
    ],
)
def test_what_does_not_hold_is_refused(bad: object) -> None:
    with pytest.raises(Refused):
        signed.read(bad(), secret=SECRET, at=NOW)  # type: ignore[operator]


def test_without_a_secret_nothing_is_believed() -> None:
    with pytest.raises(Refused):
        signed.read(token(), secret="", at=NOW)


@given(st.text(max_size=200))
def test_any_text_is_refused_and_nothing_else_happens(text: str) -> None:
    with pytest.raises(Refused):
        signed.read(text, secret=SECRET, at=NOW)


def test_what_we_sign_for_the_demo_holds() -> None:
    assert signed.read(signed.make(AYSE, secret=SECRET, at=NOW), secret=SECRET, at=NOW).subject == "20871"
