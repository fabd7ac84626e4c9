"""What agents write with: canned replies with variables, signatures, and what is checked in a text before it is sent.

Owns: canned replies, signatures, the filling of templates (`rendering`, pure; rules and macros use it too), and the reading of
a text for files it promises. Does not own: drafts, messages, recipients (conversations).
"""
