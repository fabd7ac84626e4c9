"""The customers' voice: the figures of some days, the messages and the answers behind them."""

from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from muhatap.accounts.permissions import may
from muhatap.conversations.visibility import readable_interactions
from muhatap.insight import loyalty, voice_rows
from muhatap.insight.voice_rows import Cursor, Wanted
from muhatap.shared import clock
from muhatap.web.common import charts
from muhatap.web.common.doors import needs, visitor
from muhatap.web.common.unseen import hidden
from muhatap.web.insight.voice import answered, asking, boards, lines, parts, words
from muhatap.web.insight.voice.around import around

ANSWERS = 200  # at most on one page


@needs("voice.read")
def overview(request: HttpRequest) -> HttpResponse:
    wanted = asking.read(request)
    page = boards.read(wanted)
    tables = boards.tables(wanted)
    topics = next((table.lines for table in tables if table.name == "topic"), ())
    shown = {
        "sentence": boards.sentence(page, topics),
        "is_empty": page.is_empty,
        "is_narrowed": bool(asking.narrowed(wanted)),
        "cards": boards.cards(page),
        "charts": boards.series(page, charts.spans(wanted)),
        "tables": tables,
        "pdf_url": wanted.url("pdf"),
    }
    return render(request, "insight/voice/overview.html", shown | around(request, wanted, "overview"))


@needs("voice.read")
def rows(request: HttpRequest) -> HttpResponse:
    """The messages behind a number, as far as the reader may see them."""
    wanted, asked = asking.read(request), behind(request)
    before = request.GET.get("before", "")
    found = voice_rows.page(asked, visitor(request), before=_cursor(before))
    say, mood = request.GET.get("say", ""), request.GET.get("mood", "") if asked.moods else ""
    here = wanted.url("rows", say=say, mood=mood)
    page = {
        "title": words.SAY[say][1] if say in words.SAY else words.FELT[mood][1] if mood else "",
        "sentence": words.SENTENCES.get(say) or words.SENTENCES.get(mood, words.SENTENCES["messages"]),
        "parts": [] if before else parts.of_messages(wanted, say, mood),
        "rows": [lines.of_message(row, clock.now()) for row in found.rows],
        "hidden": hidden(found.n_hidden),
        "next_url": f"{here}&before={_token(found.next)}" if found.next else "",
        "csv_url": wanted.url("export", table="rows", say=say, mood=mood) if may_export(request) else "",
        "back_url": wanted.url(),
    }
    return render(request, "insight/voice/rows.html", page | around(request, wanted, "rows"))


@needs("voice.read")
def answers(request: HttpRequest) -> HttpResponse:
    """The answers behind CSAT, NPS or CES, as far as the reader may see whose they are."""
    wanted, kind = asking.read(request), request.GET.get("kind", "")
    if kind not in loyalty.KINDS:
        raise Http404
    before = request.GET.get("before", "")
    part = request.GET.get("part", "")
    scores = parts.scores(kind, part)
    some = list(
        loyalty.answers(wanted.asked, kind, scores=scores, before=_cursor(before)).select_related("contact")[
            : ANSWERS + 1
        ]
    )
    found = some[:ANSWERS]
    last = _token(Cursor(found[-1].at, found[-1].pk)) if len(some) > ANSWERS else ""
    seen = readable_interactions(visitor(request), [one.interaction_id for one in found if one.interaction_id])
    nameless = [one for one in found if one.contact_id is None]
    shown = [one for one in found if one.interaction_id in seen or one in nameless]
    page = {
        "heading": answered.title(kind),
        "title": words.SENTENCES[kind],
        "parts": [] if before else parts.of_answers(wanted, kind, part if scores else ""),
        "rows": [lines.of_answer(one, clock.now()) for one in shown],
        "hidden": hidden(len(found) - len(shown)),
        "next_url": f"{wanted.url('answers', kind=kind, part=part if scores else '')}&before={last}" if last else "",
        "back_url": wanted.url(),
    }
    return render(request, "insight/voice/answers.html", page | around(request, wanted, "answers"))


def behind(request: HttpRequest) -> Wanted:
    """What the address asks for of the messages."""
    say, mood = request.GET.get("say", ""), request.GET.get("mood", "")
    kinds = words.SAY[say][0] if say in words.SAY else ()
    moods = words.FELT[mood][0] if mood in words.FELT else ()
    return Wanted(asked=asking.read(request).asked, kinds=kinds, moods=moods)


def may_export(request: HttpRequest) -> bool:
    return may(visitor(request), "conversations.export")


def _cursor(text: str) -> Cursor | None:
    at, _tilde, number = text.partition("~")
    try:
        moment, row = datetime.fromisoformat(at), int(number[:19])
    except ValueError:
        return None
    return Cursor(moment, row) if moment.tzinfo and 0 < row < 2**63 else None


def _token(cursor: Cursor) -> str:
    return f"{cursor.at.isoformat().replace('+', '%2B')}~{cursor.id}"
