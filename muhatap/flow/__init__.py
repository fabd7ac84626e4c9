"""The staircase: the only place that knows the order of things across rooms. Owns no tables."""
