"""Threads of messages with a contact, and the daily work on them.

Owns: Conversation, Message, Attachment, drafts, mentions, tags on threads, closures, snoozes, where a message was placed
and why, the kept counts, who sees what. Does not own: how a message travels (channels), the ledger (interactions).
"""
