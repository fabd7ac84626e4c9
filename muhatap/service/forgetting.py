"""Cases forget the words they were named after, when whoever said them took them back."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from muhatap.interactions.models import Interaction
from muhatap.service.models import Case, CaseLink, CaseStep


@transaction.atomic
def forget(
    *, interaction: Interaction, conversation_id: int | None, words: str, title: str, at: datetime
) -> list[Case]:
    """Give the cases made of this interaction a title of nobody's words, and those of its conversation that bear its words.

    Returns them. What staff wrote of them stays.
    """
    links = CaseLink.objects.filter(Q(interaction=interaction) | Q(conversation_id=conversation_id or 0))
    rows = Case.objects.select_for_update(of=("self",)).filter(pk__in=links.values("case_id")).order_by("pk")
    ours = set(links.filter(interaction=interaction).values_list("case_id", flat=True))
    forgotten = [case for case in rows if case.title != title and (case.pk in ours or _bears(case.title, words))]
    for case in forgotten:
        CaseStep.objects.filter(case=case, field="title").update(was="…", became="…")
        CaseStep.objects.create(
            case=case, act=CaseStep.Act.CHANGED, state=case.state, field="title", became=title, by=None, at=at
        )
        Interaction.objects.filter(case=case).update(excerpt=title)
        case.title = title
        case.save(update_fields=["title"])
    return forgotten


def _bears(title: str, words: str) -> bool:
    """Whether it was taken from these words: titles are one line, and may be cut."""
    line = " ".join(title.removesuffix("…").split())
    return bool(line) and line in " ".join(words.split())
