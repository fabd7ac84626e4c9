"""Pages of logging in, of one's own account, of staff, teams and the audit."""
