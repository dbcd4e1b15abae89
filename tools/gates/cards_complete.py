"""No data set enters the course without saying where it comes from and whom it can hurt.

A loader works just as well without a licence, a hash or a list of harms, so nothing else would
notice their absence. Every card names its archive and file with their SHA-256, its licence and
source, describes each column, lists the sensitive columns and the identifiers it drops, and states
at least one harm in a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from tools.gates.common import Violation, load_yaml, texts

GATE = "cards_complete"
FILLED = (
    "name",
    "title",
    "package",
    "version",
    "archive",
    "archive_sha256",
    "files",
    "licence",
    "source",
    "rows",
    "columns",
    "target",
    "harms",
    "splits",
)
LISTS = ("sensitive", "identifiers_dropped")
HARM_LETTERS = 40
_SHA256 = re.compile(r"[0-9a-f]{64}")


def check(root: Path) -> list[Violation]:
    """Cards with missing or empty fields."""
    found = []
    for path, text in texts(root, "lablib/data/cards/*.yml", "lablib/data/cards/*.yaml"):
        try:
            card, lines = load_yaml(text)
        except yaml.YAMLError as error:
            found.append(Violation(GATE, path, 1, f"not YAML: {str(error).splitlines()[0]}"))
            continue
        if not isinstance(card, dict):
            found.append(Violation(GATE, path, 1, "a card is a mapping of fields"))
            continue
        stem = path.rpartition("/")[2].rpartition(".")[0]
        for key, message in _complaints(card, stem):
            found.append(Violation(GATE, path, lines.get(key, 1), message))
    return found


def _complaints(card: dict[str, Any], stem: str) -> Iterator[tuple[str, str]]:
    for key in (*FILLED, *LISTS):
        if key not in card:
            yield key, f"field {key} is missing; every card has it"
    for key in FILLED:
        if key in card and card[key] in (None, "", [], {}):
            yield key, f"field {key} is empty; fill it in"
    files = card.get("files")
    if files and not isinstance(files, dict):
        yield "files", "files must map each file of the archive to its sha256"
    hashes = {"files": list(files.values()) if isinstance(files, dict) else []}
    hashes["archive_sha256"] = [card["archive_sha256"]] if card.get("archive_sha256") else []
    for key, values in hashes.items():
        if not all(_SHA256.fullmatch(str(value)) for value in values):
            yield key, f"{key}: not 64 lower-case hexadecimal digits; copy the SHA-256 of the file"
    for key in LISTS:
        if key in card and not isinstance(card[key], list):
            yield key, f"{key} must be a list, [] if there is none"
    if card.get("name") and card["name"] != stem:
        yield "name", f"name {card['name']!r} differs from the file name {stem!r}; make them equal"
    rows = card.get("rows")
    if rows and (not isinstance(rows, int) or rows <= 0):
        yield "rows", f"rows={rows!r} is not a positive whole number; count them"
    yield from _columns(card)
    yield from _harms(card.get("harms"))


def _columns(card: dict[str, Any]) -> Iterator[tuple[str, str]]:
    columns = card.get("columns")
    if not columns:
        return
    if not isinstance(columns, dict):
        yield "columns", "columns must map each name to its description"
        return
    for name, description in columns.items():
        if not str(description or "").strip():
            yield "columns", f"column {name} has no description; say what it holds and its unit"
    named = [("target", card.get("target"))]
    listed = card.get("sensitive")
    named += [("sensitive", name) for name in (listed if isinstance(listed, list) else [])]
    for key, name in named:
        if isinstance(name, str) and name and name not in columns:
            yield key, f"{key} {name!r} is not among the described columns; describe it"


def _harms(harms: Any) -> Iterator[tuple[str, str]]:
    if not harms:
        return
    if not isinstance(harms, list):
        yield "harms", "harms must be a list of sentences"
    elif not any(len(str(harm).strip()) >= HARM_LETTERS for harm in harms):
        letters = f"no harm of at least {HARM_LETTERS} letters"
        yield "harms", f"{letters}; name who could be hurt, and how, in a sentence"
