"""Contacts that come in by the file, and everything that leaves by the file.

Owns: imports with what became of each row, saved mappings, exports of everything. Does not own: contacts and the act that
takes many of them at once (contacts.taking).
"""
