"""The channel e-mail: reading mail, fetching by IMAP, sending by SMTP.

Owns: the parser, the cursor of each mailbox. Does not own: where a mail belongs (conversations) or who wrote it (contacts).
"""
