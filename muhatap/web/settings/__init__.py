"""Pages of settings: inboxes with their health, quarantine, custom fields, tags."""
