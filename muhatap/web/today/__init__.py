"""The day: what waits for the reader in the order it is due, the hours it falls in, and what changed since yesterday."""
