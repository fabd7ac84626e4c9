"""Our bench firm as its tickets: a conversation is a ticket, its first message the description, every other entry a follow-up."""

import psycopg

from benchmarks.report import progress

USERS = """
select id, 'temsilci' || id, email, name, '', '!', true, true, true, now() from accounts_user
"""
TICKETS = """
select c.id, coalesce(nullif(left(c.subject, 200), ''), '-'), c.inbox_id, c.created_at, c.last_message_at, p.email,
       c.assignee_id, case when c.status in ('open', 'waiting', 'snoozed') then 1 when c.status = 'resolved' then 3 else 4 end,
       false, coalesce(f.text, ''), 3, md5(c.id::text)
from conversations_conversation c join contacts_contact p on p.id = c.contact_id
left join lateral (select text from conversations_message m where m.conversation_id = c.id order by at, id limit 1) f on true
"""
FOLLOW_UPS = """
select m.id, m.conversation_id, m.at, case m.kind when 'event' then m.event else 'Comment' end, m.text, m.kind <> 'note', m.by_id
from conversations_message m
where m.id <> (select o.id from conversations_message o where o.conversation_id = m.conversation_id order by at, id limit 1)
"""
COPIES = (
    ("auth_user", "id username email first_name last_name password is_active is_staff is_superuser date_joined", USERS),
    (
        "helpdesk_queue",
        "id title slug allow_public_submission allow_email_submission escalate_days email_box_ssl",
        "select id, name, 'q' || id, false, false, 0, false from channels_inbox",
    ),
    (
        "helpdesk_ticket",
        "id title queue_id created modified submitter_email assigned_to_id status on_hold description priority secret_key",
        TICKETS,
    ),
    ("helpdesk_followup", "id ticket_id date title comment public user_id", FOLLOW_UPS),
)


def move(ours: str, theirs: str) -> None:
    """Copy everything from our database into theirs, column by column; what they ask for beyond it keeps its default."""
    with psycopg.connect(ours) as source, psycopg.connect(theirs, autocommit=True) as target:
        target.execute("set session_replication_role = replica")
        target.execute("set synchronous_commit = off")
        for table, columns, query in COPIES:
            _fill_in_the_rest(target, table, columns.split())
            names = ", ".join(f'"{name}"' for name in columns.split())
            target.execute(f"truncate {table} cascade")
            with (
                source.cursor().copy(f"copy ({query}) to stdout") as leaving,
                target.cursor().copy(f"copy {table} ({names}) from stdin") as coming,
            ):
                for block in leaving:
                    coming.write(block)
            progress(f"{table} is copied")
        target.execute("vacuum (analyze)")


def _fill_in_the_rest(target: psycopg.Connection, table: str, given: list[str]) -> None:
    """Django keeps defaults in Python; in a bare COPY every other required column is empty text, zero or false."""
    asked = """
    select column_name, data_type from information_schema.columns
    where table_name = %s and is_nullable = 'NO' and column_default is null and is_identity = 'NO'
    """
    for name, kind in target.execute(asked, [table]).fetchall():
        if name not in given:
            empty = "false" if kind == "boolean" else "''" if "char" in kind or kind == "text" else "0"
            empty = "'{}'" if "json" in kind else empty
            target.execute(f'alter table {table} alter column "{name}" set default {empty}')
