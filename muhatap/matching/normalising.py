"""The normal forms of names, numbers and places: each is one recipe over one raw column, in steps that use their text once."""

from muhatap.matching.recipes import (
    Drop,
    Extract,
    Fold,
    Latinise,
    LookUp,
    Pad,
    Part,
    Recipe,
    Replace,
    Trim,
    Unless,
    Where,
    Without,
    any_of,
    recipe,
)
from muhatap.matching.words import (
    COMPANY_WORDS,
    MISTYPED_AS,
    NICKNAMES,
    ROLE_BOXES,
    SAYS_NOTHING,
    STREET_WORDS,
    TITLES,
    TITLES_AFTER,
)

LONGEST = 500  # of a raw value; what is longer is no name or number, and costs time

_one_space = (Replace("  +", " "), Trim())
_letters = (Fold(), Latinise(), Replace("['’`]", ""), Replace("[^a-z]+", " "), Trim())
_untitled = (Replace(f"^(?:{any_of(TITLES)} +)+", ""), Replace(f"(?: {any_of(TITLES_AFTER)})+$", ""), Trim())
_characters = (Fold(), Replace("[^a-z0-9]+", " "), Trim())

NAMES = recipe(*_letters, *_untitled, Without(SAYS_NOTHING))
FIRST = recipe(Extract("^([a-z]+)"))
CALL = recipe(LookUp(NICKNAMES))
PLACE = recipe(Fold(), Latinise(), Replace("[^a-z0-9]+", " "), Trim(), Without(SAYS_NOTHING))

# 'Yeni Mah. Gül Sok. No: 4/7' → 'yeni gul 4': up to the number of the house; the flat is left out
STREET = recipe(
    *_characters,
    Replace(" (?:no|numara|nr) ?([0-9]+)(?: .*)?$", " \\1"),
    Replace(" (?:d|daire|kat|ic kapi)(?: no)? ?[0-9].*$", ""),
    Pad(),
    Replace(f" {any_of(STREET_WORDS)} ", " "),
    *_one_space,
)
COMPANY = recipe(*_characters, Pad(), Replace(f" {any_of(COMPANY_WORDS)} ", " "), *_one_space)
CODE = recipe(Fold(), Replace("[^a-z0-9]+", ""), Replace("^(?:0+|1+|9+)$", ""))

# What stands after a plus is the owner's own note; Gmail does not see dots; well-known slips of the big providers are mended.
_somebody = Extract("^([^@]+@.+)$")
_mended = tuple(
    Replace(f"@(?:{'|'.join(wrong)})$".replace(".", "[.]"), "@" + right) for right, wrong in MISTYPED_AS.items()
)
MAIL = recipe(
    Fold(),
    Replace("^.*<|>.*$|^ *mailto:|[ ,;]+$|^ +", ""),
    Extract("^([^@<>, ]+@[^@<>, ]+[.][a-z][a-z]+)$"),
    Where(("+",), (Replace("[+][^@]*@", "@"), _somebody)),
    Where((".con",), (Replace("[.]con$", ".com"),)),
    Unless("@", frozenset(MISTYPED_AS), _mended),
)
WITHOUT_DOTS = recipe(
    Where(
        (".", "@gmail.com"),
        (*(Replace("^([^.@]*)[.]([^@]*@gmail[.]com)$", "\\1\\2") for _ in range(4)), _somebody),
    ),
)
USER = recipe(Part("@", 1), Drop("._-"), Without(ROLE_BOXES))
DOMAIN = recipe(Part("@", 2))

# Turkish numbers are their 10 digits (444 lines 7) however they are dialled; foreign ones have a plus; others stand as they are.
PHONE = recipe(
    Fold(),
    Replace("([0-9][0-9 ()-]{8,})/.*$", "\\1"),
    Replace("(?:dahili|dah|ext|int|x|#|;|,).*$", ""),
    Replace("[^0-9+]+", ""),
    Where(("+",), (Replace("^[+]", "00"), Replace("[+]", ""))),
    Replace("^00([1-8][0-9]{6,14}|9[1-9][0-9]{5,13})$", "+\\1"),
    Replace("^(?:00)?(?:90)?0?(444[0-9]{4}|[2-58][0-9]{9})$", "\\1"),
    Replace("^0+", ""),
    Extract("^([+]?[0-9]{7,15})$"),
    Replace("^[+]?(?:0+|1+|2+|3+|4+|5+|6+|7+|8+|9+)$", ""),
    Replace("^5[0-9][0-9](?:0000000|1111111|2222222|3333333|5555555|9999999)$", ""),
    Replace("^(?:50?)?12345678?9?0?$", ""),
)

# 1980-04-23 of 23.04.1980, 1980-4-23 and 19800423; of 04/23/1980 too, since no month is 23. Days nobody is born on are missing.
DAY = recipe(
    Trim(),
    Replace("[T ]+[0-9]{1,2}:.*$", ""),
    Replace("[^0-9]+", "-"),
    Replace("^([0-9]{4})([0-9]{2})([0-9]{2})$", "\\1-\\2-\\3"),
    Replace("^([0-9]{1,2})-([0-9]{1,2})-([0-9]{4})$", "\\3-\\2-\\1"),
    Replace("-([0-9])-", "-0\\1-"),
    Replace("-([0-9])$", "-0\\1"),
    Replace("-(1[3-9]|2[0-9]|3[01])-(0[1-9]|1[0-2])$", "-\\2-\\1"),
    Extract("^((?:19|20)[0-9]{2}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01]))$"),
    Replace("^19(?:00|01)-01-01$", ""),
)

# Of each field: the raw column or the earlier field it is made from, and how.
FORMS: dict[str, tuple[str, Recipe]] = {
    "givens": ("first_name", NAMES),
    "given": ("givens", FIRST),
    "call": ("given", CALL),
    "family": ("last_name", NAMES),
    "born": ("birth_date", DAY),
    "written": ("email", MAIL),
    "email": ("written", WITHOUT_DOTS),
    "user": ("email", USER),
    "domain": ("email", DOMAIN),
    "phone": ("phone", PHONE),
    "national": ("national_id", CODE),
    "street": ("address", STREET),
    "district": ("district", PLACE),
    "city": ("city", PLACE),
    "postcode": ("postcode", CODE),
    "company": ("company", COMPANY),
}
# 'email' is a raw column and a field of the same name: a recipe that starts from the field says so here.
FROM_FIELD = frozenset({"given", "call", "email", "user", "domain"})


def is_role_box(email: str) -> bool:
    """A mailbox of a function, not of a person: info@, satis@."""
    return email.partition("@")[0] in ROLE_BOXES
