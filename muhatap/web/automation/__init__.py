"""Settings of rules, macros and assignment; the macros of the composer and one's own availability are parts of other pages."""
