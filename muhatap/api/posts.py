"""DOOR for programs that hear of posts: what they tell, signed or with the secret, is kept, then answered, then looked at.

200 means that it is on the disk. A wrong secret is answered 401 and kept nowhere; 503 is for when we cannot keep it now.
"""

from django.db import DatabaseError, InterfaceError, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from muhatap.api import deliveries
from muhatap.channels.hook import adapter
from muhatap.channels.models import Inbox
from muhatap.flow import listening
from muhatap.shared import clock
from muhatap.shared.limits import Buckets, Limit

STRANGERS = Limit(burst=60, per_minute=120)  # of one address, whose secret does not fit
BUCKETS = Buckets()


@csrf_exempt
@require_POST
def receive(request: HttpRequest, key: str) -> HttpResponse:
    """One post, or a list of them."""
    try:
        inbox = None if "\x00" in key else Inbox.objects.filter(kind="hook", public_key=key, is_enabled=True).first()
    except (DatabaseError, InterfaceError):
        return deliveries.no(503, "try again", 5)
    if inbox is None:
        return deliveries.no(404, "no source here")
    try:
        raw = deliveries.body(request, largest=adapter.LARGEST, too_large="at most 2 MB")
    except deliveries.Refused as refused:
        return refused.response()
    signature = request.headers.get("X-Muhatap-Signature", "")
    if not adapter.may_tell(
        inbox.settings, raw, authorization=request.headers.get("Authorization", ""), signature=signature
    ):
        wait = BUCKETS.take("address", str(request.META.get("REMOTE_ADDR", "")), STRANGERS)
        return deliveries.no(429, "too many", int(wait) + 1) if wait else deliveries.no(401, "the secret does not fit")
    return _kept(inbox, raw)


def _kept(inbox: Inbox, raw: bytes) -> HttpResponse:
    try:
        heard = adapter.posts(raw)
    except adapter.BadBody as error:
        return deliveries.no(422, str(error))
    try:
        with transaction.atomic():
            n_new = listening.tell(inbox=inbox, heard=heard, at=clock.now())
    except (DatabaseError, InterfaceError):
        return deliveries.no(503, "try again", 5)
    return JsonResponse({"success": True, "taken": len(heard), "new": n_new})
