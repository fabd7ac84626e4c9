"""Time promises to everybody, and what was promised to somebody: when we work, until when we answer, what we owe whom by when.

Owns: business hours, holidays, SLA policies, the arithmetic of working time; promises, how they ended, and what they cost. Does
not own: which conversation a deadline stands on (conversations), nor when it is asked or told in a thread (flow).
"""
