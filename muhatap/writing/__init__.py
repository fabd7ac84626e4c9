"""What agents write with: canned replies with variables, signatures, and what is checked before something is sent.

Owns: canned replies, signatures, the checks. Does not own: drafts and messages (conversations).
"""
