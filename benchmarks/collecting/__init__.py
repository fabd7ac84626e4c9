"""What the bench of the collector is made of: a generator of requests, the limits beside them, and the hand that kills."""
