"""The audit in words: what each act is called, and one entry as a line of the table."""

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from muhatap.accounts.models import AuditEntry, Role, Visibility

ACTS = {
    "login": _("Logged in"),
    "login.fail": _("Login failed"),
    "login.fail_second": _("Second step of the login failed"),
    "login.fail_again": _("Wrong password before a change of the login"),
    "logout": _("Logged out"),
    "session.end": _("Logged out other devices"),
    "password.change": _("Changed the password"),
    "password.reset": _("Set a new password by mail"),
    "totp.activate": _("Turned on the authenticator app"),
    "totp.deactivate": _("Turned off the authenticator app"),
    "passkey.add": _("Added a passkey"),
    "passkey.remove": _("Removed a passkey"),
    "recovery_codes.generate": _("Created recovery codes"),
    "staff.found": _("Set Muhatap up"),
    "staff.invite": pgettext_lazy("audit", "Invited"),
    "staff.renew_link": _("Created a new password link"),
    "staff.accept": _("Set a password by link"),
    "staff.rename": _("Renamed a person"),
    "staff.change_role": _("Changed the role"),
    "staff.change_visibility": _("Changed what the person sees"),
    "staff.deactivate": pgettext_lazy("audit", "Deactivated"),
    "staff.reactivate": pgettext_lazy("audit", "Let in again"),
    "team.create": _("Created a team"),
    "team.rename": _("Renamed a team"),
    "team.add": _("Added to a team"),
    "team.remove": _("Took out of a team"),
    "team.delete": _("Deleted a team"),
    "conversation.assign": _("Assigned a conversation"),
    "conversation.hand_to_team": _("Handed a conversation to a team"),
    "conversation.resolved": _("Resolved a conversation"),
    "conversation.spam": _("Marked a conversation as spam"),
    "conversation.reopen": _("Reopened a conversation"),
    "conversation.split": _("Split a conversation"),
    "conversation.move": _("Moved messages"),
    "conversation.merge": _("Merged conversations"),
    "conversation.put_back": _("Undid a rearrangement"),
    "conversation.rename": _("Changed the subject of a conversation"),
    "conversation.prioritise": _("Set the priority of a conversation"),
    "conversation.fill": _("Filled in fields of a conversation"),
    "promise.make": _("Made a promise"),
    "promise.kept": _("Kept a promise"),
    "promise.broken": _("Broke a promise"),
    "promise.withdrawn": _("Withdrew a promise"),
    "promise.put_off": _("Put a promise off"),
    "promise.reopen": _("Opened a promise again"),
    "promises.exported": _("Exported promises"),
    "promise.unsay": _("Took a promise back before it left"),
    "case.open": _("Opened a case"),
    "case.change": _("Changed a case"),
    "case.resolve": _("Resolved a case"),
    "case.close": _("Closed a case"),
    "case.reopen": _("Opened a case again"),
    "case.repeat": _("Said which case a case repeats"),
    "case.compensate": _("Gave a customer something for a case"),
    "case.uncompensate": _("Took back what a customer was given"),
    "cases.exported": _("Exported cases"),
    "cause.add": _("Added a cause"),
    "cause.change": _("Changed a cause"),
    "cause.archive": _("Archived a cause"),
    "cause.bring_back": _("Brought a cause back"),
    "cause.merge": _("Merged two causes"),
    "rate.say": _("Said what an hour costs"),
    "rate.withdraw": _("Withdrew the rate of an hour"),
    "cost.write": _("Wrote a cost down"),
    "cost.take_back": _("Took a cost back"),
    "costs.exported": _("Exported costs"),
    "everything.stop": _("Stopped an export of everything"),
    "import.upload": _("Upload a file of contacts"),
    "import.read_again": _("Had the file of an import read in another manner"),
    "import.map": _("Said what the columns of an import are"),
    "import.run": _("Started an import"),
    "import.done": _("Finished an import"),
    "import.cancel": _("Stopped an import"),
    "import.undo": _("Took an import back"),
    "companies.exported": _("Exported companies"),
    "everything.export": _("Asked for an export of everything"),
    "everything.download": _("Downloaded an export of everything"),
    "conversations.bulk": _("Changed several conversations at once"),
    "conversations.bulk_undo": _("Took back an act on several conversations"),
    "sender.block": _("Blocked a sender"),
    "rule.create": _("Created a rule"),
    "rule.change": _("Changed a rule"),
    "rule.switch_on": _("Turned a rule on"),
    "rule.switch_off": _("Turned a rule off"),
    "rule.move": _("Moved a rule in the order"),
    "rule.delete": _("Deleted a rule"),
    "canned_reply.add": _("Wrote a canned reply"),
    "canned_reply.change": _("Changed a canned reply"),
    "canned_reply.remove": _("Removed a canned reply"),
    "signature.add": _("Wrote a signature"),
    "signature.change": _("Changed a signature"),
    "signature.remove": _("Removed a signature"),
    "macro.create": _("Created a macro"),
    "macro.change": _("Changed a macro"),
    "macro.delete": _("Deleted a macro"),
    "macro.run": _("Ran a macro"),
    "macro.undo": _("Took a macro back"),
    "availability.equip": _("Changed what somebody takes and knows"),
    "team.arrange": _("Changed how a team’s conversations are given"),
    "sender.unblock": _("Unblocked a sender"),
    "outbox.cancel": _("Took a message back"),
    "outbox.send_again": _("Resent an uncertain message"),
    "outbox.was_sent": _("Marked an uncertain message as sent"),
    "intake.replay": _("Read received items again"),
    "quarantine.retried": _("Tried a quarantined item again"),
    "quarantine.left_out": _("Left a quarantined item out"),
    "mailbox.fetch": _("Fetched mail"),
    "mailbox.backfill": _("Fetched older mail"),
    "mailbox.missing": _("Fetched missing mail"),
    "mailbox.stop": _("Stopped fetching by request"),
    "inbox.create": _("Created an inbox"),
    "inbox.change": _("Changed an inbox"),
    "inbox.register": _("Registered an application for an inbox"),
    "inbox.connect": _("Connected an inbox"),
    "contact.created": _("Added a contact"),
    "contact.changed": _("Changed a contact"),
    "contact.noted": _("Wrote a note on a contact"),
    "contact.note_removed": _("Removed a note from a contact"),
    "contact.tagged": _("Tagged contacts"),
    "contact.untagged": _("Took a tag off contacts"),
    "contact.merged": _("Merged two contacts"),
    "contact.unmerged": _("Took a merge apart"),
    "contact.split": _("Took records out of a contact"),
    "contact.linked": _("Put records into a contact"),
    "contact.kept_whole": _("Said that a contact is one person"),
    "duplicates.run": _("Began to look for contacts that are one person"),
    "duplicates.stop": _("Stopped the look for contacts that are one person"),
    "duplicates.done": _("Looked at everybody for contacts that are one person"),
    "weights.learned": _("Learned from answers who is one person"),
    "contact.pinned": _("Pinned a value of a contact"),
    "contact.released": _("Let a value of a contact go by the rules again"),
    "identity_rule.changed": _("Changed the limits of a kind of identity"),
    "identity_value.blocked": _("Blocked a value of identities"),
    "identity_value.freed": _("Took a blocked value back"),
    "survivorship.changed": _("Changed which value stands"),
    "contact.likeness_denied": _("Marked two contacts as different people"),
    "contact.likeness_recalled": _("Took back that two contacts differ"),
    "conversations.exported": _("Exported conversations"),
    "search.exported": _("Exported what a search found"),
    "audit.exported": _("Exported the audit"),
    "contacts.exported": _("Exported contacts"),
    "figures.exported": _("Exported figures"),
    "survey.change": _("Changed how customers are asked for a rating"),
    "identity.added": _("Added an address to a contact"),
    "identity.verified": _("Verified an address of a contact"),
    "identity.removed": _("Removed an address of a contact"),
    "company.changed": _("Changed a company"),
    "field.defined": _("Created a custom field"),
    "field.changed": _("Changed a custom field"),
    "field.moved": _("Moved a custom field"),
    "field.archived": _("Archived a custom field"),
    "field.restored": _("Restored a custom field"),
    "hours.create": _("Created working hours"),
    "hours.change": _("Changed working hours"),
    "hours.delete": _("Deleted working hours"),
    "holidays.bring_in": _("Added official holidays"),
    "holiday.add": _("Added a holiday"),
    "holiday.change": _("Changed a holiday"),
    "holiday.remove": _("Took a holiday off the list"),
    "policy.create": _("Created an SLA policy"),
    "policy.change": _("Changed an SLA policy"),
    "policy.move": _("Moved an SLA policy"),
    "policy.archive": _("Archived an SLA policy"),
    "view.saved": _("Saved a view"),
    "view.shared": _("Shared a view"),
    "view.removed": _("Removed a view"),
    "api_key.create": _("Created an API key"),
    "api_key.revoke": _("Revoked an API key"),
    "site.created": _("Added a web site"),
    "site.changed": _("Changed a web site"),
    "site.secret": _("Created a secret for signatures of a web site"),
    "site.server_key": _("Created a server key for a web site"),
    "trigger.changed": _("Changed when somebody turns to a customer"),
    "trigger.settled": _("Settled a task about a customer"),
    "consent.given": _("Noted that a contact agreed"),
    "consent.withdrawn": _("Noted that a contact took consent back"),
    "visitor.parted": _("Parted a browser from a contact"),
    "shop.connected": _("Connected a shop"),
    "shop.changed": _("Changed a shop"),
    "shop.secret_renewed": _("Created a new secret for a shop"),
    "shop.replayed": _("Had deliveries of a shop read again"),
    "shop.file": _("Brought a file of a shop"),
    "shop.back_fill": _("Had older orders of a shop read"),
    "shop.back_fill_stopped": _("Stopped reading older orders"),
    "orders.exported": _("Exported orders"),
    "webhook.create": _("Created a webhook"),
    "webhook.change": _("Changed a webhook"),
    "webhook.rotate": _("Created a new secret for a webhook"),
    "webhook.on": _("Turned a webhook on"),
    "webhook.off": _("Turned a webhook off"),
    "webhook.delete": _("Deleted a webhook"),
    "webhook.replay": _("Resent events to a webhook"),
    "view.moved": _("Moved a view"),
}
KINDS = {
    "user": _("Person on the staff"),
    "team": _("Team"),
    "contact": _("Contact"),
    "company": _("Company"),
    "conversation": _("Conversation"),
    "promise": _("Promise"),
    "case": pgettext("service", "Case"),
    "cause": _("Cause"),
    "rate": _("Rate of an hour"),
    "cost": _("Cost"),
    "outgoing": _("Outgoing message"),
    "raw item": _("Received item"),
    "inbox": _("Inbox"),
    "tag": _("Tag"),
    "field": _("Custom field"),
    "hours": _("Working hours"),
    "holiday": _("Holiday"),
    "policy": _("SLA policy"),
    "contact view": _("Saved view"),
    "api key": _("API key"),
    "site": _("Web site"),
    "shop": _("Shop"),
    "order": _("Order"),
    "duplicates_run": _("Look at the whole base"),
    "weights": _("Weights of comparison"),
    "webhook": _("Webhook"),
    "conversation view": _("Saved view"),
    "bulk act": _("Bulk action"),
    "sender block": _("Blocked sender"),
    "rule": _("Rule"),
    "trigger": _("Trigger"),
    "macro": _("Macro"),
    "canned_reply": _("Canned reply"),
    "signature": _("Signature"),
    "figures": _("Figures"),
    "search": _("What was found"),
    "audit": _("Audit"),
    "import": _("Import"),
    "export": _("Export"),
    "identity_rule": _("Identity rule"),
    "survivorship": _("Field value rule"),
}
_VALUES = {
    **dict(Role.choices),
    **dict(Visibility.choices),
    "password": _("password"),
    "mfa": _("second step"),
    "passkey": _("passkey"),
}
_NAMES = {
    "role": _("role"),
    "email": _("e-mail"),
    "methods": _("with"),
    "n": _("count"),
    "n_sessions": _("devices"),
    "n_items": _("count"),
    "since": _("from"),
    "until": _("until"),
    "members": _("members"),
    "fields": _("fields"),
    "changed": _("changed"),
}


