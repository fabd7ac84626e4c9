"""How often somebody may knock at the API; the web's own public pages ask the same buckets."""

from muhatap.shared.limits import BUCKETS, Buckets, Limit

__all__ = ["BUCKETS", "Buckets", "Limit"]
