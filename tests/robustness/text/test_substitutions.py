import pytest

from lablib.data import load
from lablib.robustness.text.substitutions import (
    LOOK_ALIKE,
    WordThreat,
    misspellings,
    pieces,
    replaced,
)

FEW = {"film": ("movie", "motion picture"), "dull": ("boring", "slow-moving", "Dull")}


def test_a_case_by_hand():
    threat = WordThreat(words=1, synonyms=FEW)
    assert threat.allowed("DULL") == ("Boring",)  # several words, signs and itself are left out
    assert threat.allowed("actor") == ()
    both = WordThreat(words=1, synonyms=FEW, misspelt=True)
    assert both.allowed("film") == ("movie", "flim", "f1lm", "fi1m")


@pytest.mark.parametrize(
    ("changed", "permitted"),
    [
        ("A dull film!", True),
        ("A boring film!", True),
        ("A dull movie!", True),
        ("A boring movie!", False),  # two words
        ("A dull actor!", False),  # not a synonym
        ("A dull movie?", False),  # another sign
        ("A movie dull!", False),  # another order
        ("A film!", False),
        ("A dull dull film!", False),
    ],
)
def test_who_may_change_what(changed, permitted):
    threat = WordThreat(words=1, synonyms=FEW)
    assert threat.permits(changed, "A dull film!") is permitted


def test_misspellings_keep_the_ends_and_change_one_place():
    assert misspellings("the") == misspellings("3dfilm") == misspellings("naïve") == []
    for word in ("film", "terrible", "story", "Wooden"):
        for new in misspellings(word):
            assert (new[0], new[-1], len(new)) == (word[0], word[-1], len(word))
            places = [i for i in range(len(word)) if new[i] != word[i]]
            assert len(places) in (1, 2)
            if len(places) == 1:
                assert LOOK_ALIKE[word[places[0]].lower()] == new[places[0]]
            else:
                assert sorted(new) == sorted(word)


def test_pieces_come_together_again():
    text = "It's so-so, isn't it? 3D…"
    cut = pieces(text)
    assert "".join(cut) == text
    assert cut[1::2] == ["It's", "so", "so", "isn't", "it", "3D"]
    assert replaced(cut, {5: "dull"}) == "It's so-dull, isn't it? 3D…"
    assert cut == pieces(text)  # not changed in place


def test_the_packaged_thesaurus_serves():
    threat = WordThreat(words=3, synonyms=load("synonyms"))
    assert "dull" not in threat.allowed("dull")
    assert all(threat.permits(f"so {new}.", "so dull.") for new in threat.allowed("dull"))


def test_a_negative_number_of_words():
    with pytest.raises(ValueError, match="words=-1 must be 0 or more"):
        WordThreat(words=-1)
