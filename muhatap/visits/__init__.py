"""What happens on web sites and in shops: the events as they were sent, durable before they are answered, and what they come to.

Owns: sites with their write keys, raw events in partitions by day, what was refused and why, visits and page views folded from
the events, the salt of a day, from when until when a visitor is which contact, and what proved it. Does not own: who a contact is
(contacts), what is done about a visit (flow).
"""
