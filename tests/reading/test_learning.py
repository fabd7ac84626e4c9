"""Learning from corrections: what has a pattern is learned, what has none is not used, and nothing is lost on the way to the database."""

import random
from dataclasses import replace

import numpy as np
import pytest

from muhatap.reading import layer, learning, reasons
from muhatap.reading.learning import Example
from muhatap.reading.model import Floats
from muhatap.reading.reader import Look, Reader
from muhatap.reading.topics import NONE, Topic, Tree
from muhatap.reading.words import cut

READER = Reader()
TREE = Tree(
    [Topic(key="toptan", names=("Toptan satış",)), Topic(key="kirala", names=("Kiralama",)), Topic(key="ege")],
    READER,
)
SAID = {
    "toptan": ("otelimiz için {n} adet {thing} teklifi", "{n} adet {thing} için toplu alım fiyatı", "pansiyona {n} {thing} alacağız"),
    "kirala": ("düğün için {n} günlük {thing} kiralamak", "{thing} günlük kira bedeli nedir", "{n} gün {thing} ödünç almak"),
    "ege": ("izmir depodan {thing} alabilir miyim", "bornova deposunda {thing} var mı {n}", "{thing} için izmir şubesi {n}"),
}  # fmt: skip
THINGS = ("nevresim", "havlu", "perde", "masa örtüsü", "yastık", "battaniye", "çarşaf")


def look(text: str) -> Look:
    found = READER.look(text)
    assert found is not None
    return found


def cold(tree: Tree, seen: Look) -> Floats:
    return tree.odds(seen.chances["topic"], seen.words, seen.context.likeness)


def stream(n: int, *, answers: str = "true", seed: int = 1) -> list[Example]:
    """Messages of a company, each corrected: truly, or by chance."""
    chance, made = random.Random(seed), []
    for _turn in range(n):
        topic = chance.choice(list(SAID))
        seen = look(chance.choice(SAID[topic]).format(n=chance.randint(2, 90), thing=chance.choice(THINGS)))
        said = topic if answers == "true" else chance.choice(list(SAID))
        made.append(Example(point=seen.point, mood=seen.mood, base=cold(TREE, seen), answer=said))
    return made


def read(learned: learning.Learned, text: str) -> str:
    assert learned.layer is not None
    seen = look(text)
    odds = dict(zip(TREE.keys, cold(TREE, seen).tolist(), strict=True))
    told = learned.layer.over(odds, seen.point, seen.mood)
    return max(told, key=told.__getitem__)


def test_a_pattern_is_learned_and_judged_on_what_was_held_back() -> None:
    learned = learning.learn(stream(40), TREE.keys)

    assert (learned.is_used, learned.why, learned.n_corrections, learned.n_held_back) == (True, "better", 40, 40)
    assert learned.after > learned.before + 0.08
    assert read(learned, "otele 50 adet yastık için toplu teklif") == "toptan"


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_answers_by_chance_are_not_used(seed: int) -> None:
    learned = learning.learn(stream(60, answers="chance", seed=seed), TREE.keys)

    assert not learned.is_used
    assert learned.why in {"noise", "worse", "class_fell"}


def test_where_much_is_won_two_messages_of_one_answer_that_fell_by_chance_do_not_forbid_it() -> None:
    few = [one for one in stream(80, seed=4) if one.answer == "kirala"][:15]
    strays = [one for one in stream(80, seed=5) if one.answer == "toptan"][:2]
    known = np.eye(len(TREE.keys), dtype=np.float32)[TREE.keys.index("kirala")] * 3
    kept = [replace(one, base=known, answer="kirala") for one in [*few[:13], *strays]]
    won = [replace(one, base=known) for one in stream(120, seed=6) if one.answer != "kirala"][:60]
    said = [*won, *kept]
    random.Random(1).shuffle(said)

    learned = learning.learn(said, TREE.keys)

    assert learned.classes["kirala"] == (15, 1.0, pytest.approx(13 / 15))
    assert (learned.is_used, learned.why) == (True, "better")


def best(odds: Floats) -> str:
    return TREE.keys[int(odds.argmax())]


def test_where_the_newest_are_read_clearly_worse_it_is_not_used() -> None:
    said = stream(40)
    agreed = [replace(one, answer=best(one.base)) for one in said[32:]]

    learned = learning.learn([*said[:32], *agreed], TREE.keys)

    assert (learned.is_used, learned.why, learned.before, learned.n_held_back) == (False, "worse", 1.0, 8)


