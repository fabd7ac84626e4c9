"""The people outside, and how we know that two are one.

Owns: Contact, Company, Identity, what sources said (SourceRecord) and what was told field by field (ProfileFact), custom fields,
tags, notes, merges and their undo, the ledger of who is who, and what they agreed to (Consent). Does not own: what they wrote
(interactions, conversations), what they said to a shop about mails to them (sales).

A contact is a projection: its row follows from its source records, what staff wrote and what channels told, by the rules of
`survivorship`. `contact` of a record is where it stands today, `home_id` what the ledger last linked it to.

What other rooms call:

    identity.resolve(claims=, source=, at=) -> Contact          who speaks here? (`breath` asks, `meeting` writes, `hearing` keeps the words)
    entering.likely(told, at=)                                  who is there already, while somebody new is written down
    profile.update(contact=, facts=, source=, at=, by=)         what one source told, field by field
    taking.take / giving_back.give_back                         a file's rows by the chunk, matched by one key, and back out again
    profile.project(contacts, at=)                              rows anew from all that is told, by the thousand
    merging.merge / unmerge, splitting.split / move             people decide; exact both ways, in any order
    bonds.part / tie / free / forbids                           two people, of one household or none: binds every machine
    families.standing(numbers) -> {number: number}              an old number leads to who stands for it, for ever
    ledger.of(contacts)                                         what was decided about them, by whom and why
    consent.give / withdraw / last_word                         what one of them agreed to; agreed.tell / take_back for a file's

For sources that come by themselves (shops, other programs, lists of old):

    records.take(told, by=, at=, is_trusted=, match=, …)        many words of sources at once (up to records.MOST a call)

`taking` and `records` differ in how they find whom a word is about; what it does to that contact is `landing.land`, one
for both, and a single word is a batch of one.
"""
