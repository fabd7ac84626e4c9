"""The ground floor: things without a word of our business in them that two rooms need.

Owns: clock, text folding, phone and e-mail forms, files, jobs, live announcements, the embedded database. Knows nobody.
"""
