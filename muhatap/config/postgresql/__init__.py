"""Django's PostgreSQL with a cheaper look whether a connection still stands.

Owns `base`, the module in which Django looks for a database's classes.
"""
