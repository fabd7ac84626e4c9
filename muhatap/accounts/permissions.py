"""What each role may do: one table, asked from every door."""

from muhatap.accounts.models import Role, User

OWNER, ADMINISTRATOR, TEAM_LEAD, AGENT, MARKETER, ANALYST = Role.values
_EVERYBODY = frozenset(Role.values)
_STAFF_OF_SERVICE = frozenset({OWNER, ADMINISTRATOR, TEAM_LEAD, AGENT})
_LEADS = frozenset({OWNER, ADMINISTRATOR, TEAM_LEAD})
_ADMINISTRATION = frozenset({OWNER, ADMINISTRATOR})

PERMISSIONS: dict[str, frozenset[str]] = {
    "account.own": _EVERYBODY,  # one's own name, password, passkeys, sessions
    "conversations.read": _EVERYBODY,
    "conversations.reply": _STAFF_OF_SERVICE,
    "conversations.note": _EVERYBODY - {ANALYST},
    "conversations.assign": _STAFF_OF_SERVICE,
    "conversations.organise": _STAFF_OF_SERVICE,  # tag, snooze, resolve, split, move, merge
    "conversations.shared_views": _LEADS,  # views for a team or for everybody, and changing those of others
    "conversations.export": _LEADS | {ANALYST},  # a list, or what was found, as a file
    "senders.block": _STAFF_OF_SERVICE,
    "contacts.read": _EVERYBODY,
    "contacts.edit": _EVERYBODY - {ANALYST},
    "contacts.merge": _LEADS | {MARKETER},
    "contacts.export": _LEADS | {MARKETER, ANALYST},
    "contacts.import": _LEADS | {MARKETER},  # files of contacts, in and back out
    "contacts.fields": _ADMINISTRATION,  # custom fields
    "contacts.rules": _ADMINISTRATION,  # how contacts are recognised, which value stands
    "contacts.views": _EVERYBODY,
    "contacts.shared_views": _LEADS,  # remove a view that somebody else shared
    "inboxes.read": _LEADS,  # health, quarantine
    "inboxes.edit": _ADMINISTRATION,
    "intake.replay": _ADMINISTRATION,
    "staff.read": _LEADS,
    "staff.edit": _ADMINISTRATION,
    "teams.edit": _ADMINISTRATION,
    "owners.edit": frozenset({OWNER}),
    "service.edit": _LEADS,  # working hours, holidays, SLA policies
    "promises.read": _EVERYBODY,  # of the conversations one sees
    "promises.make": _STAFF_OF_SERVICE,  # make, keep, break, withdraw, put off and hand over promises; and have any
    "cases.read": _EVERYBODY,  # of the conversations one sees, one's own, one's teams'
    "cases.edit": _STAFF_OF_SERVICE,  # open, give, resolve, reopen, compensate, write down time and money
    "cases.shared_views": _LEADS,  # remove a view that somebody else shared
    "cases.export": _LEADS | {ANALYST},
    "costs.read": _LEADS | {ANALYST},  # what quality costs, of everybody
    "everything.export": _ADMINISTRATION,  # all the firm keeps, as files
    "keeping.edit": _ADMINISTRATION,  # how long events and files are kept
    "audit.read": _ADMINISTRATION,
    "insight.own": _STAFF_OF_SERVICE | {ANALYST},  # one's own figures
    "insight.read": _LEADS | {ANALYST},  # everybody's
    "voice.read": _EVERYBODY,  # what customers praise, ask and complain about; the messages as far as one sees them
    "themes.edit": _LEADS | {ANALYST},  # name, hide and merge themes
    "surveys.edit": _ADMINISTRATION,
    "surveys.read": _EVERYBODY - {AGENT},  # what surveys came to, and every answer
    "surveys.follow_up": _STAFF_OF_SERVICE,  # who gave a low score and waits for a word from us
    "understanding.edit": _LEADS,  # the company's topics, going back to what was learned before, reading what is older
    "automation.read": _STAFF_OF_SERVICE,  # rules and why they fired
    "automation.edit": _LEADS,  # rules, who takes the next conversation
    "canned.use": _STAFF_OF_SERVICE,  # canned replies and signatures, and writing one's own
    "canned.share": _LEADS,  # write them for a team, for inboxes or for everybody
    "assistant.use": _STAFF_OF_SERVICE,  # have a draft, a summary or a translation written, where it is on
    "assistant.edit": _ADMINISTRATION,  # where texts go and for what, and every text that went
    "macros.use": _STAFF_OF_SERVICE,  # run them, keep one's own
    "macros.share": _LEADS,  # with a team or everybody
    "visits.read": _EVERYBODY - {AGENT},  # what happens on web sites, of everybody
    "sites.edit": _ADMINISTRATION,  # write keys, and what arrives under them
    "sales.read": _EVERYBODY,  # orders and carts
    "sales.export": _LEADS | {MARKETER, ANALYST},
    "shops.edit": _ADMINISTRATION,  # shops, their secrets, what they sent
    "developer.read": _EVERYBODY,  # the reference of the API
    "developer.edit": _ADMINISTRATION,  # API keys, webhooks
}


def may(user: User, permission: str) -> bool:
    """Whether this user may do this. Raises KeyError for a permission that is not in the table, so no typing error opens one."""
    return user.is_active and user.role in PERMISSIONS[permission]
