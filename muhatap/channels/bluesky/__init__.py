"""The channel Bluesky: mentions of and replies to the firm's account, and posts that a search finds, answered from the account.

Owns: the XRPC calls of the AT Protocol. Does not own: who an account is (contacts).
"""
