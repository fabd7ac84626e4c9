"""Cases and what quality costs: the list, one case with its story, the parts beside conversations, the report, causes and rates."""
