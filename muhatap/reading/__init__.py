"""What a message says, read without a database: kind, urgency, sentiment, topic, language. Pure: no settings, no clock, no network.

`reader.Reader` reads; a model made by `make model` (training/) lies in models/, and its hash is checked before it is used. A text is a
sum over its words, pairs of words and signs (signs.json), so what each of them added to a decision is known exactly: those are the reasons.
Where the sum is not sure, `second` looks again with an encoder (`context`), whose answer is a sum over the words in their context.
"""
