"""What the house does by itself: rules, macros, and who takes the next conversation.

Owns: rules with their firings and dry runs, macros and their runs, ways of giving, who is available. Does not own: the acts
themselves (conversations), how an answer leaves (flow lends it), nor their order (flow).
"""
