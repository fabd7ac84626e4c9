"""The no-loss claim: while web, job and fetch processes and PostgreSQL itself die at random, nothing is lost or doubled.

make bench NAME=crash [SIZE=small]        the same seed kills in the same order: python -m benchmarks.crash --seed 7
"""

import argparse
import os
import random
import shutil
import sys
import tempfile
import time
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

from benchmarks.crashing.product import Product, Reaper
from benchmarks.crashing.traffic import Agents, Confirmed, Customers, Plan, ShopServer, Visitor, patiently, threads
from benchmarks.crashing.world import ADDRESS, PASSWORD, SLOWEST, World
from benchmarks.report import at_least, at_most, progress, tell
from tests.sales.payloads import SECRET

PLANS = {
    "full": Plan(
        n_customers=60, n_mails=600, n_visitors=20, n_lines=25, n_answers=300, n_orders=150, n_kills=52, seconds=230
    ),
    "small": Plan(
        n_customers=6,
        n_mails=24,
        n_visitors=3,
        n_lines=8,
        n_answers=12,
        n_orders=12,
        n_kills=6,
        seconds=14,
        is_hurried=True,
    ),
}
TRAFFIC_PATIENCE = 150.0  # after the time the traffic was meant to take
DRAIN_PATIENCE = 180.0


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--size", choices=list(PLANS), default="full")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--data", type=Path, help="begin in this folder, where nobody has worked yet, and keep it")
    arguments = parser.parse_args()
    plan, seed = PLANS[arguments.size], arguments.seed
    progress(f"seed {seed}: {plan}")
    with ExitStack() as stack:
        data = arguments.data or Path(tempfile.mkdtemp(prefix="muhatap-crash-"))
        if not arguments.data:
            stack.callback(shutil.rmtree, data, ignore_errors=True)
        world = stack.enter_context(World(seed))
        product = stack.enter_context(Product(data))
        product.wait_until_it_serves()
        progress("it serves")
        return int(not _run(plan, seed, world, product))


def _run(plan: Plan, seed: int, world: World, product: Product) -> bool:
    user_id, hook = _open_shop(world, product)
    confirmed = Confirmed()
    teller = ShopServer(product.port, hook, SECRET, plan, confirmed, random.Random(f"{seed} shop"))
    visitors = _storm(plan, seed, world, product, confirmed, user_id, teller)
    drained = _drain(plan, confirmed)
    for visitor in visitors:
        visitor.look()
    return _tell(plan, seed, world, product, confirmed, drained, user_id)


def _open_shop(world: World, product: Product) -> tuple[int, str]:
    """Wake Django beside the product, on the same data; one agent, one mailbox, one chat, one shop, whose address for webhooks is told."""
    settings_of_the_product = product.environment()
    os.environ.clear()  # whoever called us may have settings of their own, such as another secret key
    os.environ.update(settings_of_the_product)
    import django

    django.setup()
    from muhatap.accounts.models import User
    from muhatap.channels.models import Inbox
    from muhatap.sales import shops
    from muhatap.shared import clock, secrets

    user = User.objects.create_user("zeynep@ihlamurev.example", None, name="Zeynep Arslan", visibility="all")
    settings = world.inbox_settings(secrets.seal(PASSWORD))
    Inbox.objects.create(kind="email", name=ADDRESS, address=ADDRESS, settings=settings)
    Inbox.objects.create(kind="webchat", name="Web", public_key="bench", settings={})
    values = {"name": "Ihlamur Ev", "secret": SECRET}
    shop = shops.connect(kind="woocommerce", values=values, by=user, at=clock.now())
    return user.pk, f"/hooks/shops/{shop.token}/"


def _storm(
    plan: Plan, seed: int, world: World, product: Product, confirmed: Confirmed, user_id: int, teller: ShopServer
) -> list[Visitor]:
    """All the traffic, and all the killing, at the same time."""
    visitors = [
        Visitor(f"Ziyaretçi {n}", product.port, plan, confirmed, random.Random(f"{seed} {n}"))
        for n in range(plan.n_visitors)
    ]
    agents = Agents(plan, confirmed, user_id, random.Random(f"{seed} agents"))
    dice = random.Random(f"{seed} reaper")
    reaper = Reaper(product, n_kills=plan.n_kills, seconds=plan.seconds, dice=dice)
    acts = [
        Customers(world, plan, confirmed).run,
        agents.run,
        teller.run,
        reaper.run,
        *(visitor.run for visitor in visitors),
    ]
    until = time.monotonic() + plan.seconds + TRAFFIC_PATIENCE
    for thread in threads(*acts):
        thread.join(max(0.0, until - time.monotonic()))
        if thread.is_alive():
            raise RuntimeError(f"the traffic does not come to an end; the end of the log:\n{product.log()[-3000:]}")
    progress(
        f"{len(confirmed.mails)} mails, {confirmed.n_lines} lines, {len(confirmed.answers)} answers,"
        f" {len(confirmed.orders)} orders confirmed"
    )
    return visitors


