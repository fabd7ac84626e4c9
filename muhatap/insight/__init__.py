"""Figures managers trust: what is measured of the daily work, kept by the day, each figure leading back to its rows.

Owns: measured moments, daily roll-ups, definitions of figures. Does not own: the conversations they are about.
"""
