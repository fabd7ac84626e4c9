"""The channel Trendyol: what customers of the marketplace ask about products, and the one answer each of them gets.

Owns: how far a seller's questions were read and how each stands there. Does not own: the shop and its orders (sales).
"""