def _drain(plan: Plan, confirmed: Confirmed) -> float:
    """Wait until everything that was accepted is digested and everything written has left; gives the seconds it took."""
    from muhatap.interactions import intake, outbox

    begun_at = told_at = time.monotonic()
    while time.monotonic() - begun_at < DRAIN_PATIENCE:
        owed = patiently(lambda: _owed(confirmed))
        if not any(owed.values()):
            break
        if plan.is_hurried:
            patiently(lambda: _sweep(intake.stale_after()))
        if time.monotonic() - told_at > 10:
            told_at = time.monotonic()
            progress(f"still owed: {owed}")
        time.sleep(0.5)
    drained = time.monotonic() - begun_at
    progress(f"drained in {drained:.1f} s")
    time.sleep(SLOWEST + 2)  # now nothing is in anybody's hands any more, so what stands there died there
    patiently(lambda: _sweep(outbox.HANDING_TAKES))
    return drained


def _owed(confirmed: Confirmed) -> dict[str, int]:
    from muhatap.interactions.models import Outgoing, RawItem
    from muhatap.sales.models import ShopDelivery

    return {
        "mails to fetch": len(confirmed.mails) - RawItem.objects.filter(inbox__kind="email").count(),
        "items to digest": RawItem.objects.filter(digested_at=None).count(),
        "deliveries to digest": ShopDelivery.objects.filter(digested_at=None, quarantined_at=None).count(),
        "answers to send": Outgoing.objects.filter(state=Outgoing.State.QUEUED).count(),
    }


def _sweep(ahead: timedelta) -> bool:
    """What the product's own sweep will do when so much time has passed."""
    from muhatap.flow import sweep
    from muhatap.shared import clock

    sweep.everything(at=clock.now() + ahead + timedelta(seconds=5))
    return True


def _tell(
    plan: Plan, seed: int, world: World, product: Product, confirmed: Confirmed, drained: float, user_id: int
) -> bool:
    from django.db import connection

    from benchmarks.crashing.judge import judge
    from muhatap.accounts.models import User

    verdict = judge(confirmed, world.taken(), User.objects.get(pk=user_id))
    for note in verdict.notes:
        progress(note)
    if verdict.notes:
        progress(f"the end of the product's log:\n{product.log()[-6000:]}")
    with connection.cursor() as cursor:
        cursor.execute("show server_version")
        postgres: Any = cursor.fetchone()[0]
    connection.close()
    kills = product.killed
    figures = {
        "kills": at_least(kills.total(), plan.n_kills, **{f"of_{what}": kills[what] for what in sorted(kills)}),
        "accepted": at_least(len(confirmed.mails) + confirmed.n_lines, plan.n_mails + plan.n_visitors * plan.n_lines),
        "answers": at_least(len(confirmed.answers), plan.n_answers),
        "orders": at_least(len(confirmed.orders), plan.n_orders),
        "orders_lost": at_most(verdict.n_orders_lost, 0),
        "orders_doubled": at_most(verdict.n_orders_doubled, 0),
        "lost": at_most(verdict.n_lost, 0),
        "doubled": at_most(verdict.n_doubled, 0),
        "answers_lost": at_most(verdict.n_answers_lost, 0),
        "answers_sent_twice": at_most(verdict.n_sent_twice, 0),
        "answers_forgotten": at_most(verdict.n_forgotten, 0),
        "answers_falsely_sent": at_most(verdict.n_falsely_sent, 0),
        "answers_uncertain": at_most(verdict.n_uncertain, kills.total()),
        "chats_out_of_order": at_most(verdict.n_out_of_order, 0),
        "miscounted_cells": at_most(verdict.n_miscounted, 0),
        "orphans": at_most(verdict.n_orphans, 0),
        "audit_breaks": at_most(verdict.n_audit_breaks, 0),
        "drained_s": at_most(round(drained, 1), DRAIN_PATIENCE),
    }
    return tell("crash", figures, postgres=postgres, seed=seed)


if __name__ == "__main__":
    sys.exit(main())
