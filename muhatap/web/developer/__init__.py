"""Settings for those who connect other systems: API keys, webhooks and their deliveries."""
