"""Settings of rules, macros and assignment."""
