"""What customers ask at a marketplace: the inbox of a seller account's questions, opened and changed."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from muhatap.channels import inboxes
from muhatap.channels.models import Inbox
from muhatap.flow import questions
from muhatap.sales.models import Shop
from muhatap.service import policies
from muhatap.shared import clock
from muhatap.web.common import times
from muhatap.web.common.doors import needs, visitor
from muhatap.web.common.inbox_forms import Basics


class QuestionsForm(Basics):
    """Who answers, and within which time; the key is the shop's own."""

    field_order = ("name", "team", "agents", "answer_hours", "is_enabled")

    answer_hours = forms.IntegerField(
        label=gettext_lazy("Answered within so many hours"),
        required=False,
        min_value=1,
        max_value=72,
        help_text=gettext_lazy("Becomes a promise of its own. Trendyol closes a question after three working days."),
    )

    def __init__(self, data: Any = None, *, inbox: Inbox, shop: Shop) -> None:
        agents = list(inbox.desks.values_list("user_id", flat=True)) if inbox.pk else []
        kept = {"name": inbox.name, "team": inbox.team_id, "agents": agents, "is_enabled": inbox.is_enabled}
        offered = {"name": _("%(shop)s, questions") % {"shop": shop.name}, "answer_hours": 8, "is_enabled": True}
        super().__init__(data, initial=kept if inbox.pk else offered)
        if inbox.pk:
            del self.fields["answer_hours"]  # a promise that stands is changed among the promises


@needs("inboxes.edit")
def edit(request: HttpRequest, number: int) -> HttpResponse:
    shop = get_object_or_404(Shop, pk=number, kind=Shop.Kind.TRENDYOL)
    inbox = of_shop(shop) or Inbox(kind=questions.KIND)
    form = QuestionsForm(request.POST or None, inbox=inbox, shop=shop)
    if request.method == "POST" and form.is_valid() and _saved(request, form, shop=shop, inbox=inbox):
        messages.success(request, _("Saved. What waits for an answer comes in within some minutes."))
        return redirect("shops:shop", number)
    return render(request, "sales/questions.html", {"form": form, "shop": shop}, status=422 if form.errors else 200)


def _saved(request: HttpRequest, form: QuestionsForm, *, shop: Shop, inbox: Inbox) -> bool:
    data = form.cleaned_data
    try:
        questions.open_box(
            shop=shop,
            inbox=inbox,
            name=data["name"],
            team=data["team"],
            agents=list(data["agents"]),
            is_enabled=data["is_enabled"],
            answer_minutes=(data.get("answer_hours") or 0) * 60,
            by=visitor(request),
            at=clock.now(),
        )
    except inboxes.NameTaken:
        form.add_error("name", _("Another inbox has this name."))
    except policies.NameTaken:
        form.add_error("name", _("A promise has this name. Give the inbox another one, or name no hours."))
    return not form.errors


def of_shop(shop: Shop) -> Inbox | None:
    """The inbox of this seller account's questions."""
    return Inbox.objects.filter(kind=questions.KIND, settings__shop_id=shop.pk).first()


def around(shop: Shop) -> dict[str, Any]:
    """What the shop's page shows of them."""
    if shop.kind != Shop.Kind.TRENDYOL:
        return {}
    inbox, now = of_shop(shop), clock.now()
    box = getattr(inbox, "question_box", None) if inbox else None
    return {
        "has_questions": True,
        "question_inbox": inbox,
        "question_box": box,
        "questions_since": times.stamp(box.trouble_since, now) if box and box.trouble_since else "",
        "n_questions": inbox.questions.filter(status="WAITING_FOR_ANSWER").count() if inbox else 0,
        "may_ask_questions": bool(shop.account and shop.api_secret_sealed),
    }
