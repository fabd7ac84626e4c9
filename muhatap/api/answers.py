"""What a program wants sent, read and sent: the same for a first mail and for a reply."""

from collections.abc import Callable

from django.http import HttpRequest
from django.utils.translation import gettext as _

from muhatap.api import conversation_shapes, files
from muhatap.api.problems import Problem, wrong
from muhatap.channels.contract import Address
from muhatap.channels.limits import Excess
from muhatap.contacts.models import Contact
from muhatap.conversations.models import Message
from muhatap.flow import reply
from muhatap.shared import richtext
from muhatap.shared.address import is_plausible


def read(
    request: HttpRequest,
    data: conversation_shapes.NewMessage | conversation_shapes.NewConversation,
    contact: Contact | None = None,
) -> reply.Answer:
    """What is to be sent. Raises Problem for addresses that are none and files that are not there."""
    to = [_address(one, f"to/{place}") for place, one in enumerate(data.to)]
    if contact and not to and contact.email:
        to = [Address(email=contact.email, name=contact.name)]
    return reply.Answer(
        html=data.html or richtext.from_text(data.text),
        to=to,
        cc=[_address(one, f"cc/{place}") for place, one in enumerate(data.cc)],
        bcc=[_address(one, f"bcc/{place}") for place, one in enumerate(data.bcc)],
        files=files.put_up(request, data.files),
        seen_message_id=getattr(data, "seen_message_id", None),
        is_signed=data.sign,
    )


def sent(send: Callable[[], Message]) -> Message:
    """What was sent. Raises Problem with the reason why it was not."""
    try:
        return send()
    except reply.Empty as error:
        raise wrong(text=_("There is nothing to send yet.")) from error
    except reply.OverLimit as error:
        raise wrong(text=_over(error.excess)) from error
    except reply.NoRecipient as error:
        raise wrong(to=_("Nobody would receive it: write an address.")) from error
    except reply.SomethingNew as error:
        detail = _("Not sent: the customer wrote again meanwhile (message %(id)s).") % {"id": error.message_id}
        raise Problem(409, "something_new", detail, errors={"#/seen_message_id": detail}) from error


def _over(excess: Excess) -> str:
    said = _("The channel does not carry this: %(what)s, at most %(allowed)s.")
    return said % {"what": excess.what, "allowed": excess.allowed}


def _address(one: conversation_shapes.To, place: str) -> Address:
    if not is_plausible(one.email):
        raise wrong(**{place: _("“%(address)s” is no e-mail address. Nothing was sent.") % {"address": one.email}})
    return Address(email=one.email, name=one.name)
