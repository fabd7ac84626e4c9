"""How large a firm is."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, kw_only=True)
class Size:
    n_contacts: int
    n_conversations: int
    n_messages: int
    n_agents: int = 60
    n_inboxes: int = 40
    n_teams: int = 8
    longest: int = 5_000  # messages in the longest conversation
    age: timedelta = timedelta(days=1_095)


SIZES = {
    "full": Size(n_contacts=1_000_000, n_conversations=500_000, n_messages=5_000_000),
    "tenth": Size(n_contacts=100_000, n_conversations=50_000, n_messages=500_000),
    "small": Size(n_contacts=4_000, n_conversations=2_000, n_messages=20_000, longest=400, age=timedelta(days=200)),
}
