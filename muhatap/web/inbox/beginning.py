"""Writing first: a new conversation by e-mail with somebody we know."""

from typing import Any, cast

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _

from muhatap.channels.contract import Address
from muhatap.channels.models import Inbox
from muhatap.contacts.models import Contact
from muhatap.conversations.visibility import visible_inboxes
from muhatap.flow import reply
from muhatap.shared import clock, richtext
from muhatap.web.common.doors import needs, visitor


class FirstWords(forms.Form):
    """From which inbox, to which address, about what."""

    inbox = forms.ModelChoiceField(label=_("From"), queryset=Inbox.objects.none(), empty_label=None)
    to = forms.EmailField(label=_("To"), max_length=320)
    subject = forms.CharField(label=_("Subject"), max_length=300)
    text = forms.CharField(
        label=_("Message"), max_length=100_000, widget=forms.Textarea(attrs={"rows": 10, "data-grows": ""})
    )

    def __init__(self, *args: Any, inboxes: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ModelChoiceField[Inbox]", self.fields["inbox"]).queryset = inboxes


@needs("conversations.reply")
def begin(request: HttpRequest, contact_id: int) -> HttpResponse:
    """A form; posted, the mail is queued and its thread opened."""
    contact = get_object_or_404(Contact, pk=contact_id, merged_into=None)
    inboxes = visible_inboxes(visitor(request)).filter(kind="email", is_enabled=True).order_by("name")
    form = FirstWords(request.POST or None, inboxes=inboxes, initial={"to": contact.email, "inbox": inboxes.first()})
    if request.method == "POST" and form.is_valid():
        to = (Address(email=form.cleaned_data["to"], name=contact.name),)
        answer = reply.Answer(html=richtext.from_text(form.cleaned_data["text"]), to=to, is_signed=True)
        try:
            message = reply.begin(
                inbox=form.cleaned_data["inbox"],
                contact=contact,
                subject=form.cleaned_data["subject"],
                answer=answer,
                by=visitor(request),
                at=clock.now(),
            )
        except reply.NoRecipient:
            form.add_error("to", _("This is one of our own inboxes. Nothing was sent."))
        else:
            return redirect("inbox:conversation", message.conversation_id)
    return render(request, "inbox/new.html", {"form": form, "contact": contact, "has_inbox": inboxes.exists()})
