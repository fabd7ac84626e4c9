"""What was said to us: what each interaction with words says, what people corrected of it, and what that taught.

Owns: the company's topics, readings of interactions, corrections, the layers learned from them. Does not own: how a text is read
(reading, which is pure), nor when an interaction is read (flow).
"""
