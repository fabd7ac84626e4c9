"""What all listening channels share: asking the outside politely, how each source is doing, names of authors, plain words from HTML.

Owns: Source, the row that says how far a source was read and how it goes. Does not own: what a service says (its own folder),
nor what was heard (interactions). It lies below the kinds and knows none of them.
"""
