"""Settings of an experiment as text, such as the command line gives them, turned into values.

The annotation of the configuration's field says what a text must be, so a new setting needs no
code here: `layers: int | None` takes `--layers 2` and `--layers none`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from difflib import get_close_matches
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

_WORDS = {int: "a whole number", float: "a number", bool: "true or false", str: "a text"}


def split(arguments: Sequence[str], *, known: Sequence[str]) -> tuple[list[str], dict[str, str]]:
    """Take `--name value` and `--name=value` out of a command line, except `known` options.

    Parameters
    ----------
    arguments
        The words after `lablib run`.
    known
        Options of the verb itself, such as `--scale`.

    Returns
    -------
    tuple
        What is left, and the settings as text; dashes in names become underscores.

    Raises
    ------
    ValueError
        If a setting has no value or is given twice.

    >>> split(["a/b", "--data", "x", "--scale", "full", "--max-length=9"], known=["--scale"])
    (['a/b', '--scale', 'full'], {'data': 'x', 'max_length': '9'})
    """
    left, found, place = [], {}, 0
    while place < len(arguments):
        option, equals, value = arguments[place].partition("=")
        place += 1
        if not option.startswith("--") or option == "--" or option in known:
            left.append(arguments[place - 1])
            continue
        if not equals:
            if place == len(arguments) or arguments[place].startswith("--"):
                raise ValueError(f"{option} has no value; write {option} VALUE")
            value = arguments[place]
            place += 1
        name = option.removeprefix("--").replace("-", "_")
        if name in found:
            raise ValueError(f"{option} is given twice; give it once")
        found[name] = value
    return left, found


def read(config: Any, texts: Mapping[str, str], *, owner: str) -> dict[str, Any]:
    """Values for fields of the dataclass instance `config`, from their texts.

    Parameters
    ----------
    config
        A configuration; its annotations say which texts are right.
    texts
        Field name to text. `none` stands for None, `1,2,3` for a tuple.
    owner
        What errors call the experiment.

    Raises
    ------
    ValueError
        If there is no such field, or its text is not what the annotation says.
    """
    hints = get_type_hints(type(config))
    known = [field.name for field in fields(config)]
    values = {}
    for name, text in texts.items():
        if name not in known:
            close = get_close_matches(name, known, n=1)
            said = f"did you mean {_option(close[0])}? " if close else ""
            every = ", ".join(map(_option, known))
            raise ValueError(f"{owner} has no setting {_option(name)}; {said}it has {every}")
        try:
            values[name] = _value(text, hints[name])
        except (ValueError, TypeError) as error:
            raise ValueError(
                f"{_option(name)} is {text!r}; it must be {_words(hints[name])}"
            ) from error
    return values


def _option(name: str) -> str:
    return "--" + name.replace("_", "-")


def _value(text: str, hint: Any) -> Any:
    """The text as a value of the type; ValueError if it is none."""
    kind = get_origin(hint)
    if kind in (Union, UnionType):
        if NoneType in get_args(hint) and text.lower() == "none":
            return None
        return _first(text, [part for part in get_args(hint) if part is not NoneType])
    if kind is tuple:
        return tuple(_value(part.strip(), get_args(hint)[0]) for part in text.split(",") if part)
    if kind is Literal:
        return _chosen(text, get_args(hint))
    if hint is bool:
        return _chosen(text.capitalize(), (True, False))
    if hint in (int, float, str, Path):
        return hint(text)
    raise TypeError(f"{hint} cannot be written as text")


def _first(text: str, hints: Sequence[Any]) -> Any:
    for hint in hints:
        try:
            return _value(text, hint)
        except (ValueError, TypeError):
            continue
    raise ValueError(text)


def _chosen(text: str, choices: Sequence[Any]) -> Any:
    for choice in choices:
        if str(choice) == text:
            return choice
    raise ValueError(text)


def _words(hint: Any) -> str:
    kind, parts = get_origin(hint), get_args(hint)
    if kind in (Union, UnionType):
        return " or ".join("none" if part is NoneType else _words(part) for part in parts)
    if kind is tuple:
        return f"one or more values with commas between them, each {_words(parts[0])}"
    if kind is Literal:
        return "one of " + ", ".join(map(str, parts))
    return _WORDS.get(hint, "set in Python, with experiment.run")
