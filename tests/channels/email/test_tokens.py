"""A signed reply address leads back to its conversation and to no other."""

import pytest
from django.test import override_settings

from muhatap.channels.email import tokens


@pytest.mark.parametrize("number", [1, 31, 32, 10_482, 2**40, 2**63 - 1])
def test_a_token_leads_back_to_its_conversation(number: int) -> None:
    assert tokens.conversation_of(tokens.issue(number)) == number


def test_a_token_survives_capital_letters() -> None:
    assert tokens.conversation_of(tokens.issue(77).upper()) == 77


def test_a_token_has_no_letter_that_turkish_case_changes() -> None:
    assert not set(tokens.issue(123_456_789)) & set("iıİIlo")


def test_another_number_under_the_same_signature_is_refused() -> None:
    mine, other = tokens.issue(7), tokens.issue(8)
    assert tokens.conversation_of(other[: -tokens.N_SIGNED] + mine[-tokens.N_SIGNED :]) is None


@pytest.mark.parametrize("junk", ["", "7", "10482", "a" * 200, "ö" * 20, "0" * 17, "siparis", "x" * 17, "\x00" * 17])
def test_what_was_not_issued_here_leads_nowhere(junk: str) -> None:
    assert tokens.conversation_of(junk) is None


def test_a_token_of_another_installation_is_refused() -> None:
    with override_settings(SECRET_KEY="another-installation-" + "x" * 40):
        foreign = tokens.issue(5)
    assert tokens.conversation_of(foreign) is None


def test_an_address_with_a_token_fits_into_a_local_part_and_gives_the_token_back() -> None:
    address = tokens.address_with("destek@ihlamurev.example", tokens.issue(2**40))
    assert len(address.rpartition("@")[0]) <= 64
    assert tokens.conversation_of(tokens.in_address(address)) == 2**40


def test_a_customer_s_own_plus_tag_is_no_token() -> None:
    assert tokens.in_address("ayse+alisveris@ornek.example") == ""
    assert tokens.in_address("destek@ihlamurev.example") == ""
