"""Who works here and what they may do.

Owns: User, Team, roles and the one permission table, the append-only audit. Does not own: which conversations
somebody sees (conversations.visibility), inboxes (channels).
"""
