"""The company's topics: the tree, and adding, renaming, moving, archiving, merging and taking a merge back."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from muhatap.flow import understanding
from muhatap.shared import clock
from muhatap.understanding import topics
from muhatap.understanding.models import Topic, TopicMerge
from muhatap.understanding.topics import BadTopic
from muhatap.web.common import reading, times
from muhatap.web.common.doors import needs, visitor
from muhatap.web.understanding.behind import Asked, linked
from muhatap.web.understanding.words import PROBLEMS

SHOWN_MERGES = 10


class TopicForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    name_en = forms.CharField(label=gettext_lazy("Name in English"), max_length=80, required=False)
    parent = forms.ChoiceField(label=gettext_lazy("Stands under"), required=False)

    def __init__(self, *args: Any, topic: Topic | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        below = set(topics.branch(topic.pk)) if topic else set()
        self.fields["parent"].choices = [("", _("Nothing: a topic of its own")), *_choices(below)]  # type: ignore[attr-defined]


@needs("understanding.edit")
def listing(request: HttpRequest) -> HttpResponse:
    topics.ensure(at=clock.now())
    living, counts = topics.living(), topics.counts()
    depth: dict[int, int] = {}
    for one in living:
        depth[one.pk] = depth.get(one.parent_id or 0, 0) + 1
    merges = TopicMerge.objects.filter(undone_at=None).select_related("kept", "dropped", "by").order_by("-id")
    page = {
        "lines": [{"topic": one, "depth": depth[one.pk], "n": _n(one.pk, counts.get(one.pk, 0))} for one in living],
        "archived": Topic.objects.exclude(archived_at=None).filter(merged_into=None).order_by("name"),
        "merges": [(one, times.full(one.at)) for one in merges[:SHOWN_MERGES]],
    }
    return render(request, "understanding/topics.html", page)


@needs("understanding.edit")
def new(request: HttpRequest) -> HttpResponse:
    form = TopicForm(request.POST or None, initial={"parent": request.GET.get("under", "")})
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            topics.add(
                name=told["name"],
                name_en=told["name_en"],
                parent=_parent(told["parent"]),
                by=visitor(request),
                at=clock.now(),
            )
        except BadTopic as bad:
            form.add_error("parent" if bad.code in ("deep", "loop", "gone") else "name", str(PROBLEMS[bad.code]))
        else:
            messages.success(request, _("“%(name)s” is here. It learns from the first corrections.") % told)
            return redirect("understanding:topics")
    page = {"form": form, "topic": None}
    return render(request, "understanding/topic.html", page, status=422 if form.errors else 200)


@needs("understanding.edit")
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    topic = get_object_or_404(Topic, pk=pk, archived_at=None)
    begun = {"name": topic.name, "name_en": topic.name_en, "parent": str(topic.parent_id or "")}
    form = TopicForm(request.POST or None, initial=begun, topic=topic)
    if request.method == "POST" and form.is_valid():
        told, by, at = form.cleaned_data, visitor(request), clock.now()
        parent = _parent(told["parent"])
        try:
            if (parent.pk if parent else None) != topic.parent_id:
                topics.move(topic=topic, parent=parent, by=by, at=at)
            topics.rename(topic=topic, name=told["name"], name_en=told["name_en"], by=by, at=at)
        except BadTopic as bad:
            form.add_error("parent" if bad.code in ("deep", "loop", "gone") else "name", str(PROBLEMS[bad.code]))
        else:
            messages.success(request, _("Saved."))
            return redirect("understanding:topics")
    page = {"form": form, "topic": topic, "others": _choices(set(topics.branch(pk)))}
    return render(request, "understanding/topic.html", page, status=422 if form.errors else 200)


@require_POST
@needs("understanding.edit")
def archive(request: HttpRequest, pk: int) -> HttpResponse:
    topic = get_object_or_404(Topic, pk=pk)
    try:
        topics.archive(topic=topic, by=visitor(request), at=clock.now())
    except BadTopic as bad:
        messages.error(request, str(PROBLEMS[bad.code]))
        return redirect("understanding:topic", pk)
    messages.success(request, _("“%(name)s” is archived. Messages that have it keep it.") % {"name": topic})
    return redirect("understanding:topics")


@require_POST
@needs("understanding.edit")
def restore(request: HttpRequest, pk: int) -> HttpResponse:
    topic = get_object_or_404(Topic, pk=pk)
    try:
        topics.restore(topic=topic, by=visitor(request), at=clock.now())
    except BadTopic as bad:
        messages.error(request, str(PROBLEMS[bad.code]))
    return redirect("understanding:topics")


@require_POST
@needs("understanding.edit")
def merge(request: HttpRequest, pk: int) -> HttpResponse:
    """This topic goes into the one chosen."""
    drop = get_object_or_404(Topic, pk=pk)
    keep = Topic.objects.filter(pk=reading.number(request.POST.get("into")) or 0).first()
    if keep is None:
        messages.error(request, str(PROBLEMS["same"]))
        return redirect("understanding:topic", pk)
    try:
        understanding.merge_topics(keep=keep, drop=drop, by=visitor(request), at=clock.now())
    except BadTopic as bad:
        messages.error(request, str(PROBLEMS[bad.code]))
        return redirect("understanding:topic", pk)
    messages.success(request, _("“%(one)s” is part of “%(other)s” now.") % {"one": drop, "other": keep})
    return redirect("understanding:topics")


@require_POST
@needs("understanding.edit")
def undo_merge(request: HttpRequest, pk: int) -> HttpResponse:
    merged = get_object_or_404(TopicMerge, pk=pk)
    try:
        understanding.undo_merge(merged=merged, by=visitor(request), at=clock.now())
    except BadTopic as bad:
        messages.error(request, str(PROBLEMS[bad.code]))
    else:
        messages.success(request, _("“%(name)s” is a topic of its own again.") % {"name": merged.dropped})
    return redirect("understanding:topics")


def _parent(chosen: str) -> Topic | None:
    return Topic.objects.filter(pk=reading.number(chosen) or 0).first()


def _choices(left_out: set[int]) -> list[tuple[str, str]]:
    found = topics.living()
    path_of = topics.paths(found)
    return [(str(one.pk), path_of[one.pk]) for one in found if one.pk not in left_out]


def _n(topic: int, n: int) -> SafeString | str:
    said = ngettext("%(n)s message", "%(n)s messages", n) % {"n": times.count(n)}
    return linked(said, Asked(topic=topic)) if n else ""
