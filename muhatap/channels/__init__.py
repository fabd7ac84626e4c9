"""Kinds of ways to talk, and the configured boxes (Inbox) of each.

Owns: Inbox, who works in it, and one folder a kind with everything a vendor needs: translation of raw bytes
into Inbound, sending of Outbound. Does not own: what was said (interactions), threads (conversations), people (contacts).
"""
