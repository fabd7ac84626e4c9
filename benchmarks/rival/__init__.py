"""django-helpdesk beside us: an environment and a database of its own, filled with the very rows of our bench firm.

`site` is the smallest project that runs it; it is imported by its own Python only, which knows nothing of ours.
"""
