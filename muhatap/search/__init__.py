"""Finding everything that was ever said: documents for full text, the query language, ranking, snippets.

Owns: search documents, which can be rebuilt at any time. Does not own: what they are made of (conversations, contacts).
"""
