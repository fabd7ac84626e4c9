"""A small shop of somebody else's, to see the tracker and the chat at work: home, list, products, cart, checkout, login.

It knows nothing of Muhatap but what every shop would: the tags on its pages, and how its server signs who is logged in.
"""
