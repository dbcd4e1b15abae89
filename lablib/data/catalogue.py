"""Data cards: what a data set is, where it ships, what its columns mean, and whom it could harm.

Tables, texts, tagged sentences, pairs, images, word lists and weights have one card each. A card
is one YAML file in `lablib/data/cards/`. It is the authority: an archive or a file whose sha256
differs from the card's is refused. The questions follow Gebru et al., "Datasheets for Datasets"
(Communications of the ACM 64(12), 2021), cut down to what a loader and a reader need.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from functools import cache
from importlib import resources
from typing import Any

from lablib.data.errors import CardError

_SHA256 = re.compile(r"[0-9a-f]{64}")
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
# Fields that cards of a kind must have besides those without a default.
REQUIRED: Mapping[str, frozenset[str]] = {
    "tabular": frozenset({"columns", "target", "target_meaning"}),
    "text": frozenset({"columns", "text", "target", "target_meaning", "classes", "unit"}),
    "tagged": frozenset({"columns", "target", "target_meaning", "classes", "unit"}),
    "pair": frozenset({"columns", "text", "target", "target_meaning", "unit"}),
    "image": frozenset({"columns", "target", "target_meaning", "classes", "unit"}),
    "synonyms": frozenset({"columns", "target", "target_meaning", "unit"}),
    "names": frozenset({"columns", "target", "target_meaning", "classes", "unit"}),
    "weights": frozenset({"columns", "target", "target_meaning", "unit", "known_problems"}),
}


@dataclass(frozen=True)
class Card:
    """One data set: provenance, columns, target, sensitive columns, licence, known harms.

    `columns` describes every column the loader returns, in order: features, scores, sensitive
    columns and the target. `files` maps each file inside the archive to its sha256. `rows` counts
    what `unit` names: rows, texts, sentences, pairs, images, words, or the parameters of a model.
    `text` is the column of the text itself, `classes` the values of the target in their order. For
    weights, `columns` describes the files of the unpacked folder and `target` is the one with the
    parameters.
    """

    name: str
    title: str
    kind: str
    package: str
    version: str
    archive: str
    archive_sha256: str
    files: Mapping[str, str]
    licence: str
    licence_note: str
    source: str
    summary: str
    rows: int
    sensitive: tuple[str, ...]
    sensitive_note: str
    changes: tuple[str, ...]
    harms: tuple[str, ...]
    splits: str
    columns: Mapping[str, str] = field(default_factory=dict)
    target: str = ""
    target_meaning: str = ""
    text: str = ""
    classes: tuple[str, ...] = ()
    unit: str = "rows"
    identifiers_dropped: tuple[str, ...] = ()
    columns_dropped: Mapping[str, str] = field(default_factory=dict)
    scores: tuple[str, ...] = ()
    known_problems: tuple[str, ...] = ()

    @property
    def file(self) -> str:
        """Path of the (first) file inside the archive."""
        return next(iter(self.files))

    @property
    def file_sha256(self) -> str:
        """Hash of the (first) file inside the archive, 64 hexadecimal digits."""
        return self.files[self.file]

    @property
    def features(self) -> tuple[str, ...]:
        """Columns that `load` returns as features (tables) or beside the text by default."""
        others = {self.target, self.text, *self.sensitive, *self.scores}
        return tuple(column for column in self.columns if column not in others)

    def _repr_html_(self) -> str:
        from lablib.data.render import card_html

        return card_html(self)


def parse_card(entries: Mapping[str, Any], *, where: str) -> Card:
    """Build a `Card` from the entries of a YAML file, or say what is wrong with it.

    Raises
    ------
    CardError
        A field is missing, unknown or of the wrong type, or two fields contradict each other.
    """
    known = {f.name: f for f in fields(Card)}
    kind = entries.get("kind")
    if "kind" in entries and kind not in REQUIRED:
        kinds = ", ".join(REQUIRED)
        raise CardError(f"card {where}: field 'kind' is {kind!r}; it must be one of {kinds}.")
    required = {n for n, f in known.items() if f.default is f.default_factory is MISSING}
    required |= REQUIRED.get(str(kind), frozenset())
    if unknown := sorted(set(entries) - set(known)):
        raise CardError(
            f"card {where}: unknown field {unknown[0]!r}; remove it or correct its name."
        )
    if missing := sorted(required - set(entries)):
        raise CardError(f"card {where}: field {missing[0]!r} is missing; add it.")
    values = {name: _typed(where, name, str(known[name].type), v) for name, v in entries.items()}
    card = Card(**values)
    _check(card, where)
    return card


def _typed(where: str, name: str, kind: str, value: Any) -> Any:
    if kind == "str" and isinstance(value, str) and value.strip():
        return " ".join(value.split())
    if kind == "int" and isinstance(value, int) and not isinstance(value, bool) and value > 0:
        return value
    if kind.startswith("tuple") and isinstance(value, list) and _all_text(value):
        return tuple(" ".join(item.split()) for item in value)
    if (
        kind.startswith("Mapping")
        and isinstance(value, dict)
        and _all_text([*value, *value.values()])
    ):
        return {key: " ".join(text.split()) for key, text in value.items()}
    wanted = {
        "str": "a non-empty text",
        "int": "a positive whole number",
        "tuple": "a list of texts",
    }
    rule = wanted.get(kind.split("[")[0], "a mapping from text to text")
    raise CardError(f"card {where}: field {name!r} is {value!r}; it must be {rule}.")


def _all_text(values: list[Any]) -> bool:
    return all(isinstance(value, str) and value.strip() for value in values)


def _check(card: Card, where: str) -> None:
    named = [name for name in (card.target, card.text) if name]
    roles = [*named, *card.sensitive, *card.scores]
    dropped = [*card.identifiers_dropped, *card.columns_dropped]
    hashes = {"archive_sha256": card.archive_sha256, **card.files}
    rules = [
        (_NAME.fullmatch(card.name), "'name' must be lower-case words joined by dashes"),
        (card.name == where, f"'name' is {card.name!r} but the file is called {where!r}"),
        (card.files, "'files' must name at least one file of the archive"),
        (all(_SHA256.fullmatch(h) for h in hashes.values()), "a sha256 must be 64 hex digits"),
        (card.harms, "'harms' must say who could be harmed"),
        (card.changes, "'changes' must say how the loader changes the file"),
        (set(roles) <= set(card.columns), "target, sensitive and scores must be in 'columns'"),
        (len(roles) == len(set(roles)), "a column has one role: text, target, sensitive or score"),
        (not set(dropped) & set(card.columns), "a dropped column cannot be in 'columns'"),
        (card.kind != "tabular" or card.features, "no column is left as a feature"),
        (card.kind != "tabular" or not card.text, "a table has no 'text' column"),
        (len(set(card.classes)) == len(card.classes) != 1, "'classes' must be two or more names"),
    ]
    for holds, rule in rules:
        if not holds:
            raise CardError(f"card {where}: {rule}; correct the card file.")


@cache
def cards() -> tuple[Card, ...]:
    """Every card of the catalogue, ordered by name.

    >>> [card.name for card in cards()]
    ['adult', ...]
    """
    import yaml

    folder = resources.files("lablib.data") / "cards"
    found = sorted((f for f in folder.iterdir() if f.name.endswith(".yml")), key=lambda f: f.name)
    return tuple(
        parse_card(yaml.safe_load(f.read_text(encoding="utf-8")), where=f.name.removesuffix(".yml"))
        for f in found
    )


def card(name: str) -> Card:
    """The card called `name`.

    Raises
    ------
    ValueError
        No card has this name; the message offers close names.

    >>> card("credit-default").target
    'default'
    """
    by_name = {c.name: c for c in cards()}
    if name in by_name:
        return by_name[name]
    close = difflib.get_close_matches(str(name).lower().replace("_", "-"), by_name, n=2, cutoff=0.4)
    offer = f"did you mean {' or '.join(map(repr, close))}?" if close else "no name is close."
    raise ValueError(f"name={name!r} is not a data card; {offer} Cards: {', '.join(by_name)}.")
