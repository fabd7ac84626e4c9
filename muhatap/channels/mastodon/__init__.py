"""The channel Mastodon: mentions of the firm's account and posts under its hashtags, answered from the account.

Owns: the API of Mastodon servers. Does not own: who an account is (contacts).
"""
