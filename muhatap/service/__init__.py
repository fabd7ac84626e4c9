"""What we owe: when we work, until when we answer, what was promised to whom, what went wrong for whom, and what all that costs.

Owns: business hours, holidays, SLA policies, the arithmetic of working time; promises and how they ended; cases, their causes and
resolutions; rates of an hour and costs of quality. Does not own: which conversation a deadline stands on (conversations), nor when
something is told in a thread or gathered from shops (flow), nor the estimate of lost value (insight).
"""
