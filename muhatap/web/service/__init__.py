"""Settings of working hours, holidays and SLA policies."""
