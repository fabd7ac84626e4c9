"""What happens on web sites and in shops: the events as they were sent, durable before they are answered.

Owns: sites with their write keys, raw events in partitions by day, what was refused and why. Does not own: who a visitor is
(contacts), what is done about a visit (flow).
"""
