"""Every page of the product in a real browser: nothing for axe to find, nothing sideways, nothing said on the console.

A new address fails here until it stands in PAGES with how to call it, or in one of the lists of what is no page.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import connections
from django.test import Client
from playwright.sync_api import Browser, ConsoleMessage, Page, Playwright, expect

from tests import cast
from tests.pages import the_shop
from tests.pages.axe import COLOURS, NO_COLOURS, faults
from tests.pages.the_shop import Shop
from tests.web.test_every_address import addresses

pytestmark = pytest.mark.django_db  # without it pytest-django would make no database for the shop

WIDE, PHONE, NARROWEST = 1440, 390, 320
LOUD = {"error", "warning"}
ELSEWHERE_SERVED = ("/chat/v1/live", "/v1/batch", "/v1/projects/")


@dataclass(frozen=True, kw_only=True)
class Visit:
    """How a page is opened: its path with gaps for the numbers of the shop, who looks, and what is done before looking."""

    path: str
    by: str = "deniz"
    status: int = 200
    do: Callable[[Page], None] | None = None
    width: int = WIDE  # where `do` can be done
    language: str = ""  # of a page that is not ours


def palette(page: Page) -> None:
    page.keyboard.press("Control+k")
    page.keyboard.type("ays")
    expect(page.locator("#palette [role=option]").first).to_be_visible()


def keys(page: Page) -> None:
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()


def chosen_rows(page: Page) -> None:
    """Two rows chosen by key, and the menu above them."""
    for place in (0, 1):
        page.locator("[data-row]").nth(place).focus()
        page.keyboard.press("x")
    page.locator("[data-menu=bulk-more]").click()
    expect(page.locator("#bulk-more")).to_be_visible()


def held(page: Page) -> None:
    """What comes of an answer to a thread in which somebody wrote meanwhile."""
    page.locator("[data-editor=reply]").fill("Paketiniz hazır.")
    page.evaluate("document.querySelector('#composer [name=seen]').value = '1'")
    page.locator("#composer button[type=submit].btn-primary.only-reply").click()
    expect(page.locator(".composer-held")).to_be_visible()


def opens(selector: str, part: str) -> Callable[[Page], None]:
    def press(page: Page) -> None:
        page.locator(selector).first.click()
        expect(page.locator(part).first).to_be_visible()

    return press


def would_be_sent(page: Page) -> None:
    """The panel of the writing assistant, with the text that would go."""
    page.locator("[data-menu=assist-menu]").click()
    page.locator("[data-assists=draft]").click()
    expect(page.locator("#assistant .assist-text")).to_be_visible()


def rule_lines(page: Page) -> None:
    """Lines of other kinds, with boxes to tick and a text to write."""
    page.locator("#conditions select[id$=kind]").select_option("inbox")
    expect(page.locator("#conditions input[type=checkbox]").first).to_be_visible()
    page.locator("#actions select[id$=kind]").select_option("mention")
    expect(page.locator("#actions textarea")).to_be_visible()


def second_factor(page: Page) -> None:
    page.fill("[name=login]", "mert@ihlamurev.example")
    page.fill("[name=password]", cast.PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/login/second/")


def widget(page: Page) -> None:
    page.locator("#muhatap-chat .launch").click()


PAGES: dict[str, Visit] = {
    "gallery": Visit(path="/gallery/"),
    "understanding:topics": Visit(path="/understanding/topics/"),
    "understanding:new_topic": Visit(path="/understanding/topics/new/"),
    "understanding:topic": Visit(path="/understanding/topics/{topic}/"),
    "understanding:learned": Visit(path="/understanding/learned/"),
    "understanding:behind": Visit(path="/understanding/learned/messages/?only=unsure"),
    "understanding:learned_from": Visit(path="/understanding/learned/{learned}/messages/?only=held_back"),
    "understanding:never_read": Visit(path="/understanding/older/messages/"),
    "promises:list": Visit(path="/promises/?whose=all"),
    "promises:one": Visit(path="/promises/{promise}/"),
    "promises:new": Visit(path="/promises/to/{ayse}/"),
    "promises:report": Visit(path="/promises/report/?whose=all"),
    "cases:list": Visit(path="/cases/?state=all"),
    "cases:one": Visit(path="/cases/{case}/"),
    "cases:edit": Visit(path="/cases/{case}/edit/"),
    "cases:new": Visit(path="/cases/to/{ayse}/"),
    "cases:report": Visit(path="/cases/cost/"),
    "cases:costs": Visit(path="/cases/cost/rows/"),
    "cases:lost": Visit(path="/cases/cost/lost/"),
    "cases:lost_customers": Visit(path="/cases/cost/lost/customers/?of=others"),
    "cases:new_cost": Visit(path="/cases/cost/new/"),
    "cases:causes": Visit(path="/cases/causes/"),
    "cases:new_cause": Visit(path="/cases/causes/new/"),
    "cases:cause": Visit(path="/cases/causes/{cause}/"),
    "cases:rates": Visit(path="/cases/rates/"),
    "account_login": Visit(path="/login/", by=""),
    "account_inactive": Visit(path="/login/inactive/", by=""),
    "mfa_authenticate": Visit(path="/login/", by="mert", do=second_factor),  # a window apart: it stays half logged in
    "account_reauthenticate": Visit(path="/login/again/", by="zeynep"),
    "mfa_reauthenticate": Visit(path="/login/again/code/"),
    "account_logout": Visit(path="/logout/"),
    "account_signup": Visit(path="/signup/", by=""),
    "account_reset_password": Visit(path="/password/forgotten/", by=""),
    "account_reset_password_done": Visit(path="/password/forgotten/sent/", by=""),
    "account_reset_password_from_key": Visit(path="/password/new/1-a-b/", by=""),
    "account_reset_password_from_key_done": Visit(path="/password/new/done/", by=""),
    "account_change_password": Visit(path="/account/password/"),
    "mfa_activate_totp": Visit(path="/account/security/app/", by="zeynep"),
    "mfa_deactivate_totp": Visit(path="/account/security/app/off/"),
    "mfa_view_recovery_codes": Visit(path="/account/security/codes/"),
    "mfa_generate_recovery_codes": Visit(path="/account/security/codes/new/"),
    "mfa_list_webauthn": Visit(path="/account/security/passkeys/"),
    "mfa_add_webauthn": Visit(path="/account/security/passkeys/new/", by="zeynep"),
    "mfa_edit_webauthn": Visit(path="/account/security/passkeys/{passkey}/name/"),
    "mfa_remove_webauthn": Visit(path="/account/security/passkeys/{passkey}/remove/"),
    "accounts:me": Visit(path="/account/"),
    "accounts:invitation": Visit(path="/account/invitation/{invitation}/", by=""),
    "accounts:staff": Visit(path="/account/staff/"),
    "accounts:invite": Visit(path="/account/staff/invite/"),
    "accounts:person": Visit(path="/account/staff/{zeynep}/"),
    "accounts:teams": Visit(path="/account/teams/"),
    "accounts:new_team": Visit(path="/account/teams/new/"),
    "accounts:team": Visit(path="/account/teams/{team}/"),
    "accounts:audit": Visit(path="/account/audit/"),
    "inbox:list": Visit(path="/inbox/", by="zeynep"),
    "inbox:view": Visit(path="/inbox/in/spam/", by="zeynep"),
    "inbox:new": Visit(path="/inbox/new/{ayse}/", by="zeynep"),
    "inbox:conversation": Visit(path="/inbox/{letters}/?view=mine", by="zeynep"),
    "inbox:rename": Visit(path="/inbox/{letters}/subject/", by="zeynep"),
    "inbox:merge": Visit(path="/inbox/{letters}/merge/", by="zeynep"),
    "inbox:move": Visit(path="/inbox/messages/{message}/move/", by="zeynep"),
    "inbox:filter": Visit(path="/inbox/filter/?c=status:is:open&c=waiting:beyond:24h&c=text:has:vazo", by="zeynep"),
    "inbox:saved_views": Visit(path="/inbox/saved/"),
    "inbox:saved_view": Visit(path="/inbox/saved/{view}/"),
    "inbox:blocked": Visit(path="/inbox/blocked/"),
    "imports:list": Visit(path="/contacts/imports/"),
    "imports:new": Visit(path="/contacts/imports/new/"),
    "imports:mapping": Visit(path="/contacts/imports/{mapped}/columns/"),
    "imports:one": Visit(path="/contacts/imports/{imported}/"),
    "imports:listed": Visit(path="/contacts/imports/{imported}/rows/"),
    "imports:everything": Visit(path="/contacts/imports/everything/"),
    "duplicates:list": Visit(path="/contacts/review/"),
    "duplicates:one": Visit(path="/contacts/review/{question}/"),
    "contacts:list": Visit(path="/contacts/"),
    "contacts:new": Visit(path="/contacts/new/"),
    "contacts:fields": Visit(path="/contacts/fields/"),
    "contacts:field": Visit(path="/contacts/fields/{field}/"),
    "contacts:recognition": Visit(path="/contacts/recognition/"),
    "contacts:limits": Visit(path="/contacts/recognition/email/"),
    "contacts:values": Visit(path="/contacts/values/"),
    "contacts:value_rule": Visit(path="/contacts/values/city/"),
    "contacts:companies": Visit(path="/contacts/companies/"),
    "contacts:company": Visit(path="/contacts/companies/{company}/"),
    "contacts:edit_company": Visit(path="/contacts/companies/{company}/edit/"),
    "contacts:merge": Visit(path="/contacts/merge/?keep={ipek}&drop={tuncay}"),
    "contacts:page": Visit(path="/contacts/{ayse}/"),
    "contacts:edit": Visit(path="/contacts/{ayse}/edit/"),
    "contacts:history": Visit(path="/contacts/{ayse}/history/"),
    "contacts:choose_twin": Visit(path="/contacts/{ayse}/merge/"),
    "contacts:move": Visit(path="/contacts/{doubted}/records/{doubted_record}/moving/"),
    "contacts:moving": Visit(path="/contacts/{doubted}/records/{doubted_record}/moving/{ipek}/"),
    "contacts:ties": Visit(path="/contacts/{ayse}/ties/?q=ipek"),
    "contacts:identities": Visit(path="/contacts/{ayse}/identities/"),
    "notices:list": Visit(path="/notices/", by="zeynep"),
    "notices:preferences": Visit(path="/notices/preferences/", by="zeynep"),
    "notices:offline": Visit(path="/notices/offline/", by=""),
    "settings:index": Visit(path="/settings/"),
    "settings:inboxes": Visit(path="/settings/inboxes/"),
    "listening:sources": Visit(path="/settings/listening/"),
    "listening:new": Visit(path="/settings/listening/new/youtube/"),
    "listening:source": Visit(path="/settings/listening/{forum}/"),
    "posts:heard": Visit(path="/posts/", by="zeynep"),
    "posts:new": Visit(path="/posts/new/", by="zeynep"),
    "settings:new_inbox": Visit(path="/settings/inboxes/new/"),
    "settings:new_chat": Visit(path="/settings/inboxes/new-chat/"),
    "settings:chat": Visit(path="/settings/inboxes/{widget}/chat/"),
    "settings:health": Visit(path="/settings/inboxes/{mailbox}/"),
    "settings:inbox": Visit(path="/settings/inboxes/{mailbox}/edit/"),
    "settings:items": Visit(path="/settings/inboxes/{mailbox}/items/"),
    "settings:outgoing": Visit(path="/settings/inboxes/{mailbox}/outgoing/"),
    "assistant_settings:edit": Visit(path="/settings/assistant/"),
    "assistant_settings:sent": Visit(path="/settings/assistant/sent/"),
    "assistant_settings:one": Visit(path="/settings/assistant/sent/{asking}/"),
    "writing:canned": Visit(path="/settings/writing/"),
    "writing:new_canned": Visit(path="/settings/writing/new/"),
    "writing:canned_reply": Visit(path="/settings/writing/{canned}/"),
    "writing:signatures": Visit(path="/settings/writing/signatures/"),
    "writing:new_signature": Visit(path="/settings/writing/signatures/new/", by="zeynep"),
    "writing:signature": Visit(path="/settings/writing/signatures/{signature}/"),
    "settings:keeping": Visit(path="/settings/keeping/"),
    "settings:quarantine": Visit(path="/settings/quarantine/"),
    "settings:quarantined": Visit(path="/settings/quarantine/{quarantined}/"),
    "visits:list": Visit(path="/visits/", do=opens("details summary", ".visit-pages li")),
    "voice:overview": Visit(path="/insight/voice/?period=90d"),
    "voice:rows": Visit(path="/insight/voice/messages/?period=90d"),
    "voice:answers": Visit(path="/insight/voice/answers/?kind=csat&period=90d"),
    "voice:themes": Visit(path="/insight/voice/themes/"),
    "voice:theme": Visit(path="/insight/voice/themes/{theme}/"),
    "voice:week": Visit(path="/insight/voice/week/"),
    "visits:visit": Visit(path="/visits/{visit}/"),
    "web:overview": Visit(path="/insight/web/"),
    "web:now": Visit(path="/insight/web/now/"),
    "web:pages": Visit(path="/insight/web/pages/"),
    "web:products": Visit(path="/insight/web/products/"),
    "web:clicks": Visit(path="/insight/web/clicks/"),
    "web:sources": Visit(path="/insight/web/sources/"),
    "web:campaigns": Visit(path="/insight/web/campaigns/"),
    "web:funnel": Visit(path="/insight/web/funnel/"),
    "web:paths": Visit(path="/insight/web/paths/"),
    "web:returning": Visit(path="/insight/web/returning/"),
    "sales:orders": Visit(path="/sales/orders/"),
    "sales:order": Visit(path="/sales/orders/{order}/"),
    "sales:carts": Visit(path="/sales/carts/", by="zeynep"),
    "sales:worth": Visit(path="/sales/worth/", by="zeynep"),
    "sales:worth_customers": Visit(path="/sales/worth/customers/?segment=new", by="zeynep"),
    "shops:questions": Visit(path="/settings/shops/{marketplace}/questions/"),
    "shops:list": Visit(path="/settings/shops/"),
    "shops:new": Visit(path="/settings/shops/new/shopify/"),
    "shops:shop": Visit(path="/settings/shops/{sold_at}/"),
    "shops:edit": Visit(path="/settings/shops/{sold_at}/edit/"),
    "shops:deliveries": Visit(path="/settings/shops/{sold_at}/deliveries/"),
    "shops:delivery": Visit(path="/settings/shops/{sold_at}/deliveries/{sold_delivery}/"),
    "sites:list": Visit(path="/settings/sites/"),
    "sites:new": Visit(path="/settings/sites/new/"),
    "sites:site": Visit(path="/settings/sites/{site}/"),
    "sites:edit": Visit(path="/settings/sites/{site}/edit/"),
    "triggers:list": Visit(path="/settings/triggers/"),
    "triggers:edit": Visit(path="/settings/triggers/cart_left/"),
    "developer:index": Visit(path="/settings/developer/"),
    "developer:reference": Visit(path="/settings/developer/reference/"),
    "developer:new_key": Visit(path="/settings/developer/keys/new/"),
    "developer:new_webhook": Visit(path="/settings/developer/webhooks/new/"),
    "developer:webhook": Visit(path="/settings/developer/webhooks/{webhook}/"),
    "developer:edit_webhook": Visit(path="/settings/developer/webhooks/{webhook}/edit/"),
    "developer:delivery": Visit(path="/settings/developer/deliveries/{delivery}/"),
    "insight:overview": Visit(path="/insight/"),
    "insight:people": Visit(path="/insight/people/"),
    "insight:ratings": Visit(path="/insight/ratings/"),
    "insight:rows": Visit(path="/insight/rows/?figure=first_response"),
    "insight:definitions": Visit(path="/insight/definitions/"),
    "automation:rules": Visit(path="/settings/automation/"),
    "automation:new_rule": Visit(path="/settings/automation/rules/new/"),
    "automation:rule": Visit(path="/settings/automation/rules/{rule}/"),
    "automation:log": Visit(path="/settings/automation/rules/{rule}/log/"),
    "automation:dry_run": Visit(path="/settings/automation/rules/{rule}/dry-run/"),
    "automation:firing": Visit(path="/settings/automation/firings/{firing}/", by="zeynep"),
    "automation:macros": Visit(path="/settings/automation/macros/"),
    "automation:new_macro": Visit(path="/settings/automation/macros/new/"),
    "automation:macro": Visit(path="/settings/automation/macros/{macro}/"),
    "automation:giving": Visit(path="/settings/automation/giving/"),
    "automation:giving_team": Visit(path="/settings/automation/giving/teams/{team}/"),
    "automation:giving_person": Visit(path="/settings/automation/giving/people/{zeynep}/"),
    "surveys:list": Visit(path="/surveys/"),
    "surveys:new": Visit(path="/surveys/new/"),
    "surveys:edit": Visit(path="/surveys/{survey}/edit/"),
    "surveys:new_question": Visit(path="/surveys/{survey}/questions/new/"),
    "surveys:question": Visit(path="/surveys/{survey}/questions/{survey_question}/"),
    "surveys:results": Visit(path="/surveys/{survey}/"),
    "surveys:answers": Visit(path="/surveys/{survey}/answers/"),
    "surveys:invitations": Visit(path="/surveys/{survey}/asked/"),
    "surveys:not_asked": Visit(path="/surveys/{survey}/not-asked/"),
    "surveys:waiting": Visit(path="/surveys/waiting/", by="zeynep"),
    "feedback:rate": Visit(path="/rate/{rating}/", by="", language="tr"),
    "feedback:thanks": Visit(path="/rate/{rated}/thanks/", by="", language="tr"),
    "feedback:refuse": Visit(path="/rate/{rated}/no/", by="", language="tr"),
    "open_surveys:begin": Visit(path="/survey/{survey_key}/", by=""),
    "open_surveys:go_on": Visit(path="/survey/answer/{survey_receipt}/?step=2", by="", language="tr"),
    "open_surveys:thanks": Visit(path="/survey/answer/{survey_receipt}/thanks/", by="", language="tr"),
    "search:results": Visit(path="/search/?q=nevresim+from:ayşe+foo:bar"),
    "today:show": Visit(path="/today/", by="zeynep"),
    "service:policies": Visit(path="/settings/service/policies/"),
    "service:new_policy": Visit(path="/settings/service/policies/new/"),
    "service:policy": Visit(path="/settings/service/policies/{policy}/"),
    "service:hours": Visit(path="/settings/service/hours/"),
    "service:new_hours": Visit(path="/settings/service/hours/new/"),
    "service:edit_hours": Visit(path="/settings/service/hours/{hours}/"),
    "service:holidays": Visit(path="/settings/service/holidays/"),
    "service:new_holiday": Visit(path="/settings/service/holidays/new/"),
    "service:holiday": Visit(path="/settings/service/holidays/{holiday}/"),
    "demo/shop/": Visit(path="/demo/shop/", by="", language="tr"),
}
STATES: dict[str, Visit] = {
    "import after its dry run": Visit(path="/contacts/imports/{mapped}/"),
    "contact that may be two people": Visit(path="/contacts/review/{torn}/"),
    "no question of this kind": Visit(path="/contacts/review/?kind=later"),
    "file that nobody can read": Visit(path="/contacts/imports/{unreadable}/"),
    "how to search": Visit(path="/search/", by="zeynep"),
    "search without a find": Visit(path="/search/?q=yılmas+durum:açık"),
    "search of files": Visit(path="/search/?q=var:dosya&tab=files"),
    "search of contacts": Visit(path="/search/?q=güneş&tab=contacts"),
    "not found": Visit(path="/no-such-page/", status=404),
    "not found by a stranger": Visit(path="/no-such-page/", by="", status=404),
    "nothing audited": Visit(path="/account/audit/?object=hiç-yok"),
    "invitation of nobody": Visit(path="/account/invitation/none-such/", by="", status=410),
    "not allowed": Visit(path="/account/audit/", by="ece", status=403),
    "palette": Visit(path="/settings/", do=palette),
    "keys": Visit(path="/inbox/in/mine/", by="zeynep", do=keys),
    "more on a phone": Visit(path="/settings/", do=opens("[data-opens=more]", "#more"), width=PHONE),
    "own menu": Visit(path="/settings/", do=opens("[data-menu=me-menu]", "#me-menu")),
    "chat opened": Visit(path="/inbox/{chat}/?view=all", by="zeynep"),
    "canned replies": Visit(
        path="/inbox/{letters}/", by="zeynep", do=opens("[data-canned-open]", "[data-canned-panel] [role=option]")
    ),
    "sending later": Visit(path="/inbox/{letters}/", by="zeynep", do=opens("[data-menu=later-menu]", "#later-menu")),
    "scheduled answer": Visit(path="/inbox/{scheduled}/?view=scheduled", by="zeynep"),
    "snooze menu": Visit(path="/inbox/{letters}/", by="zeynep", do=opens("[data-menu=snooze-menu]", "#snooze-menu")),
    "chosen rows": Visit(path="/inbox/in/all/", by="zeynep", do=chosen_rows),
    "own fields": Visit(
        path="/inbox/{letters}/", by="zeynep", do=opens("[data-toggles=card-fields-form]", "#card-fields-form")
    ),
    "filtered": Visit(path="/inbox/in/filtered/?c=status:is:open&c=tag:has:999999", by="zeynep"),
    "acts menu": Visit(path="/inbox/{letters}/", by="zeynep", do=opens("[data-menu^=conver]", "#conversation-menu")),
    "recipients": Visit(path="/inbox/{letters}/", by="zeynep", do=opens(".composer-to summary", ".recipients")),
    "note": Visit(path="/inbox/{letters}/", by="zeynep", do=opens("[data-kind=note]", "[data-editor=note]")),
    "card on a phone": Visit(
        path="/inbox/{letters}/", by="zeynep", do=opens("[data-pane-to=card]", "#card"), width=PHONE
    ),
    "lines of a rule": Visit(path="/settings/automation/rules/new/", do=rule_lines),
    "macros menu": Visit(
        path="/inbox/{letters}/", by="zeynep", do=opens("[data-menu=macros-menu]", "#macros-menu [data-macro]")
    ),
    "what would be sent": Visit(path="/inbox/{letters}/", by="zeynep", do=would_be_sent),
    "post in a thread": Visit(path="/inbox/{posted}/", by="zeynep"),
    "held answer": Visit(path="/inbox/{letters}/", by="zeynep", do=held),
    "nothing found": Visit(path="/inbox/in/mine/?q=böyle+bir+şey+yok", by="zeynep"),
    "today of the team": Visit(path="/today/?whose=all", by="deniz"),
    "holidays of no year yet": Visit(path="/settings/service/holidays/?year=2051"),
    "empty view": Visit(path="/inbox/in/mentions/", by="selin"),
    "nothing wants me": Visit(path="/notices/", by="ece"),
    "no contact found": Visit(path="/contacts/?q=böyle+biri+yok"),
    "filters": Visit(path="/contacts/", do=opens("[data-opens=filters]", "#filters")),
    "health of a chat": Visit(path="/settings/inboxes/{widget}/"),
    "web as a table": Visit(path="/insight/web/", do=opens(".web-as-table summary", ".web-as-table table")),
    "web narrowed": Visit(path="/insight/web/?who=unknown&again=new"),
    "shop of a marketplace": Visit(path="/settings/shops/{marketplace}/"),
    "no web figures": Visit(path="/insight/web/?from=2001-01-01&to=2001-01-02"),
    "no clicks": Visit(path="/insight/web/clicks/?from=2001-01-01&to=2001-01-02"),
    "late orders": Visit(path="/sales/orders/?state=late"),
    "no such order": Visit(path="/sales/orders/?q=hiç-yok"),
    "clicks narrowed": Visit(path="/insight/web/clicks/?source=search"),
    "visits narrowed": Visit(path="/visits/?source=search&reached=2&device=1"),
    "no voice": Visit(path="/insight/voice/?from=2001-01-01&to=2001-01-02"),
    "a week without a voice": Visit(path="/insight/voice/week/?week=2001-01-01"),
    "no figures": Visit(path="/insight/?from=2001-01-01&to=2001-01-02"),
    "figure as a table": Visit(path="/insight/?period=7d", do=opens(".chart summary", ".chart-table")),
    "rule that is gone": Visit(path="/settings/automation/firings/999999/", status=410),
    "rating link of nobody": Visit(path="/rate/x/", by="", status=404),
    "survey without answers": Visit(path="/surveys/{survey}/?from=2001-01-01&to=2001-01-02"),
    "chat of a visitor": Visit(path="/demo/shop/", by="", do=widget, language="tr"),
}
ELSEWHERE = {
    "setup": "needs a product nobody has entered yet: tests/pages/test_account_pages.py",
    "mfa_reauthenticate_webauthn": "needs a key made by a device; its page is that of login/again/ with another button",
}
REDIRECTS = {"home", "mfa_index", "account_set_password", "settings:connect", "settings:connected"}
PARTS = {  # fetched into a page that is looked at above
    "inbox:views", "inbox:deadline", "inbox:rows", "inbox:more", "inbox:of_contact", "inbox:thread", "inbox:earlier", "inbox:card",
    "inbox:images", "inbox:composer", "inbox:canned", "notices:news", "notices:team", "contacts:timeline", "contacts:likely", "search:palette",
    "inbox:bulk_progress", "inbox:handed_on", "imports:now", "imports:everything_now", "duplicates:now",
    "sites:arriving", "visits:of_contact", "tasks:open", "triggers:look_back",
    "automation:condition_row", "automation:action_row", "automation:menu", "inbox:assignees", "inbox:followers",
    "inbox:mentions", "web:now_part", "inbox:bulk_people", "inbox:bulk_tags", "automation:availability", "automation:dry_run_now",
    "sales:carts_panel", "sales:of_contact", "shops:progress",
    "promises:of_contact", "web:interest",
    "assistant:standing", "assistant:show",
    "cases:of_contact", "inbox:edit_promise", "understanding:why", "understanding:field", "understanding:older_now",
}  # fmt: skip
FILES = {
    "surveys:code", "surveys:export", "ask/v1/<str:key>", "embed/survey.js",
    "voice:export", "voice:pdf", "promises:export", "cases:export", "cases:report_export",
    "contacts:export_companies", "sales:export", "shops:kept", "inbox:export", "search:export", "accounts:export_audit",
    "imports:rows", "imports:export_file",
    "inbox:file", "inbox:image", "contacts:export", "insight:export", "web:export", "settings:source", "mfa_download_recovery_codes",
    "mfa_login_webauthn", "notices:manifest", "notices:worker", "embed/chat.js", "embed/muhatap.js", "demo/shop.css",
}  # fmt: skip


@pytest.fixture(scope="session")
def hung_up(django_db_setup: None, playwright: Playwright) -> Iterator[None]:
    """While Playwright's loop runs, Django keeps its connections elsewhere, where those who end the database miss them."""
    yield
    connections.close_all()


