"""The form of an e-mail inbox: what an administrator types, and the settings it becomes."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from muhatap.channels.models import Inbox
from muhatap.shared import secrets
from muhatap.shared.address import is_plausible
from muhatap.web.common.inbox_forms import Basics

PRESETS: dict[str, dict[str, str]] = {
    "google": {
        "imap_host": "imap.gmail.com",
        "imap_security": "ssl",
        "smtp_host": "smtp.gmail.com",
        "smtp_security": "ssl",
    },
    "microsoft": {
        "imap_host": "outlook.office365.com",
        "imap_security": "ssl",
        "smtp_host": "smtp.office365.com",
        "smtp_security": "starttls",
    },
    "yandex": {
        "imap_host": "imap.yandex.com.tr",
        "imap_security": "ssl",
        "smtp_host": "smtp.yandex.com.tr",
        "smtp_security": "ssl",
    },
}
USUAL_PORTS = {
    ("imap", "ssl"): 993,
    ("imap", "starttls"): 143,
    ("imap", "plain"): 143,
    ("smtp", "ssl"): 465,
    ("smtp", "starttls"): 587,
    ("smtp", "plain"): 25,
}
SECURITIES = [("ssl", "SSL/TLS"), ("starttls", "STARTTLS"), ("plain", _("Not secured"))]
FIRST_DAYS = 30
STORED = (
    *("preset", "auth", "imap_host", "imap_port", "imap_security", "imap_user", "folder", "smtp_host", "smtp_port"),
    *(
        "smtp_security",
        "smtp_login",
        "smtp_user",
        "verify_certificate",
        "sender_name",
        "language",
        "plus_addressing",
        "quote_original",
    ),
    *("thread_by_subject", "thread_forwards", "reopen_days", "max_mb", "max_send_mb", "authserv_id"),
)


class Secret(forms.CharField):
    """A password: what was just typed comes back with a refused form, what is stored never does."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.PasswordInput(render_value=True, attrs={"autocomplete": "new-password"})
        super().__init__(required=False, strip=False, max_length=500, widget=widget, **kwargs)


class Host(forms.CharField):
    def __init__(self, **kwargs: Any) -> None:
        attrs = {"autocomplete": "off", "spellcheck": "false", "autocapitalize": "none"}
        super().__init__(required=False, max_length=253, widget=forms.TextInput(attrs=attrs), **kwargs)

    def clean(self, value: Any) -> str:
        host = str(super().clean(value)).lower().rstrip(".")
        if any(not (letter.isalnum() or letter in ".-:") for letter in host):
            raise forms.ValidationError(_("A server's name looks like mail.example.com."))
        return host


class Port(forms.IntegerField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, min_value=1, max_value=65535, **kwargs)


