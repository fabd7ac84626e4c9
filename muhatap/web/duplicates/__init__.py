"""Pages where people answer who is whom, and of the look at the whole base."""
