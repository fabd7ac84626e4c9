"""The staff of the firm: agents who see all, their inboxes, their teams or only their own; teams; inboxes."""

from dataclasses import dataclass
from datetime import datetime

from benchmarks.filling.people import name_of
from benchmarks.filling.sizes import Size
from muhatap.accounts.models import Membership, Role, Team, User, Visibility
from muhatap.channels.models import Desk, Inbox

SEES = [Visibility.INBOX, Visibility.INBOX, Visibility.INBOX, Visibility.TEAM, Visibility.OWN, Visibility.ALL]


@dataclass(frozen=True)
class Firm:
    """The numbers of its people and boxes, and which agents work for which inbox."""

    teams: list[int]
    inboxes: list[int]
    agents: list[int]
    team_of_inbox: dict[int, int]
    agents_of_team: dict[int, list[int]]


def found(size: Size, at: datetime) -> Firm:
    """Everybody and every box. Each agent is in one team and sits in three to ten inboxes, first in those of the team."""
    teams = [Team.objects.create(name=f"Ekip {number + 1}").pk for number in range(size.n_teams)]
    inboxes = [_inbox(number, teams[number % len(teams)]) for number in range(size.n_inboxes)]
    agents = [_agent(number) for number in range(size.n_agents)]
    members: dict[int, list[int]] = {team: [] for team in teams}
    for place, agent in enumerate(agents):
        team = teams[place % len(teams)]
        members[team].append(agent)
        Membership.objects.create(team_id=team, user_id=agent)
        own = [inbox for number, inbox in enumerate(inboxes) if teams[number % len(teams)] == team]
        others = [inboxes[(place * 7 + step) % len(inboxes)] for step in range(place % 6)]
        Desk.objects.bulk_create(Desk(inbox_id=inbox, user_id=agent) for inbox in dict.fromkeys([*own[:4], *others]))
    of_inbox = {inbox: teams[number % len(teams)] for number, inbox in enumerate(inboxes)}
    return Firm(teams, inboxes, agents, of_inbox, members)


def _inbox(number: int, team_id: int) -> int:
    if number % 4 == 3:
        fields = {"kind": "webchat", "name": f"Sohbet {number}", "public_key": f"sohbet-{number}"}
    else:
        fields = {"kind": "email", "name": f"kutu{number}@firma.example", "address": f"kutu{number}@firma.example"}
    return Inbox.objects.create(team_id=team_id, is_enabled=number % 4 == 3, **fields).pk  # no mailbox is fetched


def _agent(number: int) -> int:
    sees = SEES[number % len(SEES)]
    role = Role.TEAM_LEAD if sees == Visibility.ALL else Role.AGENT
    user = User(email=f"temsilci{number}@firma.example", name=name_of(number + 7_777), role=role, visibility=sees)
    user.set_unusable_password()
    user.save()
    return user.pk
