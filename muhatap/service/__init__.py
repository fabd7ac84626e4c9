"""Time promises to everybody: when we work, and until when we answer.

Owns: business hours, holidays, SLA policies, and the arithmetic of working time. Does not own: which conversation a promise
stands on and until when (conversations), nor when it is asked (flow).
"""
