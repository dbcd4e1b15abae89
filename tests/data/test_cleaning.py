import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lablib.data.cleaning import comparable, mask, normalise, usable


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("ＡＢＣ１２３", "ABC123"),
        ("ﬁne  cafe\u0301\t", "fine café"),
        ("zero\u200bwidth\ufeff \x00", "zerowidth"),
        ("“a” ‘b’ x‑y", "\"a\" 'b' x-y"),
        ("价格：１００元！", "价格:100元!"),
        ("Straße US", "Straße US"),
    ],
)
def test_normalise_by_hand(raw, clean):
    assert normalise(raw) == clean


def test_folding_case_is_a_choice():
    assert normalise("Straße US", lower=True) == "strasse us"


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=30), st.booleans())
def test_normalise_twice_changes_nothing(text, lower):
    once = normalise(text, lower=lower)
    assert normalise(once, lower=lower) == once


def test_mask_hides_addresses_and_names_only():
    text = "@ada_l: see https://x.org/a?b, www.y.de or a.b@c.org, 3 @ 4"
    assert mask(text) == "<name>: see <url> <url> or <email>, 3 @ 4"
    assert mask(mask(text)) == mask(text)


def test_comparable_forgets_what_copies_differ_in():
    assert comparable("性价比很高。。") == comparable(" 性价比 很高") == "性价比很高"
    assert comparable("?!") == ""
    assert comparable("no") != comparable("know")


def test_usable_counts_letters_and_length():
    found = usable(["ok", "...", "a", "long text"], shortest=2, longest=5)
    assert found.tolist() == [True, False, False, False]
    assert usable([]).shape == (0,)
    assert found.dtype == np.bool_
