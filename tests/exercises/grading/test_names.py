from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lablib.exercises.grading import names

IDS = ["start/mean", "privacy/mean", "privacy/clip-gradients"]


def test_attempts_rank_by_time_then_number_then_change_then_name() -> None:
    ordered = [
        ("b.py", 1.0),
        ("a.py", 9.0),
        ("b.py", 9.0),
        ("a (1).py", 3.0),
        ("attempt2/a.py", 2.0),
        ("attempt10/a.py", 1.0),
        ("2026-11-03/a.py", 1.0),
        ("2026-11-03T10-15/a.py", 1.0),
        ("20261103_101530.py", 0.0),
        ("a_v2_2026-11-04 09:00.py", 0.0),
    ]
    keys = [names.attempt(path, modified) for path, modified in ordered]
    assert keys == sorted(keys)
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize("path", ["have2.py", "value3.py", "l2-distance.py", "v2x.py"])
def test_a_number_that_is_no_attempt(path: str) -> None:
    assert names.attempt(path, 0.0)[:2] == ((), 0)
    assert names.without_attempt(path) == path


@pytest.mark.parametrize(
    ("stem", "learner"),
    [
        ("ada", "ada"),
        ("ada (2)", "ada"),
        ("ada_attempt2", "ada"),
        ("ada-v3", "ada"),
        ("ada__clip-gradients_attempt2", "ada"),
        ("ada.lovelace", "ada.lovelace"),
        ("__x", "__x"),
        ("attempt2", "attempt2"),
        ("lovelaceada_12345_678_clip-gradients-1", "12345"),
        ("lovelaceada_LATE_12345_678_page", "12345"),
        ("ada_2_x", "ada_2_x"),
    ],
)
def test_whose_a_flat_file_is(stem: str, learner: str) -> None:
    assert names.flat_learner(stem)[0] == learner


@pytest.mark.parametrize(
    ("path", "exercise"),
    [
        ("answers/privacy/clip_gradients", "privacy/clip-gradients"),
        ("Clip-Gradients (1)", "privacy/clip-gradients"),
        ("clip-gradients/attempt2/answer", "privacy/clip-gradients"),
        ("start/mean", "start/mean"),
        ("privacy-mean", "privacy/mean"),
        ("mean", None),
        ("clip-gradients-2", "privacy/clip-gradients"),
        ("page", None),
        ("", None),
    ],
)
def test_the_exercise_that_a_path_names(path: str, exercise: str | None) -> None:
    assert names.exercise_named(path, IDS) == exercise


@settings(max_examples=50, deadline=None)
@given(st.text(min_size=1, max_size=300), st.text(min_size=1, max_size=300))
def test_ids_are_printable_short_and_tell_names_apart(one: str, other: str) -> None:
    first, second = names.learner_id(one), names.learner_id(other)
    assert first.isprintable()
    assert 0 < len(first) <= names.LONGEST_ID
    first.encode("utf-8")
    same = unicodedata.normalize("NFC", one).strip(" ") == unicodedata.normalize(
        "NFC", other
    ).strip(" ")
    assert (first == second) == same


def test_bytes_that_are_no_text_in_a_name() -> None:
    assert names.learner_id(b"ad\xff".decode("utf-8", "surrogateescape")) == "ad\\xff"
