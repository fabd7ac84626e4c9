"""Promises in what an agent writes: 'yarın kargoya veriyoruz', 'we will call you back on Monday'. Pure; whether it is one, a person says.

A sentence is weighed by what speaks for a promise (we do something for you, from now on) and against it (a question, a condition, the
past, a hedge, a rule that holds for everybody). What stays over THRESHOLD is suggested, with its words, its moment and its kind.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from math import exp

from muhatap.reading import due
from muhatap.reading.due import Due, Hours

THRESHOLD = 0.5
LONGEST = 20_000
SENTENCE = 600  # characters; of a longer one the beginning is read, which keeps a hostile text cheap
MOST = 10
_SENTENCE = re.compile(r"[^.!?…\n]+(?:[.](?=\S)[^.!?…\n]+)*[.!?…]*")
_TITLES = re.compile(r"\b(dr|prof|av|mr|mrs|ms|no|vb|st)\.(?=\s)", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Suggestion:
    """One sentence that promises: its words and their place, the moment (None: none was said), the kind, how sure."""

    words: str
    start: int
    end: int
    due: Due | None
    kind: str
    confidence: float


def suggest(text: str, *, as_of: datetime, hours: Hours | None = None) -> list[Suggestion]:
    """The promises of a text, in their order. Raises nothing, whatever the text is."""
    text = unicodedata.normalize("NFC", text[:LONGEST])
    found = []
    for start, end in _sentences(text):
        words = text[start:end]
        moment = due.find(words, as_of=as_of, hours=hours)
        sure = confidence(words, has_due=moment is not None)
        if sure >= THRESHOLD:
            placed = moment and Due(
                at=moment.at, start=start + moment.start, end=start + moment.end, is_exact=moment.is_exact
            )
            kind = kind_of(words)
            found.append(Suggestion(words=words, start=start, end=end, due=placed, kind=kind, confidence=sure))
    return found[:MOST]


def confidence(sentence: str, *, has_due: bool) -> float:
    """How likely it is that this sentence promises something, from 0 to 1."""
    line = " ".join(due.bare(sentence).split())
    weight = -2.0 + (1.2 if has_due else 0.0)
    weight += sum(worth for pattern, worth in SIGNS if pattern.search(line))
    return 1 / (1 + exp(-weight))


def kind_of(sentence: str) -> str:
    """What is promised, by its words: delivery, call, refund, replacement, repair, answer, or other."""
    line = due.bare(sentence)
    return next((kind for kind, pattern in KINDS if pattern.search(line)), "other")


def _sentences(text: str) -> list[tuple[int, int]]:
    """Where sentences begin and end; 'Dr.' and '17.00' end none."""
    whole = _TITLES.sub(lambda found: f"{found[1]} ", text)
    places = []
    for found in _SENTENCE.finditer(whole):
        start = found.start() + len(found[0]) - len(found[0].lstrip())
        end = found.start() + len(found[0].rstrip())
        if end > start:
            places.append((start, min(end, start + SENTENCE)))
    return places


def _signs(*pairs: tuple[str, float]) -> list[tuple[re.Pattern[str], float]]:
    return [(re.compile(pattern), worth) for pattern, worth in pairs]


_WE_TR = (
    r"\b(?!(?:isti|bili|anli|dusunu|dile|umu|tahmin|oneri|goru|hatirl|sani|uzulu|tesekkur|rica|soylu|yapmi|bekli|calisi|inani|sevini|kutlu|satmi|vermi|"
    r"bulunmu|gelmi|olmu|etmi|almi|gondermi)\w*yor)\w+"
)
SIGNS = _signs(
    # We do something, from now on.
    (r"\w(?:ac|ec)ag?(?:im|iz|imiz)\b|\w(?:ac|ec)egi(?:m|z)\b|\wac?agi(?:m|z)\b", 3.2),
    (_WE_TR + r"(?:[iu]yor)(?:um|uz)\b", 2.4),
    (r"\b\w{2,}(?:[aeiu]r)(?:im|um|iz|uz)\b", 1.6),
    (r"\bol(?:ur|acak|acagi)\w*\b.*|\w+(?:mis|mus) ol(?:acak|acagiz|acagim|uruz|urum)\w*", 0.4),
    (r"\w(?:acak|ecek)(?:tir|lar|ler)?\b(?!mis)", 1.0),
    (r"\w(?:il|in|ul|un|l|n)(?:acak|ecek)(?:tir)?\b|\b(?:gecer|yansir|yansiyacak\w*)\b", 0.9),
    (r"\b\w+(?:imiz|umuz|miz|muz)(?:i|in)?\b", 0.9),
    (
        r"\b(?:size|sizi|sizin|sizde|sizden|hesabiniz\w*|kapiniz\w*|adresiniz\w*|\w{3,}(?:niz|nuz)(?:i|u|a|e|in|un|da|de|dan|den|la|le)?)\b",
        0.7,
    ),
    (r"\b(?:soz|soz veriyor\w*|soz veririz|taahhut ed\w+|garanti ed\w+)\b", 1.6),
    (r"\bsizde(?: ol\w*)?\s*[.!]?$|\bsizde olur\b", 1.4),
    (r"\b(?:en gec|mutlaka|bizzat|ilk is|merak etmeyin|icin(?:iz)? rahat)\b", 0.6),
    (r"\b(?:hallederim|hallederiz|hallediyor\w*|ilgilenecegi\w+|ilgileniyor\w*)\b", 0.6),
    (
        r"\b(?:i|we)(?:'ll| will| shall|'m going to| am going to|'re going to| are going to| promise| guarantee| undertake)\b",
        3.4,
    ),
    (r"\b(?:i|we)(?:'m| am|'re| are) \w+ing\b|\bim \w+ing\b", 1.6),
    (
        r"\b(?:i'll|we'll|ill|well|will) (?:\w+ ){0,2}(?:call|ring|phone|send|email|mail|ship|refund|credit|get back|come back|forward|make sure|sort|text|let you know|see to)\b|\bsee to it\b",
        0.8,
    ),
    (
        r"\byou(?:'ll| will| are going to|'re going to) (?:have|receive|get|hear|be (?:refunded|contacted|called)|see|find)\b",
        2.3,
    ),
    (r"\byou won't be\b", 1.6),
    (
        r"\b(?:(?:our|my) (?:\w+ ){1,3}|someone (?:\w+ ){0,3}|somebody (?:\w+ ){0,3}|(?:a|the) (?:colleague|team|manager) (?:\w+ ){0,2})"
        r"(?:will|'ll|is going to|are going to|are coming|is coming)\b",
        1.9,
    ),
    (r"\b(?:your|the) \w+(?: \w+)?(?:'s| is| are|'ll| will) (?:be |going to be |going )?(?:\w+)?", 0.5),
    (r"\byour (?:\w+ ){1,3}(?:will|'ll|shall|is going to|are going to|goes|ships|leaves|comes)\b", 1.9),
    (r"\b(?:the|your) (?:\w+ ){1,3}(?:will|shall|'ll) be \w+(?:ed|en|t|ng|dy|ck|re|ll|ne)\b", 1.5),
    (
        r"\b(?:goes out|ships|goes back|on its way by|it'll be|will be (?:ready|done|back|with you|released|sent|shipped|refunded)|ready for you)\b",
        1.0,
    ),
    (r"\bwill do\b|\bleave it with (?:me|us)\b|\bconsider it done\b|\brevert by\b|\bon it\b", 2.2),
    (r"\b(?:cancelling|refunding|fixing|sending|shipping|calling|posting) (?:it|them|this|you|your|the)\b", 1.8),
    (r"\b(?:to you|with you|for you|you back|call you|ring you|your account)\b", 0.8),
    (r"\bto follow\b|\bhave \w+ed your\b|\bgive (?:us|me) \w+", 0.8),
    # Not a promise: a question, a condition, the past, a hedge, a rule for everybody, somebody else's doing.
    (r"\?", -4.5),
    (r"\bm[iu](?:sin\w*|yim|yiz|ydi|y\w+)?\b(?!\s*\d)|\b(?:nasil|neden|hangi|ne zaman|kac|kim[ei]?)\b", -2.0),
    (r"\b(?:eger|sayet|if|unless|in case|depending|weather permitting|provided|had we)\b", -3.2),
    (
        r"\b\w+(?:irse|irsa|urse|ursa|arsa|erse|rsaniz|rseniz|maniz gerek|meniz gerek|diginde|diginiz\w*|tiginde|dikten sonra|masi icin|mesi icin|meden|madan)\b(?! once)",
        -2.2,
    ),
    (
        r"\b(?:belki|muhtemelen|herhalde|sanirim|galiba|olabilir|umar\w+|tahmin\w*|sanir\w*|gibi|might|may|maybe|perhaps|possibly|probably|could|should|hope\w*|i think|chance|can't say|not sure|would)\b",
        -2.6,
    ),
    (r"\w(?:abil|ebil)\w+\b", -2.4),
    (
        r"\b(?:genellikle|genelde|cogunlukla|normalde|her (?:\w+)|boyle durumlarda|usually|normally|generally|typically|as a rule|in most cases|every|always|each)\b",
        -2.2,
    ),
    (r"\b(?:gunleri|sonlari|lari|leri)\b|\b\w+(?:sabahlari|aksamlari|mayiz|meyiz|miyoruz|muyoruz|maz|mez)\b", -2.0),
    (
        r"\w(?:dik|tik|duk|tuk|dim|tim|dum|tum|di|ti|du|tu|mis|mus|misti|mustu|ecekmis|acakmis|ecekti|acakti|yordu\w*|iyordu)\b(?!\s*ol)",
        -1.2,
    ),
    (r"\w(?:ecekmis|acakmis|ecekti|acakti|ecektik|acaktik|ecegini|acagini|ecegine|acagina|mistik|mistim)\b", -2.5),
    (
        r"\b(?:have|has|had|was|were|did|didn't|tried|sent|already|yesterday|ago|last week|used to|meant to|dun|gecen)\b",
        -1.2,
    ),
    (r"\byou(?:'ll| will)? (?:need|have|must|should|can|could)(?: to)?\b(?! the| your| a )|\byou were\b", -2.5),
    (
        r"\b(?:musterimiz|customer|bankalar?|banks?|kampanya|indirim (?:yarin|bugun)|sale|prices?|fiyatlar|according to|diye)\b",
        -2.4,
    ),
    (
        r"\b(?:runs until|ends|sona eri\w*|suruyor|opens|closes|acilir|acik(?:tir)?|kapali(?:dir)?|gecerli(?:dir)?|applies|accepted|due on)\b",
        -1.8,
    ),
    (r"\w(?:in|un)(?:iz|uz)?\s*[.!]?$|\b(?:lutfen|let us know|please|kindly (?!be))\b", -0.6),
    (r"\bbizimle ilgili degil\b|\byaziniz|\bbize yaz\w*|\bsonra konus\w*", -2.5),
    (r"^(?:thank|thanks|sorry|tesekkur\w*|gecmis olsun|not aldim)\b", -2.0),
)
KINDS = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        ("refund", r"\b(?:iade\w* (?:ed|et|hesab|yap)|para\w*|geri (?:od|yatir)\w*|odeyece\w*|kapora\w*|refund\w*|credit(?:ing|ed)?|money|deposit|reimburs\w*|tutar\w*|ucret\w*)"),
        ("replacement", r"\b(?:degis(?:im|tir)\w*|yeni(?:si|sin)\w*|yerine|replac\w*|exchang\w*)"),
        ("repair", r"\b(?:tamir\w*|onar\w*|servis\w*|usta\w*|kurulum\w*|monte\w*|tak\w*yoruz|repair\w*|fix\w*|technician|engineer|fitters?|plumber|install\w*)"),
        ("delivery", r"\b(?:kargo\w*|kurye\w*|teslim\w*|ulas\w*|yola cik\w*|gonderi\w*|paket\w*|ship\w*|deliver\w*|dispatch\w*|parcel|post(?:ing)?\b|courier)"),
        ("call", r"\b(?:ara(?:yac\w*|riz|rim|yip|yacagi\w*)|ariyor\w*|telefon\w*|donus yap\w*|call\w*|ring|phone)\b"),
        ("answer", r"\b(?:yanit\w*|cevap\w*|cevab\w*|bilgi\w*|haber\w*|donece\w*|donuyor\w*|yaz(?:ac|iy)\w*|gonder\w*|ilet\w*|fatura\w*|send\w*|mail\w*|email\w*|get back|come back|let you know|update|forward\w*|revert|text)\b"),
    )
)  # fmt: skip
