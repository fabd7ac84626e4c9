"""Web sites that send events: their keys, and what arrives from them and why something is refused."""
