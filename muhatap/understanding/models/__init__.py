"""The tables of understanding, in files by their matter."""

from muhatap.understanding.models.learned import LearnedModel, LearnedModelQuery
from muhatap.understanding.models.readings import (
    FIELDS,
    CatchUp,
    Correction,
    CorrectionQuery,
    Reading,
    TopicMove,
)
from muhatap.understanding.models.themes import Theme, ThemeLook, ThemeMember, ThemeWeek
from muhatap.understanding.models.topics import Topic, TopicMerge

__all__ = [
    "FIELDS",
    "CatchUp",
    "Correction",
    "CorrectionQuery",
    "LearnedModel",
    "LearnedModelQuery",
    "Reading",
    "Theme",
    "ThemeLook",
    "ThemeMember",
    "ThemeWeek",
    "Topic",
    "TopicMerge",
    "TopicMove",
]
