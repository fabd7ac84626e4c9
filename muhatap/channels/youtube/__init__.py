"""The channel YouTube: comments below the firm's videos, answered below them from its channel.

Owns: comments in the YouTube Data API. Does not own: who a commenter is (contacts).
"""
