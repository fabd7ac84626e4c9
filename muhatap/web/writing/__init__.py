"""Settings of canned replies and signatures."""