@pytest.fixture(scope="module")
def shop(hung_up: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    with django_db_blocker.unblock(), the_shop.standing(tmp_path_factory.mktemp("shop")) as shop:
        yield shop


@pytest.fixture(autouse=True)
def _own_data_folder() -> None:
    """The shop's files stay where the shop was played."""


@dataclass
class Window:
    """One window of a browser, and what its console said since it was last asked."""

    page: Page
    said: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", lambda message: self.said.append(message.text) if is_loud(message) else None)
        self.page.on("pageerror", lambda error: self.said.append(str(error)))


def is_loud(message: ConsoleMessage) -> bool:
    """A visitor's stream and the collector are not there on this server, and trying them again is the scripts' own affair."""
    return message.type in LOUD and not any(path in message.location["url"] for path in ELSEWHERE_SERVED)


Windows = Callable[[str, str], Window]


@pytest.fixture(scope="module")
def windows(shop: Shop, browser: Browser) -> Iterator[Windows]:
    """A window for each reader and language, opened when first needed."""
    opened: dict[tuple[str, str], Window] = {}

    def window(by: str, language: str) -> Window:
        if (by, language) not in opened:
            context = browser.new_context(reduced_motion="reduce", base_url=shop.url)
            context.add_cookies(_cookies(shop, by, language))  # type: ignore[arg-type]
            opened[by, language] = Window(context.new_page())
        return opened[by, language]

    yield window
    for each in opened.values():
        each.page.context.close()


def _cookies(shop: Shop, by: str, language: str) -> list[dict[str, str]]:
    cookies = {settings.LANGUAGE_COOKIE_NAME: language}
    if by in shop.sessions:
        cookies[settings.SESSION_COOKIE_NAME] = shop.sessions[by]
    return [{"name": name, "value": value, "url": shop.url} for name, value in cookies.items()]


@pytest.mark.parametrize("language", ["tr", "en"])
@pytest.mark.parametrize("name", [*PAGES, *STATES])
def test_a_page_is_readable_by_everybody(shop: Shop, windows: Windows, name: str, language: str) -> None:
    visit = (PAGES | STATES)[name]
    window = windows(visit.by, language)
    window.said.clear()
    found = opens_well(window.page, visit, shop) + heads(window.page, visit, language)
    if language == "tr":  # only words differ between languages: roles, names' places and colours are the same
        found += faults(window.page, NO_COLOURS) + colours(window.page, visit) + on_a_phone(window.page, visit)
    found += widths(window.page)
    quiet = [text for text in window.said if str(visit.status) not in text or visit.status == 200]
    assert found + quiet == []


def opens_well(page: Page, visit: Visit, shop: Shop) -> list[str]:
    """What is wrong with the page's answer, when it opens in the light."""
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": visit.width, "height": 900})
    answer = page.goto(visit.path.format(**shop.numbers))
    assert answer is not None
    found = [] if answer.status == visit.status else [f"answers {answer.status}"]
    if visit.do:
        visit.do(page)
    elif page.url != answer.url or urlsplit(page.url).path != urlsplit(visit.path.format(**shop.numbers)).path:
        found.append(f"sends on to {page.url}")
    return found


def on_a_phone(page: Page, visit: Visit) -> list[str]:
    """What is wrong with the whole page on a phone; what `do` opened is looked at where it was opened."""
    if visit.width == PHONE or visit.do:
        return []
    page.set_viewport_size({"width": PHONE, "height": 844})
    return faults(page, NO_COLOURS)


def widths(page: Page) -> list[str]:
    """Whether anything sticks out on a phone."""
    found = []
    for width in (PHONE, NARROWEST):
        page.set_viewport_size({"width": width, "height": 844})
        if (wide := page.evaluate("document.documentElement.scrollWidth")) > width:
            found.append(f"is {wide} wide on {width}")
    return found


def heads(page: Page, visit: Visit, language: str) -> list[str]:
    """What is wrong with its title, its heading and its language."""
    title, n_headings, lang = page.evaluate(
        "[document.title.trim(), document.querySelectorAll('h1').length, document.documentElement.lang]"
    )
    wrong = {
        "no title": not title,
        f"{n_headings} h1": n_headings != 1,
        f"is in {lang}": lang != (visit.language or language),
    }
    return [what for what, is_so in wrong.items() if is_so]


def colours(page: Page, visit: Visit) -> list[str]:
    """What cannot be read, by day and by night. The frame around all pages is looked at once for each state that opens something."""
    within = "" if visit.do or not page.locator("main").count() else "main"
    found = faults(page, COLOURS, within)
    page.emulate_media(color_scheme="dark")
    found += [f"in the dark, {fault}" for fault in faults(page, COLOURS, within)]
    page.emulate_media(color_scheme="light")
    return found


def test_every_address_that_answers_is_looked_at_or_said_to_be_no_page(shop: Shop) -> None:
    known = {*PAGES, *ELSEWHERE, *REDIRECTS, *PARTS, *FILES}
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = shop.sessions["deniz"]
    strange = [
        address.name or address.route
        for address in addresses()
        if not address.route.startswith(("chat/v1/", "api/v1/")) and not {address.name, address.route} & known
    ]
    by_name = {address.name or address.route: address.url for address in addresses()}
    assert [name for name in strange if client.get(by_name[name]).status_code != 405] == []


def test_nothing_is_listed_that_is_not_there() -> None:
    there = {name for address in addresses() for name in (address.name, address.route)}
    assert {*PAGES, *ELSEWHERE, *REDIRECTS, *PARTS, *FILES} - there == set()
