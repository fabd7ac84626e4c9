"""The door to the assistant: the panel above the composer, where it is set, and what was sent."""
