"""A question about a product becomes an Inbound; an Outbound becomes the one answer it may get."""

import http.client
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from html import escape
from typing import Any

from django.utils.translation import gettext as _

from muhatap.channels.contract import Claim, Inbound, Limits, Outbound, Receipt, Uncertain, Untranslatable
from muhatap.channels.trendyol import asking
from muhatap.channels.trendyol.models import STANDING, Question
from muhatap.channels.trendyol.told import Asked, Unreadable, asked, line
from muhatap.shared.secrets import SecretLost

SHORTEST, LONGEST = 10, 2000  # letters of an answer
COME_AGAIN = (http.client.UNAUTHORIZED, http.client.FORBIDDEN, http.client.TOO_MANY_REQUESTS)
REFUSED = range(400, 500)


class Trendyol:
    """Speaks the contract for the questions of one seller account."""

    kind = "trendyol"

    def translate(self, raw: bytes, meta: Mapping[str, Any]) -> Inbound:
        """Each question is a thread of its own: it gets one answer, in its own time. Raises Untranslatable."""
        try:
            said = json.loads(raw)
            if not isinstance(said, dict):
                raise Unreadable("an object was expected")
            return _inbound(asked(said), customers=str(meta.get("customers") or "trendyol"))
        except (ValueError, RecursionError) as error:
            raise Untranslatable(f"not a question: {error}") from error

    def limits(self, settings: Mapping[str, Any]) -> Limits:
        return Limits(min_length=SHORTEST, max_length=LONGEST, max_files=0, voice="public")

    def send(
        self, outbound: Outbound, settings: Mapping[str, Any], on_handing: Callable[[], None], *, at: datetime
    ) -> Receipt:
        """Say the answer. Raises Uncertain when nothing tells whether they took it."""
        number = outbound.in_reply_to.partition("#")[0]
        standing = Question.objects.filter(inbox_id=settings["inbox_id"], number=number).first()
        if standing is None:
            return Receipt(state="failed", detail=_("There is no question here that could be answered."))
        if standing.status not in STANDING:
            return Receipt(state="failed", detail=_("Trendyol takes one answer to a question, and this one is closed."))
        if "Auto-Submitted" in outbound.headers:
            return Receipt(state="failed", detail=_("Trendyol takes one answer: nothing automatic is sent."))
        try:
            to = asking.access(settings)
        except (asking.Incomplete, SecretLost):
            return Receipt(state="retry", detail=_("The key of the seller account is missing or cannot be read."))
        return _said(to, number, outbound.text.strip(), on_handing)


ADAPTER = Trendyol()


def _inbound(one: Asked, *, customers: str) -> Inbound:
    """The marketplace says who asks, by its own number for them; their orders there carry the same."""
    who = one.customer or f"question-{one.number}"
    sender = Claim(kind="shop", value=f"{customers}:{who}", is_verified=True, name=one.name)
    about = f"\n\n{one.product}\n{one.url}" if one.url else ""
    return Inbound(
        kind="message",
        external_id=one.number,
        at=one.at,
        sender=sender,
        claims=(sender,),
        subject=one.product,
        text=one.text + about,
        reply_text=one.text,
        html=_html(one) if one.url else "",
        facts={"name": one.name} if one.name else {},
    )


def _html(one: Asked) -> str:
    words = "<br>".join(escape(each) for each in one.text.splitlines())
    return f'<p>{words}</p><p><a href="{escape(one.url)}">{escape(one.product or one.url)}</a></p>'


def _said(to: asking.Access, number: str, text: str, on_handing: Callable[[], None]) -> Receipt:
    begun = False

    def handing() -> None:
        nonlocal begun
        on_handing()
        begun = True

    try:
        answer = asking.reply(to, number, text, handing)
    except asking.Unreached as error:
        if begun:
            raise Uncertain(str(error)) from error
        return Receipt(state="retry", detail=str(error))
    if http.client.OK <= answer.status < http.client.MULTIPLE_CHOICES:
        return Receipt(state="accepted", provider_id=_number(answer.body))
    if answer.status in COME_AGAIN:
        return Receipt(state="retry", detail=f"{answer.status} {_words(answer.body)}")
    if answer.status in REFUSED:
        return Receipt(state="failed", detail=f"{answer.status} {_words(answer.body)}")
    raise Uncertain(f"{answer.status} {_words(answer.body)}")


def _number(body: bytes) -> str:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    return line(said.get("answerId"), 60) if isinstance(said, dict) else ""


def _words(body: bytes) -> str:
    """What they say was wrong: `errors` with a message each, or whatever they wrote."""
    plain = body[:2000].decode("utf-8", "replace")
    try:
        said = json.loads(plain)
    except (ValueError, RecursionError):
        return line(plain, 300)
    errors = said.get("errors") if isinstance(said, dict) else None
    told = (
        [line(one.get("message"), 200) for one in errors if isinstance(one, dict)] if isinstance(errors, list) else []
    )
    return "; ".join(filter(None, told)) or line(plain, 300)
