"""Pages of the inbox: views, list, conversation, composer, card."""
