"""A small real-looking shop, Ihlamur Ev: its mails and chats in their wire form, and what its people did with them.

Everything is played through the very intake and the very acts of the rooms; nothing is written into their tables.
"""
