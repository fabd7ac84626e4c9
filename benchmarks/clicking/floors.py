"""The floor under each click: the SQL a patient person would write to fetch the rows that the page shows, and nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass

from muhatap.accounts.models import Membership, User, Visibility
from muhatap.channels.models import Desk

ROW = """
select c.id, c.subject, c.status, c.preview, c.preview_kind, c.last_message_at, c.waiting_since, c.next_deadline_at, p.name, p.email,
  i.kind, i.name, u.name,
  exists (select from conversations_seen s where s.conversation_id = c.id and s.user_id = %(user)s and s.message_id >= c.last_inbound_id),
  exists (select from conversations_draft d where d.conversation_id = c.id and d.by_id = %(user)s)
from ({keys}) k join conversations_conversation c on c.id = k.id join contacts_contact p on p.id = c.contact_id
join channels_inbox i on i.id = c.inbox_id left join accounts_user u on u.id = c.assignee_id
order by c.last_message_at desc, c.id desc limit 41
"""
KEYS = """(select id, last_message_at from conversations_conversation where merged_into_id is null and status = '{status}'
 and {condition} and (last_message_at, id) < (%(at)s, %(id)s) order by last_message_at desc, id desc limit 41)"""
CONVERSATION = """select * from conversations_conversation c join contacts_contact p on p.id = c.contact_id
join channels_inbox i on i.id = c.inbox_id left join accounts_user u on u.id = c.assignee_id where c.id = %(conversation)s"""
MESSAGES = """select m.*, o.state from (select * from conversations_message where conversation_id = %(conversation)s
order by at desc, id desc limit 31) m left join lateral (select state from interactions_outgoing
where interaction_id = m.interaction_id order by n_try desc limit 1) o on true"""
CARD = """select * from contacts_identity where contact_id = (select contact_id from conversations_conversation where id = %(conversation)s)"""
TIMELINE = """select t.* from interactions_interaction t where contact_id =
(select contact_id from conversations_conversation where id = %(conversation)s) order by at desc, id desc limit 9"""
OTHERS = """select * from conversations_conversation where contact_id =
(select contact_id from conversations_conversation where id = %(conversation)s) order by last_message_at desc limit 20"""
COUNTS = """select inbox_id, team_id, assignee_id, status, sum(n) from (select inbox_id, team_id, assignee_id, status, n from
conversations_conversationcount union all select inbox_id, team_id, assignee_id, status, n from conversations_conversationcountdelta) c
where {within} group by 1, 2, 3, 4"""
LIVELY = ("open", "waiting")


@dataclass(frozen=True)
class Sight:
    """What an agent sees, as conditions of which each follows an index."""

    branches: Sequence[str]

    @property
    def within(self) -> str:
        return " or ".join(f"({branch})" for branch in self.branches)


def sight(user: User) -> Sight:
    """The branches of an agent: their own, their teams', their inboxes'; or everything."""
    if user.visibility == Visibility.ALL:
        return Sight(["true"])
    teams = list(Membership.objects.filter(user=user).values_list("team_id", flat=True))
    inboxes = list(Desk.objects.filter(user=user).values_list("inbox_id", flat=True))
    found = [f"assignee_id = {user.pk}"]
    if user.visibility != Visibility.OWN and teams:
        found.append(f"team_id = any(array{teams})")
    if user.visibility == Visibility.INBOX and inboxes:
        found.append(f"inbox_id = any(array{inboxes})")
    return Sight(found)


def rows(branches: Sequence[str], condition: str = "true", statuses: Sequence[str] = LIVELY) -> str:
    """A page of a list: the newest of each branch and status, merged, then what their rows show."""
    keys = " union ".join(
        KEYS.format(status=status, condition=f"({branch}) and {condition}")
        for branch in branches
        for status in statuses
    )
    return ROW.format(
        keys=f"select id, last_message_at from ({keys}) u order by last_message_at desc, id desc limit 41"
    )
