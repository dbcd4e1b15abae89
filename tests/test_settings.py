"""Texts of the command line become values of the kind that a configuration's field is of."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pytest

from lablib.settings import read, split


@dataclass(frozen=True)
class Config:
    seeds: tuple[int, ...] = (0, 1)
    data: str = "tweets"
    layers: int | None = None
    rate: float = 1e-3
    shuffle: bool = True
    device: Literal["auto", "cpu"] = "auto"
    folder: str | Path | None = None
    anything: Any = None


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("seeds", "3,4", (3, 4)),
        ("seeds", "7", (7,)),
        ("seeds", "0, 1", (0, 1)),
        ("data", "some/folder", "some/folder"),
        ("data", "none", "none"),
        ("layers", "2", 2),
        ("layers", "None", None),
        ("rate", "2e-5", 2e-5),
        ("shuffle", "false", False),
        ("shuffle", "True", True),
        ("device", "cpu", "cpu"),
        ("folder", "none", None),
        ("folder", "x", "x"),
    ],
)
def test_each_kind(name, text, value):
    assert read(Config(), {name: text}, owner="demo/coin") == {name: value}


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("layers", "two", "--layers is 'two'; it must be a whole number or none"),
        ("seeds", "a,b", "--seeds is 'a,b'; it must be one or more values with commas"),
        ("rate", "fast", "--rate is 'fast'; it must be a number"),
        ("shuffle", "yes", "--shuffle is 'yes'; it must be true or false"),
        ("device", "gpu", "--device is 'gpu'; it must be one of auto, cpu"),
        ("anything", "1", "set in Python, with experiment.run"),
        ("dat", "x", r"demo/coin has no setting --dat; did you mean --data\? it has --seeds, --da"),
        ("xyz", "x", "has no setting --xyz; it has --seeds"),
    ],
)
def test_a_wrong_text_is_refused(name, text, message):
    with pytest.raises(ValueError, match=message):
        read(Config(), {name: text}, owner="demo/coin")


def test_settings_stand_anywhere_and_leave_the_rest():
    words = ["--data", "d", "a/b", "--scale", "full", "--max-length=9", "c/d", "--all", "--x", "-1"]
    left, found = split(words, known=("--scale", "--all"))
    assert left == ["a/b", "--scale", "full", "c/d", "--all"]
    assert found == {"data": "d", "max_length": "9", "x": "-1"}


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["a/b", "--data"], "--data has no value; write --data VALUE"),
        (["a/b", "--data", "--model", "x"], "--data has no value"),
        (["--data", "x", "--data=y"], "--data is given twice"),
    ],
)
def test_a_setting_without_a_value_or_twice(words, message):
    with pytest.raises(ValueError, match=message):
        split(words, known=())
