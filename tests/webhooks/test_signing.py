"""Signatures against the reference of the Standard Webhooks specification."""

import pytest

from muhatap.webhooks import signing

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
MESSAGE = {"id": "msg_p5jXN8AQM9LWM0D4loKWxJek", "timestamp": 1614265330, "body": '{"test": 2432232314}'}
SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize("secret", [SECRET, SECRET.removeprefix("whsec_")])
def test_it_signs_as_the_specification_does(secret: str) -> None:
    assert signing.sign(**MESSAGE, using=[secret]) == SIGNATURE  # type: ignore[arg-type]


def test_two_secrets_give_two_signatures() -> None:
    other = signing.new_secret()
    told = signing.headers(**MESSAGE, using=[other, SECRET])  # type: ignore[arg-type]
    assert told["webhook-signature"].split()[1] == SIGNATURE
    assert (told["webhook-id"], told["webhook-timestamp"]) == (MESSAGE["id"], "1614265330")


def test_every_secret_is_new_and_long_enough() -> None:
    one, other = signing.new_secret(), signing.new_secret()
    assert one != other
    assert one.startswith("whsec_") and len(signing._key(one)) == 32


def test_what_is_no_secret_signs_nothing() -> None:
    with pytest.raises(ValueError, match="ASCII"):
        signing.sign(**MESSAGE, using=["whsec_ğ"])  # type: ignore[arg-type]
