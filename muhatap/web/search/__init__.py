"""The palette and the search page: people, conversations, files and acts found by words, from everywhere."""
