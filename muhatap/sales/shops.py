"""Shops: connected, changed, turned off; their secrets made, renewed and told."""

import secrets as random
from collections.abc import Mapping
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.db import transaction
from django.utils.translation import gettext as _

from muhatap.accounts import audit
from muhatap.accounts.models import User
from muhatap.channels.models import Inbox
from muhatap.sales.handing import hand_over
from muhatap.sales.models import Shop
from muhatap.sales.told import currency as code
from muhatap.shared import locks, secrets
from muhatap.webhooks import endpoints

OLD_SECRET_HOLDS = timedelta(hours=24)  # Shopify may sign with the old one for an hour
SIGNING = (Shop.Kind.WOOCOMMERCE, Shop.Kind.SHOPIFY, Shop.Kind.TRENDYOL)
ASKED = (Shop.Kind.WOOCOMMERCE, Shop.Kind.SHOPIFY, Shop.Kind.TRENDYOL)  # whose API can be read
_PLAIN = ("name", "currency", "address", "account", "api_name", "cart_minutes", "is_on")


class BadShop(ValueError):
    """It cannot be kept so; `field` says where, the text why."""

    def __init__(self, field: str, said: str) -> None:
        super().__init__(said)
        self.field = field


@transaction.atomic
def connect(*, kind: str, values: Mapping[str, object], by: User | None, at: datetime) -> Shop:
    """A new shop. `values`: name, currency, address, api_name, api_secret, secret, web_source, cart_minutes, and
    `is_own` for a shop whose customers' numbers the chat tells as they are. Raises BadShop.
    """
    locks.hold("shops")
    shop = Shop(kind=kind, token=random.token_urlsafe(18), by=by, created_at=at, namespace="")
    shop.namespace = _namespace(kind, is_own=bool(values.get("web_source") or values.get("is_own")))
    _set(shop, values)
    given = str(values.get("secret") or "")
    if kind == Shop.Kind.SHOPIFY and not given:
        raise BadShop("secret", _("Shopify gives the secret: paste it from the shop's notification settings."))
    if kind in SIGNING:
        shop.secret_sealed = secrets.seal(given or random.token_urlsafe(24))
    shop.save()
    _tie(shop, str(values.get("web_source") or ""))
    audit.record(by=by, at=at, act="shop.connected", kind="shop", id=shop.pk, name=shop.name, shop=kind)
    return shop


@transaction.atomic
def change(*, shop: Shop, values: Mapping[str, object], by: User, at: datetime) -> None:
    """What `values` names is changed; empty secrets stay as they are. Raises BadShop."""
    locks.hold("shops")
    before = {name: getattr(shop, name) for name in (*_PLAIN, "web_source")}
    _set(shop, values)
    if _place(before["address"]) != _place(shop.address) and shop.api_secret_sealed and not values.get("api_secret"):
        raise BadShop(
            "api_secret", _("The address is another: type the secret again, so that it goes nowhere it should not.")
        )
    shop.save()
    _pass_on(shop)
    if "web_source" in values:
        _tie(shop, str(values.get("web_source") or ""))
    changed = [name for name in before if before[name] != getattr(shop, name)]
    if values.get("api_secret"):
        changed.append("api_secret")
    if given := str(values.get("secret") or ""):
        renew(shop=shop, by=by, at=at, secret=given)
    if changed:
        audit.record(by=by, at=at, act="shop.changed", kind="shop", id=shop.pk, name=shop.name, changed=changed)


@transaction.atomic
def renew(*, shop: Shop, by: User, at: datetime, secret: str = "") -> None:
    """Another secret, the shop's own or one of ours; for a day the one before is accepted too."""
    shop.old_secret_sealed, shop.old_secret_until = shop.secret_sealed, at + OLD_SECRET_HOLDS
    shop.secret_sealed = secrets.seal(secret or random.token_urlsafe(24))
    shop.save(update_fields=["secret_sealed", "old_secret_sealed", "old_secret_until"])
    audit.record(by=by, at=at, act="shop.secret_renewed", kind="shop", id=shop.pk, name=shop.name)