@pytest.mark.parametrize("by_name", [("kirala", "toptan"), ()])
def test_what_nobody_spoke_about_is_leaned_back_to_where_it_is_known_by_its_name_only(by_name: tuple[str, ...]) -> None:
    learned = learning.learn([one for one in stream(40) if one.answer != "kirala"], TREE.keys, by_name=by_name)

    assert learned.layer is not None
    lean = dict(zip(TREE.keys, learned.layer.lean.tolist(), strict=True))
    assert (lean["kirala"] > 0, lean["toptan"], lean["ege"], lean[NONE]) == (bool(by_name), 0, 0, 0)
    assert learned.layer.spoken_of == ("toptan", "ege")


def test_what_was_leaned_to_an_answer_goes_nowhere_with_it() -> None:
    learned = learning.learn([one for one in stream(40) if one.answer != "kirala"], TREE.keys, by_name=["kirala"])
    assert learned.layer is not None
    strange, without = look("siz kimsiniz"), replace(learned.layer, lean=np.zeros_like(learned.layer.lean))

    told, plain = (
        one.over({"ege": 0.0}, strange.point, strange.mood, {"kirala": "ege"}) for one in (learned.layer, without)
    )

    assert learned.layer.lean.max() > 0
    assert told == plain


def test_a_few_examples_of_each_of_many_answers_are_enough_to_be_used() -> None:
    goods = ("terlik", "fincan", "tencere", "halı", "lamba", "saat", "ayna", "vazo", "sepet", "mum", "kilim", "masa")
    tree = Tree([Topic(key=f"t{n}") for n in range(len(goods))], READER)
    said = [
        (n, f"{goods[n]} {more}") for more in ("kaç lira", "var mı acaba", "ne zaman gelir") for n in range(len(goods))
    ]
    seen = [(f"t{n}", look(text)) for n, text in said]

    learned = learning.learn(
        [Example(point=one.point, mood=one.mood, base=cold(tree, one), answer=key) for key, one in seen],
        tree.keys,
        by_name=tree.told_by_name,
    )

    assert (learned.is_used, learned.n_held_back) == (True, 36)


def test_what_a_layer_read_itself_is_learned_from_and_not_judged_by() -> None:
    said = stream(40)
    left = [replace(one, is_corrected=False, is_judged=False) for one in stream(40, seed=2)]

    learned = learning.learn([*said, *left], TREE.keys)

    assert (learned.is_used, learned.n_corrections, learned.held_back) == (True, 40, tuple(range(40)))
    assert learned.layer is not None and len(learned.layer.pull) == 80


@pytest.mark.parametrize("was_corrected", [True, False])
def test_where_the_layer_in_use_reads_better_it_stays(was_corrected: bool) -> None:
    said = [one for one in stream(60) if one.answer != "ege"][:32] + [one for one in stream(60) if one.answer == "ege"][
        :8
    ]
    right = [np.eye(len(TREE.keys), dtype=np.float32)[TREE.keys.index(one.answer)] for one in said]
    told = {"is_corrected": was_corrected, "is_judged": was_corrected}  # or left as that layer read it
    standing = [replace(one, standing=odds, **told) for one, odds in zip(said[32:], right[32:], strict=True)]

    alone, beside = learning.learn(said, TREE.keys), learning.learn([*said[:32], *standing], TREE.keys)

    assert alone.is_used
    assert (beside.is_used, beside.why, beside.before) == (False, "worse", 1.0)


def test_of_many_the_newest_are_learned_from_and_held_back_by_their_places_among_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(learning, "MOST", 30)

    assert learning.learn(stream(40), TREE.keys).held_back == tuple(range(10, 40))


def test_two_corrections_teach_nothing() -> None:
    assert learning.learn(stream(2), TREE.keys) == learning.Learned(layer=None, n_corrections=2)


def test_a_layer_comes_back_from_its_bytes_and_strange_bytes_do_not(monkeypatch: pytest.MonkeyPatch) -> None:
    learned = learning.learn(stream(30), TREE.keys)
    assert learned.layer is not None
    again = layer.unpack(layer.pack(learned.layer))
    seen = look("düğün için 3 günlük perde kiralamak")

    before, after = (
        list(one.over(dict.fromkeys(TREE.keys, 0.0), seen.point, seen.mood).values()) for one in (learned.layer, again)
    )

    assert np.allclose(before, after, atol=0.05)
    monkeypatch.setattr(layer, "FORM", 1)
    of_another_release = layer.pack(learned.layer)
    monkeypatch.undo()
    for strange in (b"", b"PK\x03\x04", layer.pack(learned.layer)[:200], of_another_release):
        with pytest.raises(layer.BadLayer):
            layer.unpack(strange)


