"""The channel notices by mail: forums and complaint sites that write us a mail when somebody wrote there.

Owns: which mails are such notices, and finding the post in one. Does not own: reading mail (the channel e-mail does it) or its way here (flow).
"""
