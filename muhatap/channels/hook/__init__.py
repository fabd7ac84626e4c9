"""The channel webhook: any program that hears of posts tells us of them, one or many at a time.

Owns: what such a body looks like and who may send one. Does not own: the address it is sent to (api).
"""
