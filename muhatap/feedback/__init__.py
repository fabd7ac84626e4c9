"""What customers say when asked: surveys and their answers.

Owns: surveys, invitations to answer, responses. Does not own: when somebody is asked (flow), how the question travels (channels).
"""
