"""The channel web chat: visitors' sessions, their signed identity, the widget's settings.

Owns: the visitor's session and the translation of what the widget sends. Does not own: who the visitor is (contacts).
"""
