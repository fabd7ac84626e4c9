"""The door for people: pages. Reads input, makes one call, shows the result."""
