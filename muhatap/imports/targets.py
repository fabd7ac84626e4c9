"""What a column may become, as the words that a mapping keeps."""

NAME = "name"
FIRST = "first_name"
LAST = "last_name"
EMAIL = "email"
PHONE = "phone"
SHOP = "shop"
NATIONAL = "national"
TAGS = "tags"
NOTE = "note"
OFFERS, RESEARCH = "consent:offers", "consent:research"  # a yes, a no, or the day of a yes
AGREED_ON, ENDED_ON, AGREED_WHERE, PROOF = "consent_on", "consent_ended_on", "consent_source", "consent_proof"
CONSENT = (OFFERS, RESEARCH, AGREED_ON, ENDED_ON, AGREED_WHERE, PROOF)
PLAIN = (NAME, FIRST, LAST, EMAIL, PHONE, "company", "city", "language", SHOP, NATIONAL, TAGS, NOTE, *CONSENT)
SEVERAL = frozenset({EMAIL, PHONE, TAGS, NOTE})  # more than one column may be this
FIELD = "field:"  # a field of the firm's own, by its key
NEW = "new:"  # a field that is made when the mapping is kept, by its kind
HANDLES = (EMAIL, PHONE, SHOP, NATIONAL)
