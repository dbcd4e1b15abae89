from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lablib.robustness.text.attacking import by_chance, drawn, greedy, worst_case
from lablib.robustness.text.readers import Reader
from lablib.robustness.text.substitutions import WordThreat, pieces, replaced

SYNONYMS = {"good": ("fine", "decent"), "film": ("movie",), "cast": ("mold", "shed")}
WEIGHTS = {"good": 2.0, "fine": 1.5, "decent": 0.2, "film": 0.4, "movie": -0.5, "cast": 0.1}
READER = Reader(-1.0, WEIGHTS)
TEXT = "A good film, a good cast."
VOCABULARY = ("good", "film", "cast", "fine", "plot", "Good")


def brute(reader, text, target, threat):
    """The smallest margin of all texts inside the threat model, one by one."""
    cut = pieces(text)
    places = range(1, len(cut), 2)
    margins = [(2 * target - 1) * reader([text])[0]]
    for count in range(1, threat.words + 1):
        for chosen in combinations(places, count):
            for new in product(*(threat.allowed(cut[i]) for i in chosen)):
                changed = replaced(cut, dict(zip(chosen, new, strict=True)))
                margins.append((2 * target - 1) * reader([changed])[0])
    return min(margins)


@pytest.mark.parametrize(
    ("words", "margin", "text"),
    [
        (0, 3.5, TEXT),
        (1, 1.7, "A decent film, a good cast."),  # 2.0 becomes 0.2
        (2, -0.1, "A decent film, a decent cast."),
        (3, -0.1, "A decent film, a decent cast."),  # wrong after two: the search stops
    ],
)
def test_a_case_by_hand(words, margin, text):
    found = greedy(READER, TEXT, 1, threat=WordThreat(words=words, synonyms=SYNONYMS))
    assert (found.text, found.changed) == (text, min(words, 2))
    assert found.margin == pytest.approx(margin)


def test_the_worst_case_by_hand():
    falls = {0: 3.5, 1: 1.7, 2: -0.1, 3: -1.0, 4: -1.1, 5: -1.1}
    for words, margin in falls.items():
        threat = WordThreat(words=words, synonyms=SYNONYMS)
        assert worst_case(READER, TEXT, 1, threat=threat) == pytest.approx(margin)


@settings(max_examples=50, deadline=None)
@given(
    words=st.lists(st.sampled_from(VOCABULARY), max_size=6), k=st.integers(0, 3),
    target=st.integers(0, 1), seed=st.integers(0, 99), misspelt=st.booleans(),
)  # fmt: skip
def test_attacks_stay_inside_and_none_beats_the_worst_case(words, k, target, seed, misspelt):
    text = ", ".join(words) + "!"
    rng = np.random.default_rng(seed)
    vocabulary = {*VOCABULARY, *sum(SYNONYMS.values(), ()), "flim", "csat"}
    reader = Reader(rng.normal(), {word.lower(): rng.normal() for word in sorted(vocabulary)})
    threat = WordThreat(words=k, synonyms=SYNONYMS, misspelt=misspelt)
    search = greedy(reader, text, target, threat=threat)
    luck = by_chance(reader, text, target, threat=threat, draws=search.asked, seed=seed)
    least = worst_case(reader, text, target, threat=threat)
    assert least == pytest.approx(brute(reader, text, target, threat))
    clean = (2 * target - 1) * reader([text])[0]
    for found in (search, luck):
        assert threat.permits(found.text, text)
        assert found.changed <= k
        assert found.margin == pytest.approx((2 * target - 1) * reader([found.text])[0])
        assert least - 1e-9 <= found.margin <= clean + 1e-9


def test_the_order_of_importance_can_mislead():
    """Leaving "film" out matters most, but only another word can be made much worse."""
    reader = Reader(0.0, {"film": 3.0, "movie": 2.9, "cast": 0.5, "shed": -4.0})
    threat = WordThreat(words=1, synonyms=SYNONYMS)
    found = greedy(reader, "film cast", 1, threat=threat)
    assert found.text == "movie cast"
    assert found.margin == pytest.approx(3.4)
    assert worst_case(reader, "film cast", 1, threat=threat) == pytest.approx(-1.0)


def test_the_wrong_sign_is_noticed():
    """Attacking the other class makes the answer surer; the true worst case says so."""
    threat = WordThreat(words=2, synonyms=SYNONYMS)
    wrong = greedy(lambda texts: -READER(texts), TEXT, 1, threat=threat)
    assert READER([wrong.text])[0] >= READER([TEXT])[0]
    assert READER([wrong.text])[0] > worst_case(READER, TEXT, 1, threat=threat) + 1


def test_chance_asks_as_often_as_it_is_told_and_keeps_its_seed():
    threat = WordThreat(words=2, synonyms=SYNONYMS)
    one, two = (by_chance(READER, TEXT, 1, threat=threat, draws=7, seed=3) for _ in range(2))
    assert one == two
    assert one.asked == 8
    rng = np.random.default_rng(0)
    assert all(threat.permits(text, TEXT) for text in drawn(TEXT, 30, threat=threat, rng=rng))
    assert len(set(drawn(TEXT, 30, threat=threat, rng=rng))) > 4
    assert drawn("Nothing here.", 2, threat=threat, rng=rng) == ["Nothing here."] * 2
