"""How the tasks of the writing assistant are drawn, wherever they stand."""

from muhatap.assistant.models import Task

ICONS = {Task.DRAFT: "pen-line", Task.SUMMARY: "scroll-text", Task.THEIRS: "languages", Task.OURS: "languages"}