def test_answers_that_went_into_another_count_for_it() -> None:
    learned = learning.learn(stream(40), TREE.keys)
    assert learned.layer is not None
    seen = look("otelimiz için 40 adet havlu teklifi")

    told = learned.layer.over({"satis": 0.0, "kirala": 0.0}, seen.point, seen.mood, {"toptan": "satis"})

    assert told["satis"] > told["kirala"]


def test_a_topic_nobody_taught_is_known_by_its_branch_and_its_name() -> None:
    tree = Tree(
        [Topic(key="kargo", base="delivery"), Topic(key="kurye", parent="kargo", names=("Kurye",)), Topic(key="x")],
        READER,
    )

    def best(chance: float, text: str) -> str:
        odds = tree.odds({"delivery": chance}, cut(text), READER.likeness(text))
        return tree.keys[int(odds.argmax())]

    assert best(0.9, "ne zaman") == "kargo"
    assert best(0.9, "kurye nerede") == "kurye"
    assert best(0.01, "merhaba") == NONE


def own_topics(**names: str) -> Tree:
    return Tree([Topic(key=key, names=(name,)) for key, name in names.items()], READER)


def test_a_topic_nobody_taught_is_known_by_what_its_name_means() -> None:
    tree = own_topics(
        hediye="Hediye paketi", bayi="Bayilik başvurusu", mimar="İç mimarlara özel fiyat", saat="Mağaza saatleri"
    )

    def best(text: str) -> str:
        return tree.keys[int(cold(tree, look(text)).argmax())]

    assert best("hediyelik sarar mısınız") == "hediye"
    assert best("can you wrap it as a gift") == "hediye"
    assert best("how can I apply to be a dealer") == "bayi"
    assert best("what are your opening hours") == "saat"
    assert best("kolay gelsin") == NONE


def test_the_words_that_spoke_for_a_name_are_told() -> None:
    tree, seen = (
        own_topics(hediye="Hediye paketi", bayi="Bayilik başvurusu"),
        look("Siparişim için hediye kutusu var mı"),
    )

    worth = tree.drawn_by("hediye", seen.words, seen.context.likeness, seen.context.likeness_of_words)

    assert seen.words.written[int(worth.argmax())] in ("hediye", "kutusu")
    (first, *_rest) = reasons.of_name("topic", seen.words, worth)
    assert (first.about, first.sign) == ("topic", "named")


@pytest.mark.parametrize("name", ["!!!", "📦", "T-17", " ", "ve"])
def test_a_name_that_is_no_word_means_nothing(name: str) -> None:
    tree = own_topics(x=name)

    odds = {float(cold(tree, look(text))[0]) for text in ("kargom nerede", "T-17 numaralı sipariş", "merhaba")}

    assert len(odds) == 1


def test_what_words_pull_is_what_is_added() -> None:
    learned = learning.learn(stream(40), TREE.keys)
    assert learned.layer is not None
    seen, one = look("düğün için 3 günlük perde kiralamak"), learned.layer

    of_places = sum(one.drawn_by(seen.point, "kirala").values())
    of_words = one.drawn_by_meaning(seen.mood, seen.mood_of_words, "kirala").sum()
    added = one.known.likeness(seen.point, seen.mood) @ one.pull[:, one.answers.index("kirala")]
    rest = seen.mood - seen.mood_of_words.sum(axis=0) - one.known.centre  # what is no word's
    of_rest = one.drawn_by_meaning(seen.mood, rest[None], "kirala").sum()
    assert of_places + of_words + of_rest == pytest.approx(added, abs=1e-3)


def test_many_are_compared_as_one_by_one() -> None:
    some = stream(12)
    known = layer.know([one.point for one in some], np.stack([one.mood for one in some]))

    together = known.among([one.point for one in some], np.stack([one.mood for one in some]))

    assert together == pytest.approx(np.stack([known.likeness(one.point, one.mood) for one in some]), abs=1e-5)
    assert np.diag(together) == pytest.approx(np.ones(12), abs=0.01)


def test_messages_that_are_all_one_can_be_compared() -> None:
    one = look("Kargom nerede?")
    known = layer.know([one.point] * 5, np.stack([one.mood] * 5))

    assert known.likeness(one.point, one.mood) == pytest.approx(np.ones(5), abs=0.01)


def test_a_topic_the_model_always_overlooks_is_learned_though_hardly_another_was_corrected() -> None:
    always_rents = np.array([0.0, 2.0, 0.0, 0.0], np.float32)
    given = [one for one in stream(90) if one.answer == "toptan"] + [
        one for one in stream(9, seed=3) if one.answer == "ege"
    ][:1]
    random.Random(4).shuffle(given)

    learned = learning.learn([replace(one, base=always_rents) for one in given], TREE.keys)

    assert (learned.is_used, learned.why) == (True, "better")
