"""The people outside, and how we know that two are one.

Owns: Contact, Company, Identity, profile fields with source and time, custom fields, tags, notes, merges and their undo.
Does not own: what they wrote (interactions, conversations), whether they allowed it (consent comes later).
"""
