"""Where a customer answers a survey, and its settings."""
