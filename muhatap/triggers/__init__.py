"""Answering personally: what customers do on the web and with their orders, and when somebody should turn to them.

Owns: triggers, what each found and did or did not do and why, the tasks and invitations that came of it. Does not own: visits, carts
and orders, how an answer is written and sent.
"""
