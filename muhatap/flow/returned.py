"""When a mail of ours comes back: its outbox entry says so, and the address is marked."""

from datetime import datetime

from muhatap.channels.contract import Inbound, Receipt
from muhatap.channels.models import Inbox
from muhatap.contacts import identity
from muhatap.contacts.models import Contact
from muhatap.flow import notifying
from muhatap.interactions import outbox
from muhatap.interactions.models import Outgoing
from muhatap.shared import address


def owner(inbox: Inbox, inbound: Inbound, *, at: datetime) -> Contact | None:
    """The contact whose mail came back, after marking the delivery and the address; None when this is no bounce of ours."""
    if inbound.kind != "bounce" or inbound.bounce is None:
        return None
    sent = Outgoing.objects.filter(inbox=inbox, message_id=inbound.bounce.message_id).order_by("-n_try").first()
    if sent is None:
        return None
    if inbound.bounce.is_permanent and _was_sent_to(sent, inbound.bounce.recipient):
        outbox.report(outgoing=sent, state=Outgoing.State.BOUNCED, at=at, detail=inbound.bounce.detail)
        identity.mark_bounced(kind="email", value=inbound.bounce.recipient, detail=inbound.bounce.detail, at=at)
        notifying.of_sending(sent)
    return sent.interaction.contact


def mark_gone(receipt: Receipt, *, at: datetime) -> None:
    """Remember which addresses the mail server said do not exist."""
    for recipient in receipt.gone:
        identity.mark_bounced(kind="email", value=recipient, detail=receipt.detail, at=at)


def _was_sent_to(sent: Outgoing, recipient: str) -> bool:
    """Whether we wrote there at all: anybody who knows a message's id can write a report about others."""
    outbound = outbox.from_json(sent.outbound)
    everybody = (*outbound.to, *outbound.cc, *outbound.bcc)
    return address.canonical(recipient) in {address.canonical(each.email) for each in everybody}
