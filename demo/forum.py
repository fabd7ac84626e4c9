"""What Muhatap hears of the forum where people talk about the shop. Nothing is asked of any network."""

from datetime import datetime, timedelta

from demo import days
from demo.shop import Shop
from demo.storefront.forum import POSTS, SITE, feed
from muhatap.channels.contract import Heard
from muhatap.channels.listening import looking
from muhatap.channels.models import Desk, Inbox
from muhatap.channels.rss import adapter
from muhatap.flow import listening
from muhatap.flow.intake import digest
from muhatap.interactions.models import RawItem

HEARD_AFTER = timedelta(minutes=12)
EVERY = timedelta(minutes=15)


def listen(shop: Shop, *, at: datetime) -> Inbox:
    """An inbox that heard the forum's posts when they were written; complaints and questions became conversations."""
    settings = {"is_demo": True, "feed_url": f"{SITE}/akis.atom", "opens": "asking", "names_are_accounts": False}
    inbox = Inbox.objects.create(kind="rss", name="Ev Forumu", settings=settings, team=shop.inboxes["destek"].team)
    for login in ("can", "zeynep"):
        Desk.objects.create(inbox=inbox, user=shop.staff[login])
    heard = adapter.heard(feed(now=at), settings)
    for post, one in zip(sorted(POSTS, key=lambda post: days.moment(post.at, at)), heard, strict=True):
        _hear(inbox, one, at=days.moment(post.at, at) + HEARD_AFTER)
    source = looking.of(inbox)
    looking.went_well(source=source, mark={}, n_new=0, usual=EVERY, wait=None, at=at)
    return inbox


def _hear(inbox: Inbox, heard: Heard, *, at: datetime) -> None:
    listening.tell(inbox=inbox, heard=[heard], at=at)
    for number in RawItem.objects.filter(inbox=inbox, digested_at=None).values_list("pk", flat=True):
        digest(item_id=number, at=at)