class InboxForm(Basics):
    """Hosts and ports may stay empty with a known provider: its own are taken."""

    field_order = ("name", "address", "sender_name", "language")

    address = forms.EmailField(
        label=_("Address"), max_length=320, help_text=_("Customers write to it, and our answers come from it.")
    )
    sender_name = forms.CharField(
        label=_("Name in answers"), max_length=100, required=False, help_text=_("Such as “Ihlamur Ev”.")
    )
    language = forms.ChoiceField(
        label=_("Language of answers"),
        required=False,
        choices=[("", _("As installed")), ("tr", "Türkçe"), ("en", "English")],
        help_text=_(
            "Signatures and canned replies in this language come first, unless the customer’s own is known to be another."
        ),
    )

    preset = forms.ChoiceField(
        label=_("Provider"),
        choices=[
            ("own", _("Another or our own server")),
            ("google", "Gmail"),
            ("microsoft", "Microsoft 365, Outlook"),
            ("yandex", "Yandex"),
        ],
        help_text=_("Fills in the servers of a provider where you leave them empty."),
    )
    auth = forms.ChoiceField(
        label=_("Login"),
        choices=[
            ("password", _("Password")),
            ("google", _("Google account (OAuth)")),
            ("microsoft", _("Microsoft account (OAuth)")),
        ],
        help_text=_("With OAuth, save first, then connect the account."),
    )

    imap_host = Host(label=_("IMAP server"))
    imap_port = Port(label=_("Port"))
    imap_security = forms.ChoiceField(label=_("Connection"), choices=SECURITIES, initial="ssl")
    imap_user = forms.CharField(
        label=_("User name"), max_length=320, required=False, help_text=_("Empty: the address.")
    )
    imap_password = Secret(label=_("Password"))
    folder = forms.CharField(label=_("Folder"), max_length=200, initial="INBOX")
    fetch_since = forms.DateField(
        label=_("Fetch mail since"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Empty: everything in the mailbox. Older mail can be fetched later, too."),
    )

    smtp_host = Host(label=_("SMTP server"))
    smtp_port = Port(label=_("Port"))
    smtp_security = forms.ChoiceField(label=_("Connection"), choices=SECURITIES, initial="ssl")
    smtp_login = forms.ChoiceField(
        label=_("Login"),
        choices=[("same", _("As the mailbox")), ("own", _("Another user name and password")), ("none", _("None"))],
    )
    smtp_user = forms.CharField(label=_("User name"), max_length=320, required=False)
    smtp_password = Secret(label=_("Password"))
    verify_certificate = forms.BooleanField(
        label=_("Accept trusted certificates only"),
        required=False,
        initial=True,
        help_text=_("Untick only for a server of your own whose certificate nobody signed."),
    )

    plus_addressing = forms.BooleanField(
        label=_("Answers carry a signed reply address"),
        required=False,
        help_text=_(
            "Needs a server that delivers destek+anything@… into this mailbox, as Gmail, Microsoft 365 and Yandex do."
        ),
    )
    quote_original = forms.BooleanField(
        label=_("Quote the answered message below the answer"), required=False, initial=True
    )
    thread_by_subject = forms.BooleanField(
        label=_("Join mails of one sender with the same subject"),
        required=False,
        help_text=_("For robots that send no references."),
    )
    thread_forwards = forms.BooleanField(label=_("Forwarded mail may join its conversation"), required=False)
    reopen_days = forms.IntegerField(
        label=_("Days an answer reopens a resolved conversation"), min_value=0, max_value=3650, initial=30
    )
    max_mb = forms.IntegerField(label=_("Largest mail, in MB"), min_value=1, max_value=100, initial=50)
    max_send_mb = forms.IntegerField(
        label=_("Largest mail we send, in MB"),
        min_value=1,
        max_value=100,
        initial=20,
        help_text=_("With its files; they grow by a third on the way. Most servers take 20."),
    )
    authserv_id = forms.CharField(
        label=_("Name of the server whose verdict on senders counts"),
        max_length=200,
        required=False,
        help_text=_("As in Authentication-Results; left empty, the topmost verdict counts."),
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, inbox: Inbox) -> None:
        self.inbox = inbox
        super().__init__(data, initial=starting_values(inbox))
        if inbox.pk:
            for name in ("imap_password", "smtp_password"):
                if inbox.settings.get(f"{name}_sealed"):
                    self.fields[name].help_text = _("One is stored. Leave it empty to keep it.")

    def clean_address(self) -> str:
        address = str(self.cleaned_data["address"])
        if not is_plausible(address) or "+" in address.partition("@")[0]:
            raise forms.ValidationError(_("The address without a plus-tag, such as destek@firma.com."))
        return address

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for which in ("imap", "smtp"):
            self._settle(data, which, PRESETS.get(data.get("preset") or "", {}))
        if data.get("auth") in ("google", "microsoft") and data.get("preset") not in (data["auth"], "own"):
            self.add_error("auth", _("This login belongs to another provider."))
        return data

    def _settle(self, data: dict[str, Any], which: str, preset: Mapping[str, str]) -> None:
        """Servers left empty are the provider's; ports left empty are the usual ones."""
        if f"{which}_host" in self.errors or f"{which}_port" in self.errors:
            return
        if not data.get(f"{which}_host"):
            if not preset:
                self.add_error(f"{which}_host", _("Name the server, or choose a provider."))
                return
            data[f"{which}_host"], data[f"{which}_security"] = preset[f"{which}_host"], preset[f"{which}_security"]
        data[f"{which}_port"] = data.get(f"{which}_port") or USUAL_PORTS[which, data[f"{which}_security"]]

    def settings(self) -> dict[str, Any]:
        """What the inbox will hold: secrets sealed, an empty password keeps the stored one."""
        data = self.cleaned_data
        held = {**self.inbox.settings, **{name: data[name] for name in STORED}}
        held.pop("is_demo", None)  # with servers of its own it is a demonstration no longer
        held["imap_user"] = data["imap_user"] or data["address"]
        held["fetch_since"] = str(data["fetch_since"] or "")
        for name in ("imap", "smtp"):
            if typed := data[f"{name}_password"]:
                held[f"{name}_password_sealed"] = secrets.seal(typed)
        return {**held, **_smtp_login(held)}


def starting_values(inbox: Inbox) -> dict[str, Any]:
    """The form of an inbox as it is; of a new one, with a month of mail."""
    if not inbox.pk:
        return {"fetch_since": timezone.localdate() - timedelta(days=FIRST_DAYS), "preset": "own", "smtp_login": "same"}
    return {
        **{name: inbox.settings[name] for name in (*STORED, "fetch_since") if name in inbox.settings},
        "name": inbox.name,
        "address": inbox.address,
        "team": inbox.team_id,
        "agents": list(inbox.desks.values_list("user_id", flat=True)),
        "is_enabled": inbox.is_enabled,
        "smtp_login": inbox.settings.get("smtp_login") or ("own" if inbox.settings.get("smtp_user") else "none"),
    }


def _smtp_login(held: Mapping[str, Any]) -> dict[str, Any]:
    if held["smtp_login"] == "same":
        return {"smtp_user": held["imap_user"], "smtp_password_sealed": held.get("imap_password_sealed", "")}
    if held["smtp_login"] == "none":
        return {"smtp_user": "", "smtp_password_sealed": ""}
    return {}
