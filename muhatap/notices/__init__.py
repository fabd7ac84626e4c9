"""Telling staff what wants them: notices, where they are told (page, browser, mail), and quiet hours.

Owns: notices, preferences, push subscriptions, who looks at which conversation now. Does not own: what happened (conversations).
"""
