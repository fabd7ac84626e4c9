"""The palette: people, conversations and acts found by a few letters, from everywhere."""
