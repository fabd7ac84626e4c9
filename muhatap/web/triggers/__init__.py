"""Answering personally: the triggers with their looks back and their log, and the tasks that came of them."""
