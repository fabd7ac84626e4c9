"""The forms of sources: what all have, and what each kind needs. Secrets typed are sealed; those stored never come back."""

from collections.abc import Collection, Iterable, Mapping
from datetime import timedelta
from typing import Any, ClassVar
from urllib.parse import urlsplit

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from muhatap.channels.google_reviews.adapter import PLACE
from muhatap.channels.models import Inbox
from muhatap.channels.notice.finding import LONGEST_LABEL, folded
from muhatap.flow import posts
from muhatap.shared import secrets
from muhatap.shared.address import is_plausible
from muhatap.web.common.inbox_forms import Basics

FIRST_DAYS = 7
COMMON = ("opens", "words", "since", "every_minutes")
ORDER = ("name", "team", *COMMON, "agents", "is_enabled")


class Secret(forms.CharField):
    """What was just typed comes back with a refused form, what is stored never does."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.PasswordInput(render_value=True, attrs={"autocomplete": "new-password"})
        super().__init__(required=False, max_length=2000, widget=widget, **kwargs)


class Lines(forms.CharField):
    """Several values, each on a line of its own."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=4000, widget=forms.Textarea(attrs={"rows": 3}), **kwargs)

    def clean(self, value: Any) -> list[str]:
        return [line.strip() for line in str(super().clean(value)).splitlines() if line.strip()][:50]

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value


