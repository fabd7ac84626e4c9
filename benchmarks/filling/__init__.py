"""A firm of any size, written straight into the database with COPY: the same seed gives the same rows.

Owns what benches look at: contacts, conversations with their messages and ledger entries, staff and inboxes. Nothing here is
measured; the acts of the product are too slow and too careful for five million rows.
"""
