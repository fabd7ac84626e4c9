"""The channel e-mail as the rest of the house knows it: bytes in, answers out."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from muhatap.channels.contract import Adapter, Inbound, Limits, Outbound, Receipt
from muhatap.channels.email import access, compose, smtp, translation, trouble
from muhatap.channels.email.oauth import Refused
from muhatap.channels.email.writing import Unsendable
from muhatap.shared import files
from muhatap.shared.secrets import SecretLost

MAX_SEND_MB = 20  # what most servers take
INFLATION = 1.37  # base64 in lines of 76 letters


class Email:
    """Speaks the contract for e-mail."""

    kind = "email"

    def translate(self, raw: bytes, meta: Mapping[str, Any]) -> Inbound:
        """What a raw mail says. Raises Untranslatable."""
        return translation.translate(raw, meta, files.store_bytes)

    def limits(self, settings: Mapping[str, Any]) -> Limits:
        """The whole mail as large as the inbox is set to; base64 makes files a third larger."""
        return Limits(
            max_total_bytes=int(settings.get("max_send_mb") or MAX_SEND_MB) * 1024 * 1024, inflation=INFLATION
        )

    def send(
        self, outbound: Outbound, settings: Mapping[str, Any], on_handing: Callable[[], None], *, at: datetime
    ) -> Receipt:
        """Hand a mail to the inbox's SMTP server. Raises Uncertain when it broke off while being handed over."""
        if settings.get("is_demo"):
            on_handing()
            return Receipt(state="accepted", detail=_("Demo inbox: nothing leaves this machine."))
        try:
            mail = compose.mail(outbound, settings)
            server = access.smtp(settings, at=at)
        except (Unsendable, compose.FileLost) as error:
            return Receipt(state="failed", detail=str(error))
        except (access.Incomplete, SecretLost, Refused) as error:
            # An administrator can mend this within the hours the outbox keeps trying.
            return Receipt(state="retry", detail=str(trouble.of(error)[0].label))
        return smtp.send(mail, server, on_handing, written_at=outbound.at, at=at)


ADAPTER: Adapter = Email()
