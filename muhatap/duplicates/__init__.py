"""Who may be whom: the nightly look at everybody, and the list of what it would change, for people to answer.

Owns: runs over the whole base, proposals (two contacts are one; one contact is two), the answers to them. Does not own:
contacts, merges, splits and bonds (contacts), the matcher (matching). Nothing here makes anybody one by itself.

What other rooms call:

    running.begin(by=, at=) / cancel(run=, by=, at=)      a look at the whole base, one at a time
    running.go_on(run_id=, at=, touched=)                 its job
    hints.take(at=)                                       what was noted online, into the same list
    reviewing.answer(…) / undo(by=, at=)                  one person, two people, later
    choosing.page / next                                  what is asked first
"""
