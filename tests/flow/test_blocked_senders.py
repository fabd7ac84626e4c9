"""Mail of a blocked sender tells nobody, although it is kept."""

import pytest

from muhatap.automation.models import RuleFiring
from muhatap.conversations import blocking
from muhatap.flow import notifying, rules
from muhatap.notices.models import Notice
from tests import cast
from tests.automation.conftest import action, rule
from tests.conversations.conftest import arrival

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("is_blocked", "n"), [(False, 1), (True, 0)])
def test_nobody_is_told_of_mail_that_goes_straight_to_spam(is_blocked: bool, n: int) -> None:
    cast.support_inbox()
    if is_blocked:
        blocking.block(value="baska.example", by=cast.can(), at=cast.NOW)
    message = arrival(cast.mail(cast.STRANGER, id="<f@baska.example>"))

    notifying.follow(message=message, at=cast.NOW)

    assert Notice.objects.count() == n


@pytest.mark.parametrize(("is_blocked", "n"), [(False, 1), (True, 0)])
def test_no_rule_is_made_to_work_by_it(is_blocked: bool, n: int) -> None:
    cast.support_inbox()
    rule(action("mention", cast.can().pk, "Bakar mısın?"))
    if is_blocked:
        blocking.block(value="baska.example", by=cast.can(), at=cast.NOW)
    message = arrival(cast.mail(cast.STRANGER, id="<f@baska.example>"))

    rules.follow(message=message, at=cast.NOW)

    assert RuleFiring.objects.count() == n
