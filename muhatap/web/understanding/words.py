"""What the reader's signs are called, and what can be chosen of a field."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy

from muhatap.understanding import topics
from muhatap.understanding.models import Reading, Topic

Word = Promise | str
SIGNS: Mapping[str, Word] = {
    "failure": _("tells of a failure"),
    "not_done": _("something was not done"),
    "does_not": _("something does not work"),
    "cannot": _("somebody cannot do something"),
    "late": _("something is late"),
    "charged": _("money was taken"),
    "rude": _("somebody was rude"),
    "let_down": _("somebody was let down"),
    "gripe": _("grumbles"),
    "told_otherwise": _("somebody was let down"),
    "woe_word": _("a word of displeasure"),
    "joy_word": _("a word of praise"),
    "lacking": _("something is missing"),
    "bad_word": _("a word of displeasure"),
    "good_word": _("a word of praise"),
    "negated_good": _("a good thing denied"),
    "negated_bad": _("a bad thing denied"),
    "thanks": _("thanks"),
    "lauds": _("praises"),
    "best_ever": _("praises"),
    "admires": _("admires"),
    "glad_mark": _("a glad sign"),
    "sad_mark": _("a sad sign"),
    "shouts": _("shouts"),
    "question_mark": _("a question mark"),
    "asks_mi": _("asks"),
    "asks_wh": _("asks"),
    "asks_why": _("asks why"),
    "asks_may_i": _("asks whether it may be"),
    "asks_somebody": _("asks somebody"),
    "wonders": _("wonders"),
    "asks_to_tell": _("asks"),
    "asks_open": _("asks"),
    "unsure": _("wonders"),
    "wants": _("wants something"),
    "noun_request": _("wants something"),
    "wants_act": _("wants something done"),
    "imperative": _("tells us to do something"),
    "now": _("needs it now"),
    "harm": _("tells of harm"),
    "money_stuck": _("money is stuck"),
    "legal": _("speaks of law"),
    "again": _("has written before"),
    "sells": _("sells something"),
    "spam": _("looks like spam"),
    "orders": _("wants something done"),
    "your_doing": _("wants something done"),
    "asks_of_you": _("wants something"),
    "if_only": _("wants something"),
    "asks_state": _("asks"),
    "asks_past": _("asks"),
    "asks_wh_verb": _("asks"),
    "tells_me": _("wonders"),
    "other_than_asked": _("tells of a failure"),
    "fell_apart": _("tells of a failure"),
    "since": _("something is late"),
    "regrets": _("somebody was let down"),
    "suffered": _("somebody was let down"),
    "marvels": _("admires"),
    "best_of": _("admires"),
    "others_glad": _("praises"),
    "offers": _("sells something"),
    "learned": _("learned from corrections"),
    "named": _("what the topic’s name means"),
}


def sign(name: str) -> str:
    """What a sign is called; nothing for those that need no name."""
    return str(SIGNS.get(name, ""))


def choices(field: str) -> list[tuple[str, str]]:
    """What a field may say: code and word."""
    if field == "topic":
        found = topics.living()
        path_of = topics.paths(found)
        return [*((one.slug, path_of[one.pk]) for one in found), ("", str(_("No topic")))]
    known = {"kind": Reading.Kind, "urgency": Reading.Urgency, "sentiment": Reading.Sentiment}
    if field == "language":
        return [(code, str(word)) for code, word in LANGUAGES.items()]
    return [(str(code), str(word)) for code, word in known[field].choices]


def names(field: str) -> dict[str, str]:
    """What each answer a field ever had is called: of topics archived and merged ones as well."""
    gone = Topic.objects.exclude(archived_at=None) if field == "topic" else ()
    return {one.slug: str(one) for one in gone} | dict(choices(field))


LANGUAGES: Mapping[str, Word] = {
    "tr": _("Turkish"),
    "en": _("English"),
    "de": _("German"),
    "ar": _("Arabic"),
    "ru": _("Russian"),
    "fr": _("French"),
}


def language(code: str) -> str:
    """What a language is called, of those we name."""
    return str(LANGUAGES.get(code, "")) or pgettext("language", "Another language (%(code)s)") % {"code": code}


PROBLEMS: Mapping[str, Word] = {
    "name": _("Give it a name."),
    "taken": _("Another topic beside it has this name."),
    "loop": _("A topic cannot stand under itself."),
    "deep": _("Topics stand three deep at most."),
    "many": _("These are too many topics: 300 at most."),
    "children": _("Topics stand under it. Move or archive them first."),
    "gone": _("This topic is not there any more."),
    "same": _("Choose another topic."),
    "undone": _("The merge was undone before."),
}
CAME_OF_IT: Mapping[str, Word] = {
    "worse": _("Not used: it reads held-back messages worse."),
    "class_fell": _("Not used: it reads one answer worse."),
    "noise": _("Not used: the corrections show no pattern yet."),
    "too_few": _("Not used: there are too few corrections."),
    "better": _("It reads held-back messages better."),
    "no_worse": _("It reads held-back messages no worse."),
}
FORGOTTEN = _("No longer there: it could still know something that was erased or taken back.")
FORGOTTEN_BEFORE = _(
    "What was used before is no longer there: it could still know something that was erased or taken back."
)
ABOUT: Mapping[str, Word] = {
    "kind": pgettext_lazy("message", "Kind"),
    "urgency": pgettext_lazy("message", "Urgency"),
    "sentiment": pgettext_lazy("message", "Mood"),
    "topic": pgettext_lazy("message", "Topic"),
    "language": pgettext_lazy("message", "Language"),
}
