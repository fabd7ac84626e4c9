"""The tables of visits, in files by their matter."""

from muhatap.visits.models.events import Event, EventKeeping, Folded, Kind
from muhatap.visits.models.proofs import How, Period, VisitorLink, VisitorProof
from muhatap.visits.models.sites import DaySalt, Refusal, Site
from muhatap.visits.models.tallies import Cell, DayTally, Dim, ElementDay, MinuteTally, Named, TallyChange
from muhatap.visits.models.visits import Device, EmptySearch, PageView, ProductInterest, Step, Visit, VisitNews

__all__ = [
    "Cell",
    "DaySalt",
    "DayTally",
    "Device",
    "Dim",
    "ElementDay",
    "EmptySearch",
    "Event",
    "EventKeeping",
    "Folded",
    "How",
    "Kind",
    "MinuteTally",
    "Named",
    "PageView",
    "Period",
    "ProductInterest",
    "Refusal",
    "Site",
    "Step",
    "TallyChange",
    "Visit",
    "VisitNews",
    "VisitorLink",
    "VisitorProof",
]
