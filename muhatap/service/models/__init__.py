"""The tables of service, in files by their matter."""

from muhatap.service.models.cases import Case, CaseLink, CaseStep, CaseView, Cause, Compensation, Resolution
from muhatap.service.models.costs import Cost, Rate
from muhatap.service.models.promises import HandOver, Promise, PromiseEnding, PutOff
from muhatap.service.models.time import BusinessHours, Holiday, SlaPolicy

__all__ = [
    "BusinessHours",
    "Case",
    "CaseLink",
    "CaseStep",
    "CaseView",
    "Cause",
    "Compensation",
    "Cost",
    "HandOver",
    "Holiday",
    "Promise",
    "PromiseEnding",
    "PutOff",
    "Rate",
    "Resolution",
    "SlaPolicy",
]
