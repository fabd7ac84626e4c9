"""What people do while everything dies around them: customers write mails, visitors chat, agents answer, a shop tells of orders.

Everything that the product confirmed is written down here; the judge looks for it afterwards.
"""

import http.client
import json
import random
import smtplib
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from functools import partial
from typing import Any, TypeVar

from benchmarks.crashing.world import ADDRESS, HOST, World
from benchmarks.report import progress
from tests.sales.payloads import raw, signature, woo_order

UNDO = timedelta(seconds=1)
HTTP_PATIENCE = 10.0
T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How much of everything, and over how many seconds. In a hurry, we sweep up ourselves and do not wait for the product to."""

    n_customers: int
    n_mails: int
    n_visitors: int
    n_lines: int
    n_answers: int
    n_orders: int
    n_kills: int
    seconds: float
    is_hurried: bool = False


@dataclass
class Confirmed:
    """What the product, or the mail server before it, said it has."""

    mails: list[str] = field(default_factory=list)
    lines: dict[str, list[str]] = field(default_factory=dict)
    windows: dict[str, list[str]] = field(default_factory=dict)
    answers: list[str] = field(default_factory=list)
    orders: dict[str, str] = field(default_factory=dict)  # by number, the state that was told last
    n_repeats: int = 0

    @property
    def n_lines(self) -> int:
        return sum(map(len, self.lines.values()))


class Customers:
    """Write mails to the shop, each their own thread; the mail server before the product takes them at once."""

    def __init__(self, world: World, plan: Plan, confirmed: Confirmed) -> None:
        self.world, self.plan, self.confirmed = world, plan, confirmed

    def run(self) -> None:
        first_of: dict[int, str] = {}
        for n in _paced(self.plan.n_mails, self.plan.seconds):
            who = n % self.plan.n_customers
            mail = _mail(n, who, first_of.get(who, ""))
            with smtplib.SMTP(HOST, self.world.mx_port, timeout=60) as server:
                server.send_message(mail)
            first_of.setdefault(who, mail["Message-ID"])
            self.confirmed.mails.append(mail["Message-ID"])


class Visitor:
    """One browser: says its lines one after the other, and repeats each until the product confirms it, as the widget does."""

    def __init__(self, name: str, port: int, plan: Plan, confirmed: Confirmed, dice: random.Random) -> None:
        self.name, self.port, self.plan, self.confirmed, self.dice = name, port, plan, confirmed, dice
        self.token = ""
        self.said: list[str] = []

    def run(self) -> None:
        self.token = self._ask("POST", "/chat/v1/sessions", {"inbox": "bench", "lang": "tr"})["token"]
        self._ask("POST", "/chat/v1/details", {"name": self.name})
        for n in _paced(self.plan.n_lines, self.plan.seconds):
            said = {"id": str(uuid.UUID(int=self.dice.getrandbits(128), version=4)), "text": f"{self.name}: {n}"}
            self._ask("POST", "/chat/v1/messages", said)
            self.said.append(said["id"])
            if self.dice.random() < 0.1:  # the confirmation was lost on the way: the widget says it again
                self._ask("POST", "/chat/v1/messages", said)
                self.confirmed.n_repeats += 1
        self.confirmed.lines[self.name] = self.said

    def look(self) -> None:
        """Read the whole window again, as after a reload."""
        cursor, seen = 0, []
        while True:
            page = self._ask("GET", f"/chat/v1/messages?after={cursor}")
            seen += [message["key"] for message in page["messages"] if not message["is_ours"]]
            if not page["has_more"] or not page["messages"]:
                break
            cursor = page["messages"][-1]["id"]
        self.confirmed.windows[self.name] = seen

    def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        while True:
            answer = self._once(method, path, body)
            if answer is not None:
                return answer
            time.sleep(self.dice.uniform(0.2, 1.0))

    def _once(self, method: str, path: str, body: dict[str, Any] | None) -> dict[str, Any] | None:
        headers = {"Content-Type": "application/json", "Accept-Language": "en"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=HTTP_PATIENCE)
        try:
            connection.request(method, path, json.dumps(body) if body is not None else None, headers)
            response = connection.getresponse()
            content = response.read()
            if response.status == 200:
                answer: dict[str, Any] = json.loads(content)
                return answer
            if response.status not in (429, 500, 502, 503, 504):
                raise RuntimeError(f"{method} {path}: {response.status} {content[:300]!r}")
            return None
        except (OSError, http.client.HTTPException, ValueError):
            return None
        finally:
            connection.close()


class Agents:
    """Answer whoever waits. An answer whose commit was not confirmed is looked for before it is written again."""

    def __init__(self, plan: Plan, confirmed: Confirmed, user_id: int, dice: random.Random) -> None:
        self.plan, self.confirmed, self.user_id, self.dice = plan, confirmed, user_id, dice

    def run(self) -> None:
        for n in _paced(self.plan.n_answers, self.plan.seconds):
            text = f"Answer {n}"
            patiently(partial(self._answer, text))
            self.confirmed.answers.append(text)

    def _answer(self, text: str) -> bool:
        """Whether the answer stands; False while there is nobody to answer."""
        from muhatap.accounts.models import User
        from muhatap.conversations import recipients
        from muhatap.conversations.models import Conversation, Message
        from muhatap.flow import reply
        from muhatap.shared import clock

        if Message.objects.filter(kind="outbound", text=text).exists():
            return True
        waiting = list(
            Conversation.objects.filter(last_inbound_id__isnull=False).select_related("inbox").order_by("id")
        )
        if not waiting:
            return False
        conversation = self.dice.choice(waiting)
        newest = conversation.messages.filter(kind="inbound").order_by("-at", "-id")[0]
        to, cc = recipients.answer(newest, conversation.inbox) if conversation.inbox.address else ((), ())
        answer = reply.Answer(html=f"<p>{text}</p>", to=to, cc=cc)
        by = User.objects.get(pk=self.user_id)
        reply.send(conversation=conversation, answer=answer, by=by, at=clock.now(), undo=UNDO)
        return True


class ShopServer:
    """A WooCommerce that tells of each order twice, placed and done, and repeats what nobody confirmed, as its plugins for retries do."""

    def __init__(
        self, port: int, path: str, secret: str, plan: Plan, confirmed: Confirmed, dice: random.Random
    ) -> None:
        self.port, self.path, self.secret, self.plan, self.confirmed, self.dice = (
            port,
            path,
            secret,
            plan,
            confirmed,
            dice,
        )

    def run(self) -> None:
        for n in _paced(self.plan.n_orders * 2, self.plan.seconds):
            number, is_done = 50_000 + n // 2, n % 2 == 1
            self._tell(number, "completed" if is_done else "processing")
            if self.dice.random() < 0.2:  # its answer was lost on the way
                self._tell(number, "completed" if is_done else "processing")

    def _tell(self, number: int, state: str) -> None:
        at = f"2026-11-12T16:{41 if state == 'processing' else 55}:00"
        who = {"first_name": "Müşteri", "last_name": f"{number}", "email": f"musteri{number % 9}@ornek.example"}
        said = woo_order(number, status=state, date_modified_gmt=at, customer_id=number % 9 + 1, billing=who)
        while not self._once(raw(said), f"{number} {state}"):
            time.sleep(self.dice.uniform(0.2, 1.0))
        self.confirmed.orders[str(number)] = state

    def _once(self, body: bytes, delivery: str) -> bool:
        headers = {
            "Content-Type": "application/json", "X-WC-Webhook-Topic": "order.updated",
            "X-WC-Webhook-Delivery-ID": delivery, "X-WC-Webhook-Signature": signature(body, self.secret),
        }  # fmt: skip
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=HTTP_PATIENCE)
        try:
            connection.request("POST", self.path, body, headers)
            answer = connection.getresponse()
            answer.read()
            if answer.status not in (200, 429, 500, 502, 503, 504):
                raise RuntimeError(f"POST {self.path}: {answer.status}")
            return answer.status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()


def patiently(act: Callable[[], T]) -> T:
    """Do it again until the database is there and something comes of it."""
    from django.db import DatabaseError, InterfaceError, connection

    while True:
        try:
            if result := act():
                return result
        except (DatabaseError, InterfaceError):
            connection.close()
        time.sleep(0.2)


def threads(*acts: Callable[[], None]) -> list[threading.Thread]:
    """Each act in a thread of its own, begun. What one of them cannot stand is told."""

    def run(act: Callable[[], None]) -> None:
        try:
            act()
        except BaseException as error:
            progress(f"FAULT in the traffic: {type(error).__name__}: {error}")
            raise
        finally:
            from django.db import connection

            connection.close()

    started = [threading.Thread(target=run, args=(act,), daemon=True) for act in acts]
    for thread in started:
        thread.start()
    return started


def _paced(n: int, seconds: float) -> Iterator[int]:
    """0 … n-1, spread evenly over the seconds; late ones follow at once."""
    begun_at = time.monotonic()
    for place in range(n):
        time.sleep(max(0.0, begun_at + place * seconds / n - time.monotonic()))
        yield place


def _mail(n: int, who: int, first: str) -> EmailMessage:
    from muhatap.shared import clock

    mail = EmailMessage()
    mail["From"] = f"Müşteri {who} <musteri{who}@ornek.example>"
    mail["To"] = ADDRESS
    mail["Subject"] = f"{'Re: ' if first else ''}Sipariş {who}"
    mail["Message-ID"] = f"<bench-{n}@ornek.example>"
    mail["Date"] = format_datetime(clock.now())
    if first:
        mail["In-Reply-To"] = mail["References"] = first
    mail.set_content(f"Posta {n}: siparişim nerede?\n")
    if n % 10 == 0:
        mail.add_attachment(
            b"%PDF-1.4 " + str(n).encode(), maintype="application", subtype="pdf", filename=f"ek{n}.pdf"
        )
    return mail
