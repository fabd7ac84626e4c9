"""A language model somewhere else that drafts, summarises and translates: where it is, what was sent to it, what came back.

Owns: the one row that says where (nothing is on before somebody turns it on), what each task asks for, the protocol
(`/chat/completions`, as OpenAI and servers of one's own speak it), and a row for every asking with the masked text. Does not own:
what is masked (reading), what a conversation holds (conversations), and nothing that acts: what comes back is text for a person.
"""
