"""Listening: the sources with their set-up and how they do, the posts that were only heard, and writing down what was heard elsewhere."""
