"""A busy day: a hundred agents clicking, two thousand visitors with an open chat, twenty messages a second.

Owns the crowd and what it writes down. The crowd speaks HTTP over bare asyncio streams, because it shares the two cores with the
product that is measured.
"""