def valid_secrets(shop: Shop, *, at: datetime) -> list[str]:
    """The secrets its deliveries may be signed with now, as far as they can be read. Raises SecretLost when none can."""
    is_changing = shop.old_secret_until is not None and shop.old_secret_until > at
    sealed = [shop.secret_sealed, *([shop.old_secret_sealed] if is_changing else [])]
    found, lost = [], None
    for one in filter(None, sealed):
        try:
            found.append(secrets.unseal(one))
        except secrets.SecretLost as error:
            lost = error
    if lost and not found:
        raise lost
    return found


def api_secret(shop: Shop) -> str:
    """Raises SecretLost."""
    return secrets.unseal(shop.api_secret_sealed)


def of_site(*, source: str, name: str, at: datetime) -> Shop:
    """The shop whose visitors this site's are; made when no shop was tied to it."""
    with transaction.atomic():
        locks.share("shops")  # nobody hands the site to another shop while its events are written
        found = Shop.objects.filter(web_source=source).first()
        if found:
            return found
        locks.hold("shops")
        found = Shop.objects.filter(web_source=source).first()
        values = {"name": name, "web_source": source}
        return found or connect(kind=Shop.Kind.WEB, values=values, by=None, at=at)


def is_same(given: str, secret: str) -> bool:
    """Compared in a time that tells nothing."""
    return random.compare_digest(given.encode(), secret.encode())


def account(shop: Shop, number: str) -> str:
    """A customer's number as the house knows it: two shops' customer 20871 are two."""
    return f"{shop.namespace}:{number}" if shop.namespace else number


def _namespace(kind: str, *, is_own: bool) -> str:
    """The firm's own shop, the one on its site, has none: the chat on its pages tells plain numbers too."""
    is_own = is_own and kind in (Shop.Kind.WOOCOMMERCE, Shop.Kind.SHOPIFY, Shop.Kind.FEED)
    is_free = not Shop.objects.filter(namespace="").exists()
    return "" if is_own and is_free else f"{kind[:8]}-{random.token_hex(3)}"


def _set(shop: Shop, values: Mapping[str, object]) -> None:
    for name in _PLAIN:
        if name in values:
            setattr(shop, name, values[name])
    shop.currency = code(shop.currency)
    if not shop.name.strip():
        raise BadShop("name", _("Give it a name."))
    if not shop.currency:
        raise BadShop("currency", _("Three letters, such as TRY."))
    if shop.address:
        _check(shop)
    if given := values.get("api_secret"):
        shop.api_secret_sealed = secrets.seal(str(given))


def _check(shop: Shop) -> None:
    parts = urlsplit(shop.address)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or not shop.address.isascii():
        raise BadShop("address", _("This is not a whole address. Example: https://www.ihlamurev.example"))
    if parts.scheme == "http" and shop.kind in ASKED and not endpoints.may_be_private():
        raise BadShop("address", _("The key goes along with each question: it must be https."))
    if shop.kind != Shop.Kind.FEED:
        shop.address = shop.address.rstrip("/")


def _pass_on(shop: Shop) -> None:
    """The inbox of its customers' questions goes in by the same key."""
    for inbox in Inbox.objects.select_for_update().filter(kind="trendyol", settings__shop_id=shop.pk):
        inbox.settings = {**inbox.settings, **shop.access_to_questions()}
        inbox.save(update_fields=["settings"])


def _tie(shop: Shop, source: str) -> None:
    """The site's visitors shop here from now on; a shop that stood for the site alone gives it up."""
    before = list(Shop.objects.filter(web_source=source).exclude(pk=shop.pk)) if source else []
    Shop.objects.filter(pk__in=[one.pk for one in before]).update(web_source="")
    shop.web_source = source
    if source and not shop.orders.exists():
        shop.namespace = _namespace(shop.kind, is_own=True) if shop.namespace else ""
    shop.save(update_fields=["web_source", "namespace"])
    for one in before:
        if one.kind == Shop.Kind.WEB:
            hand_over(before=one, to=shop)


def _place(address: object) -> tuple[str, str]:
    parts = urlsplit(str(address))
    return parts.scheme, parts.netloc
