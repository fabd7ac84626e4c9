"""Signs are found in what people write, in capitals and without letters too."""

import pytest

from muhatap.reading import signs
from muhatap.reading.words import cut


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("Ürün kırık geldi", "failure"),
        ("KARGO HALA GELMEDİ", "late"),
        ("siteye giremiyorum", "cannot"),
        ("Kartımdan iki kez çekildi", "charged"),
        ("iade süresi kaç gün", "asks_wh"),
        ("kapıda ödeme var mı", "asks_may_i"),
        ("Adresimi değiştirir misiniz", "wants"),
        ("siparişi durdurun.", "lets"),
        ("Ellerinize sağlık", "thanks"),
        ("hiç sorun yaşamadım", "no_trouble"),
        ("avukatıma veriyorum", "legal"),
        ("üçüncü kez yazıyorum", "again"),
        ("kaliteli değil", "negated_good"),
        ("my card was charged twice", "charged"),
        ("it still hasn't arrived", "late"),
        ("Please cancel my order", "imperative"),
        ("do you ship to Canada", "asks_may_i"),
        ("nobody replied to my email", "again"),
        ("Kargomu unutmuşsunuz", "gripe"),
        ("bir leke bile yok", "negated_bad"),
        ("not a single scratch", "negated_bad"),
        ("uygulamaya karanlık tema eklense", "suggests"),
        ("Could somebody ring me back?", "asks_somebody"),
        ("yanlışlıkla iki tane seçtim", "amends"),
        ("bir iş arıyorum, mezunuyum", "sells"),
        ("what is your favourite colour", "off_topic"),
        ("hani kargo ücretsizdi?", "rhetorical"),
        ("emeğinize sağlık, helal olsun", "admires"),
        ("Faturayı yarına hazırlayın", "orders"),
        ("Siyah istedim, mor geldi", "other_than_asked"),
        ("Bir kez bile üzmedi", "even_not"),
        ("İki haftadır aynı yerde", "since"),
        ("bu yağmurda kargo geliyor mu", "asks_state"),
        ("ADRESE NASIL GELİYORSUNUZ", "asks_wh_verb"),
        ("geçen sene de sizden almıştık, ilk gün bozuldu", "keeps_on"),
        ("Ordered the blue one, got the green one", "told_otherwise"),
        ("Table for six on Saturday", "noun_request"),
        ("Please tell me whether it fits", "asks_to_tell"),
        ("Is Gary in today?", "asks_open"),
        ("Not sure if I need the long one", "unsure"),
        ("It has never been this calm", "best_ever"),
        ("Automatic reply: back on Monday", "other_life"),
        ("a seamless check-in", "joy_word"),
        ("shoddy work", "woe_word"),
    ],
)
def test_a_sign_is_found_where_it_is_said(text, sign):
    assert sign in signs.met(cut(text))


def test_a_phrase_is_told_with_the_words_that_show_it():
    words = cut("Merhaba, kartımdan iki kez çekildi!")

    places = signs.met(words)["charged"]

    assert [words.written[place] for place in places] == ["iki", "kez"] or "çekildi" in [
        words.written[place] for place in places
    ]


def test_every_feature_has_a_place():
    words = cut("NEDEN HALA GELMEDİ?? Üçüncü kez yazıyorum, 10482 nolu sipariş.")

    assert set(signs.features(words, signs.met(words))) <= set(signs.PLACE)


def test_words_in_signs_are_bare_themselves():
    stems = {stem for sign in signs.SIGNS.values() for stem in (*sign.stems, *sign.words) if stem[0].isalpha()}

    assert {stem for stem in stems if not stem.isascii() or stem != stem.lower()} == set()
