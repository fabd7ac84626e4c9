"""Where everybody wants to be told of what."""

from collections.abc import Iterable, Mapping

from django.db import transaction

from muhatap.accounts.models import User
from muhatap.notices.models import Kind, QuietHours, Way, Wish

PAGE, BROWSER, PUSH, MAIL = Way.PAGE, Way.BROWSER, Way.PUSH, Way.MAIL
USUAL: Mapping[str, tuple[str, ...]] = {
    Kind.ASSIGNED: (PAGE, BROWSER, PUSH, MAIL),
    Kind.MENTION: (PAGE, BROWSER, PUSH, MAIL),
    Kind.MINE: (PAGE, BROWSER, PUSH),
    Kind.UNASSIGNED: (PAGE,),  # an inbox full of people would ring for everybody
    Kind.FOLLOWED: (PAGE,),
    Kind.WARNING: (PAGE, BROWSER, PUSH),
    Kind.BREACH: (PAGE, BROWSER, PUSH, MAIL),
    Kind.FAILED: (PAGE, BROWSER, PUSH, MAIL),
    Kind.PROMISE: (PAGE, BROWSER, PUSH, MAIL),
    Kind.CASE: (PAGE, BROWSER, MAIL),
    Kind.THEME: (PAGE, MAIL),
    Kind.PRIVACY: (PAGE, MAIL),
    Kind.WEEKLY: (MAIL,),
}
ONLY_BY: Mapping[str, tuple[str, ...]] = {Kind.WEEKLY: (MAIL,)}  # the others are told by every way


def ways(users: Iterable[User], kind: str) -> dict[int, list[str]]:
    """For each of these users, where they want to be told of this; empty for those who do not want to hear of it."""
    numbers = [user.pk for user in users]
    wished = dict(Wish.objects.filter(user_id__in=numbers, kind=kind).values_list("user_id", "ways"))
    return {number: list(wished.get(number, USUAL[kind])) for number in numbers}


def table(user: User) -> dict[str, list[str]]:
    """Every kind with the ways this user wants."""
    wished = dict(Wish.objects.filter(user=user).values_list("kind", "ways"))
    return {kind: list(wished.get(kind, USUAL[kind])) for kind in Kind.values}


@transaction.atomic
def wish(*, user: User, wanted: Mapping[str, Iterable[str]], quiet: QuietHours) -> None:
    """Remember what somebody wants, and when they want quiet."""
    rows = [
        Wish(user=user, kind=kind, ways=[way for way in Way.values if way in set(wanted.get(kind, ()))])
        for kind in Kind.values
    ]
    Wish.objects.bulk_create(rows, update_conflicts=True, unique_fields=["user", "kind"], update_fields=["ways"])
    quiet.user = user
    QuietHours.objects.bulk_create(
        [quiet],
        update_conflicts=True,
        unique_fields=["user"],
        update_fields=["begins", "ends", "weekends", "lets_breaches_pass", "time_zone"],
    )
