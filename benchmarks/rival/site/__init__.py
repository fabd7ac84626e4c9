"""The smallest project around django-helpdesk: settings, addresses, an entry. Runs in an environment of its own."""
