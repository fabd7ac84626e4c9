"""The channel manual entry: what somebody heard on the phone, over the counter or on a page nobody can connect, written down by staff.

Owns: the raw form of such a note. Does not own: who may write one (web) or whom it is about (contacts).
"""
