"""An agent who clicks, one request after the other, and the bare SQL that fetches the same rows.

Owns the clicks that are measured and their floors. What they look at is filled by benchmarks.filling.
"""
