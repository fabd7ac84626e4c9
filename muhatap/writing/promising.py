"""Whether a text says that a file goes with it. Pure; Turkish and English, on the new words only."""

import re

from muhatap.shared.richtext import to_text
from muhatap.shared.text import lower_tr

FILE = (
    r"(?:dosya|fatura|belge|fotoğraf|foto|görsel|resim|resm|pdf|liste|katalo|form|sözleşme|dekont|tablo|ekran görüntü|evrak"
    r"|irsaliye|teklif|numune görsel|video|rapor|proforma|excel|kılavuz|talimat)\w*"
)
SENDS = r"(?:gönderiyor|gönderdi[mk]|yolluyor|yolladı[mk]|iletiyor|ilettim|ilettik|paylaşıyor|paylaştı[mk]|sunuyor|sundu[mk])\w*"
ADDS = r"(?:ekledi[mk]|ekliyor\w*|iliştirdi[mk]|iliştiriyor\w*)"
PROMISES = re.compile(
    "|".join((
        r"\bek(?:te|teki\w*|tedir|inde|indeki\w*|imizde|imizdeki\w*|lerde|lerdeki\w*|lerimizde)\b",
        rf"\bekli (?:olan )?{FILE}",
        r"(?:^|(?<=[.,:;!?]) )ekli(?:dir)?\b",
        rf"{FILE} (?:\w+ ){{0,3}}ekli(?:dir)?\b",
        r"\bilişik(?:te|teki\w*|tedir)\b",
        rf"\bilişik {FILE}",
        r"\biliştirilmiş\w*\b",
        rf"{FILE} (?:\w+ ){{0,4}}{ADDS}",
        rf"\b(?:dosya|pdf|ekran görüntüsü|katalo|dekont)\w* (?:\w+ ){{0,4}}{SENDS}",
        r"(?:^|\n)ek(?:ler)? ?(?:-? ?\d+)? ?:",
        r"\bek-\d+\b",
        r"\battach(?:ed|ing|ments?|es)?\b",
        r"\bi(?:'ve| have)? enclosed?\b",
        r"\b(?:please find|find|is|are|i'm|we're|am) enclos(?:ed|ing)\b",
        r"(?:^|(?<=[.!?]) )enclosed(?: is| are| you|,|:)",
    ))
)  # fmt: skip
# What speaks of their file, asks for one, or says that there is none.
NOT_OURS = re.compile(
    "|".join((
        r"gönderdiğiniz|gönderdiğin\b|yolladığınız|ilettiğiniz|attığınız|paylaştığınız|eklediğiniz",
        r"\b(?:aldı[mk]|inceledi[mk]|gördü[mk]|bulamadı[mk]|göremedi[mk]|açamadı[mk]|açılmıyor|gelmedi|gelmemiş|görünmüyor)\b",
        r"\b(?:yok|değil|olmadan)\b",
        r"\bm[ıiuü]s[ıiuü]n(?:[ıiuü]z)?\b",
        r"unut(?:muş|tun)\w*",
        r"\b(?:ederseniz|gönderirseniz|eklerseniz|iletirseniz|rica eder\w*)\b|\b(?:gönder|ekle|ilet|yolla)(?:yin|in|iniz|yiniz)\b",
        r"\b(?:your|no|without|any|the missing|which) attach|\bdidn't attach|\bnot attach|\bforg[eo]t\w* to attach",
        r"\b(?:could|can|would|will) you (?:please )?(?:re-?)?attach|\bplease attach|\byou(?:'ve| have)? (?:attached|enclosed|sent)\b",
        r"\bstrings attached|\battached to (?!this|the (?:mail|e-?mail|message)|my|our)|\bemotional\w* attach",
        r"\b(?:couldn't|can't|cannot|could not) (?:open|see|read|find)",
    ))
)  # fmt: skip
QUOTE = re.compile(r"<blockquote\b.*?(?:</blockquote>|$)", re.DOTALL | re.IGNORECASE)
QUOTED_LINE = re.compile(r"^\s*>.*$", re.MULTILINE)
SENTENCE = re.compile(r"[^.!?\n]+[.!?\n]*")


def promise(text: str) -> str:
    """The words that say a file goes with this ("ekteki", "attached"), or nothing."""
    plain = QUOTED_LINE.sub("", lower_tr(text.replace("’", "'").replace("ek'te", "ekte").replace("Ek'te", "ekte")))
    for sentence in SENTENCE.findall(_plain_marks(plain)):
        found = PROMISES.search(sentence.strip())
        if found and not NOT_OURS.search(sentence):
            return found[0].strip()
    return ""


def new_words(html: str) -> str:
    """What was written, without what it quotes, as plain text."""
    while (bare := QUOTE.sub("", html)) != html:
        html = bare
    return to_text(html)


def _plain_marks(text: str) -> str:
    """Turkish lowering makes ı of an English I; both spell 'i' in what is looked for in English."""
    return re.sub(r"\bı(?=['\s])", "i", text).replace("ıs ", "is ").replace("ı'm", "i'm")
