"""The channel RSS and Atom: forums, blogs and complaint sites that publish what people write there.

Owns: reading feeds, the hostile and the broken ones too. Does not own: who the author is (contacts) or what follows (flow).
"""
