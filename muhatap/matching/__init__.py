"""Who is the same person: normalised records, evidence, weights and groups. Pure: no database, no settings, no clock.

`normal.of` makes a record comparable, `blocking.keys` tells under which keys it is found, `scoring.score` weighs two of them. The batch
(`muhatap dedupe`) says the same definitions in SQL and groups millions.
"""