class SourceForm(Basics):
    """What every source has. `OWN` are a kind's own settings, `SECRETS` those that are sealed."""

    OWN: ClassVar[tuple[str, ...]] = ()
    SECRETS: ClassVar[tuple[str, ...]] = ()
    BEGINS_WITH: ClassVar[str] = posts.ASKING  # of what becomes a conversation, in a new source
    field_order: Iterable[str] | None = ORDER

    opens = forms.ChoiceField(
        label=_("What becomes a conversation"),
        choices=[
            (posts.ASKING, _("Complaints, requests and questions, and what we are not sure of")),
            (posts.ALL, _("Every post")),
            (posts.WORDS, _("Posts with one of these words")),
            (posts.NONE, _("None by itself")),
        ],
        help_text=_("The others stand under “Posts heard” and count in the figures; each can be opened there."),
    )
    words = Lines(
        label=_("These words"),
        required=False,
        help_text=_("One a line. Case and Turkish letters make no difference; endings are found."),
    )
    since = forms.DateField(
        label=_("Posts since"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Older ones are left alone."),
    )
    every_minutes = forms.IntegerField(
        label=_("Minutes between two looks"),
        required=False,
        min_value=1,
        max_value=1440,
        help_text=_("Empty: as often as is polite there."),
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, inbox: Inbox) -> None:
        self.inbox = inbox
        super().__init__(data, initial=self._starting())
        for name in self.SECRETS:
            if inbox.settings.get(f"{name}_sealed"):
                self.fields[name].help_text = _("One is stored. Leave it empty to keep it.")

    def settings(self) -> dict[str, Any]:
        """What the inbox will hold."""
        data = self.cleaned_data
        held = {**self.inbox.settings, **{name: _plain(data.get(name)) for name in (*COMMON, *self.OWN)}}
        held.pop("is_demo", None)
        for name in self.SECRETS:
            if typed := data[name].strip():
                held[f"{name}_sealed"] = secrets.seal(typed)
        return held

    def own_fields(self) -> list[Any]:
        """The fields that only this kind has, to be placed first."""
        return [self[name] for name in self.fields if name in (*self.OWN, *self.SECRETS)]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("opens") == posts.WORDS and not data.get("words"):
            self.add_error("words", _("Name at least one word."))
        return data

    def _starting(self) -> dict[str, Any]:
        if not self.inbox.pk:
            return {"since": timezone.localdate() - timedelta(days=FIRST_DAYS), "opens": self.BEGINS_WITH}
        return {
            **{name: self.inbox.settings[name] for name in (*COMMON, *self.OWN) if name in self.inbox.settings},
            "name": self.inbox.name,
            "team": self.inbox.team_id,
            "agents": list(self.inbox.desks.values_list("user_id", flat=True)),
            "is_enabled": self.inbox.is_enabled,
        }


class RssForm(SourceForm):
    OWN = ("feed_url", "names_are_accounts")
    feed_url = forms.URLField(label=_("Address of the feed"), max_length=1000, assume_scheme="https")
    names_are_accounts = forms.BooleanField(
        label=_("A name belongs to one person there"),
        required=False,
        help_text=_("Only where user names are unique, as in most forums. Then posts of one name are one person’s."),
    )


class NoticeForm(SourceForm):
    OWN = ("mailbox_id", "senders", "site")
    LABELS: ClassVar[dict[str, str]] = {"author": "label_author", "text": "label_text", "url": "label_url"}
    mailbox_id = forms.TypedChoiceField(label=_("Mailbox"), coerce=int, help_text=_("Where the notices arrive."))
    senders = Lines(
        label=_("Sent by"),
        help_text=_(
            "Addresses, one a line, or @forum.com for all of a domain. Their mail becomes posts and no letters."
        ),
    )
    site = forms.CharField(
        label=_("Address of the site"),
        max_length=200,
        required=False,
        help_text=_("Such as forum.com: links there are the posts’."),
    )
    label_author = Lines(
        label=_("Before the author stands"),
        required=False,
        help_text=_("Only if the site words its mails in its own way. The words as they stand there, one a line."),
    )
    label_text = Lines(label=_("Before the post stands"), required=False)
    label_url = Lines(label=_("Before the address of the post stands"), required=False)

    def __init__(self, data: Mapping[str, Any] | None = None, *, inbox: Inbox) -> None:
        super().__init__(data, inbox=inbox)
        boxes = Inbox.objects.filter(kind="email").order_by("name").values_list("pk", "name")
        self.fields["mailbox_id"].choices = list(boxes)  # type: ignore[attr-defined]

    def clean_senders(self) -> list[str]:
        senders: list[str] = self.cleaned_data["senders"]
        for sender in senders:
            if not is_plausible(sender if not sender.startswith("@") else f"x{sender}"):
                raise forms.ValidationError(
                    _("“%(value)s” is neither an address nor a domain."), params={"value": sender}
                )
        return senders

    def settings(self) -> dict[str, Any]:
        labels = {name: words for name, field in self.LABELS.items() if (words := self.cleaned_data[field])}
        return {**super().settings(), "labels": labels}

    def own_fields(self) -> list[Any]:
        return [*super().own_fields(), *(self[field] for field in self.LABELS.values())]

    def clean(self) -> dict[str, Any]:
        data, seen = super().clean() or {}, set[str]()
        for field in self.LABELS.values():
            for word in data.get(field) or []:
                if problem := _wrong_label(word, seen):
                    self.add_error(field, forms.ValidationError(problem, params={"value": word}))
                    break
                seen.add(folded(word))
        return data

    def _starting(self) -> dict[str, Any]:
        labels = self.inbox.setting("labels", {})
        return {**super()._starting(), **{field: labels.get(name, []) for name, field in self.LABELS.items()}}


class HookForm(SourceForm):
    pass


class ManualForm(SourceForm):
    BEGINS_WITH = posts.ALL  # whoever writes down what they heard wants it answered


class MastodonForm(SourceForm):
    OWN = ("server", "tags")
    SECRETS = ("token",)
    server = forms.URLField(label=_("Server"), max_length=300, assume_scheme="https")
    token = Secret(
        label=_("Access token"), help_text=_("From Preferences → Development, with read and write:statuses.")
    )
    tags = Lines(label=_("Hashtags"), required=False, help_text=_("One a line. Mentions of the account come anyway."))


class BlueskyForm(SourceForm):
    OWN = ("handle", "server", "search")
    SECRETS = ("password",)
    handle = forms.CharField(label=_("Account"), max_length=253, help_text=_("Such as firma.bsky.social."))
    password = Secret(label=_("App password"), help_text=_("From Settings → App passwords. Never the account’s own."))
    server = forms.URLField(
        label=_("Server"), max_length=300, required=False, assume_scheme="https", help_text=_("Empty: bsky.social.")
    )
    search = Lines(label=_("Searches"), required=False, help_text=_("One a line. Mentions and replies come anyway."))


class GoogleForm(SourceForm):
    """The access of both of Google's services; docs/guides/listening.md says how to get it."""

    SECRETS: ClassVar[tuple[str, ...]] = ("client_secret", "refresh_token")
    client_id = forms.CharField(label=_("Client ID"), max_length=300, required=False)
    client_secret = Secret(label=_("Client secret"))
    refresh_token = Secret(label=_("Refresh token"))


class YouTubeForm(GoogleForm):
    OWN = ("channel_id", "client_id")
    SECRETS = ("api_key", *GoogleForm.SECRETS)
    channel_id = forms.RegexField(r"UC[\w-]{3,62}", label=_("Channel ID"), help_text=_("Begins with UC."))
    api_key = Secret(label=_("API key"), help_text=_("Enough for reading. Answering needs the access below."))

    field_order = ("channel_id", "api_key", "client_id", "client_secret", "refresh_token", *ORDER)


class GoogleReviewsForm(GoogleForm):
    OWN = ("location", "client_id")
    BEGINS_WITH = posts.ALL  # a review is written to us, praise too, and each takes one public reply
    location = forms.RegexField(PLACE, label=_("Place"), help_text=_("As accounts/…/locations/…"))

    field_order = ("location", "client_id", "client_secret", "refresh_token", *ORDER)


FORMS: dict[str, type[SourceForm]] = {
    "rss": RssForm,
    "notice": NoticeForm,
    "hook": HookForm,
    "manual": ManualForm,
    "mastodon": MastodonForm,
    "bluesky": BlueskyForm,
    "youtube": YouTubeForm,
    "google_reviews": GoogleReviewsForm,
}


class NoteForm(forms.Form):
    """What somebody heard, written down."""

    inbox = forms.ModelChoiceField(label=_("Where to"), queryset=Inbox.objects.none(), empty_label=None)
    text = forms.CharField(
        label=_("What they said"), max_length=20_000, widget=forms.Textarea(attrs={"rows": 6, "data-grows": ""})
    )
    title = forms.CharField(label=_("In short"), max_length=300, required=False)
    place = forms.CharField(
        label=_("Where it was said"), max_length=120, required=False, help_text=_("Telephone, shop, fair, a page.")
    )
    url = forms.URLField(
        label=_("Address, if it stands on a page"), max_length=2000, required=False, assume_scheme="https"
    )
    name = forms.CharField(label=_("Who said it"), max_length=200, required=False)
    email = forms.EmailField(label=_("Their e-mail"), max_length=320, required=False)
    phone = forms.CharField(label=_("Their phone"), max_length=40, required=False)
    is_sure = forms.BooleanField(
        label=_("I know that this address or number is theirs"),
        required=False,
        help_text=_(
            "Then it stands with the customer who has it. Without this it is somebody new; names recognise nobody."
        ),
    )

    def clean_url(self) -> str:
        url = str(self.cleaned_data["url"])
        if url and urlsplit(url).scheme not in ("http", "https"):
            raise forms.ValidationError(_("An address begins with https://."))
        return url


def _wrong_label(word: str, seen: Collection[str]) -> Any:
    """Why no mail could be read by it; empty when one can."""
    if not folded(word):
        return _("“%(value)s” has no letters.")
    if len(word) > LONGEST_LABEL:
        return _("“%(value)s” is too long: write only the words before the colon.")
    return _("“%(value)s” is named twice; a mail could not be read by it.") if folded(word) in seen else ""


def _plain(value: Any) -> Any:
    """As JSON holds it."""
    return value.isoformat() if hasattr(value, "isoformat") else "" if value is None else value
