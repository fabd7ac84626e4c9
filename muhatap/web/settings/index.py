"""The front page of the settings: a line for each page the reader may open."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from muhatap.accounts.models import User
from muhatap.accounts.permissions import may
from muhatap.web.common.doors import needs, visitor
from muhatap.web.common.links import if_there


@dataclass(frozen=True, kw_only=True)
class Entry:
    name: Promise | str
    text: Promise | str
    icon: str
    url_name: str
    permission: str
    group: Promise | str


YOU = pgettext_lazy("group of settings", "You")
CHANNELS = pgettext_lazy("group of settings", "Channels")
WORK = pgettext_lazy("group of settings", "How you work")
PEOPLE = pgettext_lazy("group of settings", "People")
PROGRAMS = pgettext_lazy("group of settings", "Programs")
GROUPS = (YOU, CHANNELS, PEOPLE, WORK, PROGRAMS)


ENTRIES = (
    Entry(
        name=_("My account"),
        text=_("Name, language, password, passkeys, devices"),
        icon="user",
        url_name="accounts:me",
        group=YOU,
        permission="account.own",
    ),
    Entry(
        name=_("Notifications"),
        text=_("What you hear of, where, and when not"),
        icon="bell",
        url_name="notices:preferences",
        group=YOU,
        permission="account.own",
    ),
    Entry(
        name=_("Inboxes"),
        text=_("Mailboxes and chats, and how they are doing"),
        icon="inbox",
        url_name="settings:inboxes",
        group=CHANNELS,
        permission="inboxes.read",
    ),
    Entry(
        name=_("Listening"),
        text=_("Forums, feeds, reviews, public accounts: what people say elsewhere"),
        icon="ear",
        url_name="listening:sources",
        group=CHANNELS,
        permission="inboxes.read",
    ),
    Entry(
        name=_("Quarantine"),
        text=_("What arrived and could not be read"),
        icon="shield-alert",
        url_name="settings:quarantine",
        group=CHANNELS,
        permission="inboxes.read",
    ),
    Entry(
        name=_("SLA policies"),
        text=_("How soon you answer and resolve, working hours, holidays"),
        icon="timer",
        url_name="service:policies",
        group=WORK,
        permission="service.edit",
    ),
    Entry(
        name=_("Blocked senders"),
        text=_("Whose mail goes straight to spam"),
        icon="ban",
        url_name="inbox:blocked",
        group=CHANNELS,
        permission="senders.block",
    ),
    Entry(
        name=_("Staff"),
        text=_("Who works here, roles, invitations"),
        icon="users",
        url_name="accounts:staff",
        group=PEOPLE,
        permission="staff.read",
    ),
    Entry(
        name=_("Teams"),
        text=_("Who shares inboxes and conversations"),
        icon="network",
        url_name="accounts:teams",
        group=PEOPLE,
        permission="staff.read",
    ),
    Entry(
        name=_("Canned replies and signatures"),
        text=_("What you write often, and what stands under your answers"),
        icon="message-square-text",
        url_name="writing:canned",
        group=WORK,
        permission="canned.use",
    ),
    Entry(
        name=_("Writing assistant"),
        text=_("A language model that drafts, summarises and translates: where, what, and every text that went"),
        icon="pen-line",
        url_name="assistant_settings:edit",
        group=WORK,
        permission="assistant.edit",
    ),
    Entry(
        name=_("Automation"),
        text=_("Rules, macros, who takes the next conversation"),
        icon="workflow",
        url_name="automation:rules",
        group=WORK,
        permission="automation.read",
    ),
    Entry(
        name=_("Answering personally"),
        text=_("A cart left, a late order, a third look: when somebody turns to a customer"),
        icon="hand-heart",
        url_name="triggers:list",
        group=WORK,
        permission="automation.read",
    ),
    Entry(
        name=_("Imports"),
        text=_("Contacts from files, and the way back"),
        icon="upload",
        url_name="imports:list",
        group=WORK,
        permission="contacts.import",
    ),
    Entry(
        name=_("Export everything"),
        text=_("All that is yours, in open formats"),
        icon="archive-restore",
        url_name="imports:everything",
        group=PROGRAMS,
        permission="everything.export",
    ),
    Entry(
        name=_("How long data is kept"),
        text=_("Events of web sites and files of imports: what is held, what goes next"),
        icon="hourglass",
        url_name="settings:keeping",
        group=PROGRAMS,
        permission="keeping.edit",
    ),
    Entry(
        name=_("Custom fields"),
        text=_("What you keep about contacts and conversations"),
        icon="list-plus",
        url_name="contacts:fields",
        group=WORK,
        permission="contacts.fields",
    ),
    Entry(
        name=_("Recognition"),
        text=_("How far addresses and numbers prove who somebody is"),
        icon="fingerprint-pattern",
        url_name="contacts:recognition",
        group=WORK,
        permission="contacts.rules",
    ),
    Entry(
        name=_("Which value stands"),
        text=_("When sources tell different things of a contact"),
        icon="scale",
        url_name="contacts:values",
        group=WORK,
        permission="contacts.rules",
    ),
    Entry(
        name=_("Surveys"),
        text=_("What customers are asked, when, and by which ways"),
        icon="smile",
        url_name="surveys:list",
        group=WORK,
        permission="surveys.edit",
    ),
    Entry(
        name=_("What messages say"),
        text=_("Your topics, and what Muhatap learned from corrections"),
        icon="scan-text",
        url_name="understanding:topics",
        group=WORK,
        permission="understanding.edit",
    ),
    Entry(
        name=_("Audit"),
        text=_("Who did what to whom"),
        icon="scroll-text",
        url_name="accounts:audit",
        group=PEOPLE,
        permission="audit.read",
    ),
    Entry(
        name=_("Web sites"),
        text=_("Shops and sites that tell what customers do, and their keys"),
        icon="globe",
        url_name="sites:list",
        group=PROGRAMS,
        permission="sites.edit",
    ),
    Entry(
        name=_("Shops"),
        text=_("Where you sell: WooCommerce, Shopify, Trendyol, files"),
        icon="store",
        url_name="shops:list",
        group=PROGRAMS,
        permission="shops.edit",
    ),
    Entry(
        name=_("Developers"),
        text=_("API keys, webhooks and their deliveries"),
        icon="webhook",
        url_name="developer:index",
        group=PROGRAMS,
        permission="developer.edit",
    ),
    Entry(
        name=_("API reference"),
        text=_("What programs can ask and do"),
        icon="book-open",
        url_name="developer:reference",
        group=PROGRAMS,
        permission="developer.read",
    ),
)


@needs("account.own")
def show(request: HttpRequest) -> HttpResponse:
    return render(request, "settings/index.html", {"groups": _open_to(visitor(request))})


def _open_to(user: User) -> list[tuple[Promise | str, list[tuple[Entry, str]]]]:
    entries = [(entry, url) for entry in ENTRIES if may(user, entry.permission) and (url := if_there(entry.url_name))]
    found = [(group, [(entry, url) for entry, url in entries if entry.group is group]) for group in GROUPS]
    return [(group, its) for group, its in found if its]
