"""What happened between the company and its contacts.

Owns: the raw intake (durable before anything else), quarantine, the ledger (one row per interaction, in and out),
the outbox with its deliveries, the timeline of a contact. Does not own: threads and their work (conversations).
"""