@dataclass(frozen=True, kw_only=True)
class Row:
    """`what` falls back to the act's own name, so that an act without words is seen rather than hidden."""

    at: datetime
    who: str
    what: str
    object: str
    url: str
    details: str

    @classmethod
    def of(cls, entry: AuditEntry) -> "Row":
        kind = str(KINDS.get(entry.object_kind, entry.object_kind))
        return cls(
            at=entry.at,
            who=entry.by_name or (gettext("Nobody logged in") if entry.act.startswith("login") else "Muhatap"),
            what=str(ACTS.get(entry.act, entry.act)),
            object=entry.object_name or f"{kind} {entry.object_id}".strip(),
            url=_url(entry),
            details=", ".join(_details(entry.details)),
        )


def _url(entry: AuditEntry) -> str:
    pages = {"user": "accounts:person", "team": "accounts:team"}
    if entry.object_kind in pages and entry.object_id.isdigit() and entry.act != "team.delete":
        return reverse(pages[entry.object_kind], args=[int(entry.object_id)])
    return ""


def _details(details: dict[str, object]) -> list[str]:
    told = dict(details)
    parts = []
    if "before" in told and "after" in told:
        parts.append(f"{_value(told.pop('before'))} → {_value(told.pop('after'))}")
    if name := told.pop("user_name", ""):
        parts.append(str(name))
        told.pop("user", None)
    if ip := told.pop("ip", ""):
        parts.append(str(ip))
    return parts + [
        f"{_NAMES.get(name, name)}: {_value(told[name])}" for name in told if told[name] not in (None, "", [])
    ]


def _value(value: object) -> str:
    return ", ".join(map(_value, value)) if isinstance(value, list) else str(_VALUES.get(str(value), value))
