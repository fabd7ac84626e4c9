"""A shop's older orders, page by page: whom to ask, how, and where the next page begins. The answer is judged elsewhere."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from muhatap.sales import asking, shops
from muhatap.sales.asking import Answer
from muhatap.sales.kinds import shopify, trendyol, woocommerce
from muhatap.sales.models import BackFill, Shop
from muhatap.sales.told import Unreadable, items, mapping, moment

_NEXT = re.compile(r'<([^>]+)>\s*;[^,]*rel="?next"?')


@dataclass(frozen=True, kw_only=True)
class Page:
    """The orders of a page as they were listed; `next` is where the following one begins, None after the last."""

    orders: Sequence[Mapping[str, Any]]
    next: dict[str, Any] | None
    expected: int | None = None


def asked(fill: BackFill, *, at: datetime, may_be_private: bool) -> Answer:
    """What the shop answers for the page where this back-fill stands. Raises Unanswered, SecretLost."""
    shop, secret = fill.shop, shops.api_secret(fill.shop)
    if shop.kind == Shop.Kind.WOOCOMMERCE:
        url, params = f"{shop.address}/wp-json/wc/v3/orders", woocommerce.pages(fill.since, fill.place.get("page", 1))
        headers = asking.basic(shop.api_name, secret)
    elif shop.kind == Shop.Kind.SHOPIFY:
        base = f"{shop.address}/admin/api/{shopify.VERSION}/orders.json"
        url = fill.place.get("url") or base
        params = () if fill.place.get("url") else shopify.pages(fill.since)
        headers = {"X-Shopify-Access-Token": secret}
    else:
        url = f"{shop.address or trendyol.BASE}/integration/order/sellers/{shop.account}/orders"
        begin = _begin(fill, at)
        params = trendyol.pages(begin, min(begin + trendyol.WINDOW, at), fill.place.get("page", 0))
        headers = asking.basic(shop.api_name, secret) | {"User-Agent": f"{shop.account} - SelfIntegration"}
    return asking.ask(url, params=params, headers=headers, may_be_private=may_be_private)


def page(fill: BackFill, answer: Answer, *, at: datetime) -> Page:
    """What a good answer holds. Raises Unreadable."""
    try:
        said = json.loads(answer.body)
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"no JSON: {error}") from error
    if fill.shop.kind == Shop.Kind.WOOCOMMERCE:
        return _woocommerce(fill, answer, said)
    if fill.shop.kind == Shop.Kind.SHOPIFY:
        return _shopify(fill, answer, said)
    return _trendyol(fill, said, at=at)


def _woocommerce(fill: BackFill, answer: Answer, said: Any) -> Page:
    if not isinstance(said, list):
        raise Unreadable("a list of orders was expected")
    here, n_pages = fill.place.get("page", 1), _whole(answer.headers.get("x-wp-totalpages"))
    is_last = here >= n_pages if n_pages is not None else len(said) < woocommerce.PER_PAGE
    following = None if is_last or not said else {"page": here + 1}
    return Page(orders=items(said), next=following, expected=_whole(answer.headers.get("x-wp-total")))


def _shopify(fill: BackFill, answer: Answer, said: Any) -> Page:
    """Its Link header says where to go on; only within the shop itself, since the token goes along."""
    if not isinstance(mapping(said).get("orders"), list):
        raise Unreadable("a list of orders was expected")
    found = _NEXT.search(answer.headers.get("link", ""))
    url = found.group(1) if found else ""
    ours, theirs = urlsplit(fill.shop.address), urlsplit(url)
    if url and (ours.scheme, ours.netloc) != (theirs.scheme, theirs.netloc):
        raise Unreadable("its next page is said to be on another host")
    return Page(orders=items(said["orders"]), next={"url": url} if url else None)


def _trendyol(fill: BackFill, said: Any, *, at: datetime) -> Page:
    """Pages of one window after another until today."""
    whole = mapping(said)
    if not isinstance(whole.get("content"), list):
        raise Unreadable("a list of packages was expected")
    here, begin = int(fill.place.get("page", 0)), _begin(fill, at)
    orders = items(whole["content"])
    n_pages = _whole(whole.get("totalPages")) or 0
    if here + 1 < n_pages and orders:
        # Pages shift while packages change, so the next one begins where this one ended.
        last = max(filter(None, (moment(one.get("lastModifiedDate")) for one in orders)), default=begin)
        is_onwards = begin < last < min(begin + trendyol.WINDOW, at)
        following: dict[str, Any] | None = (
            {"begin": last.isoformat(), "page": 0} if is_onwards else {"begin": begin.isoformat(), "page": here + 1}
        )
    else:
        end = begin + trendyol.WINDOW
        following = {"begin": end.isoformat(), "page": 0} if end < at else None
    return Page(orders=orders, next=following)


def _begin(fill: BackFill, at: datetime) -> datetime:
    return moment(fill.place.get("begin")) or max(fill.since.astimezone(UTC), at - trendyol.OLDEST)


def _whole(told: object) -> int | None:
    try:
        return int(str(told))
    except ValueError:
        return None
