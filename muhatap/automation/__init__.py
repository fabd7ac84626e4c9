"""What the house does by itself: rules, macros, and who takes the next conversation.

Owns: rules with their firings, macros, ways of assigning. Does not own: the acts themselves (conversations), nor their order (flow).
"""
