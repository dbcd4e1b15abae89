"""Lists of names, for tests that fill one sentence with names of several groups."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from lablib.data.catalogue import Card
from lablib.data.errors import DataError


@dataclass(frozen=True, repr=False)
class NameLists:
    """First and last names by group; no name stands on two lists.

    Attributes
    ----------
    name : name of the card.
    first, last : group to its names, in alphabetical order.
    card : what the lists are and are not.
    """

    name: str
    first: Mapping[str, tuple[str, ...]]
    last: Mapping[str, tuple[str, ...]]
    card: Card

    @property
    def groups(self) -> tuple[str, ...]:
        """The groups, in the card's order."""
        return tuple(self.first)

    def __repr__(self) -> str:
        sizes = ", ".join(f"{g} {len(self.first[g])} + {len(self.last[g])}" for g in self.groups)
        return f"NameLists({self.name}: first + last names of {sizes})"


def read_names(card: Card, files: Mapping[str, bytes]) -> NameLists:
    """Read the verified JSON file of a names card.

    Raises
    ------
    DataError
        The file does not hold the lists of the card.
    """
    content = json.loads(files[card.file].decode("utf-8"))
    try:
        first, last = (
            _exclusive({group: content[f"{group}_names"][part] for group in card.classes})
            for part in ("first_names", "last_names")
        )
    except KeyError as error:
        raise DataError(
            f"{card.name}: {card.file} has no list {error}; the card and its reader disagree, "
            "please report it."
        ) from error
    count = sum(len(names) for part in (first, last) for names in part.values())
    if count != card.rows:
        raise DataError(
            f"{card.name}: read {count} names, expected {card.rows}; the card and its reader "
            "disagree, please report it."
        )
    return NameLists(card.name, first, last, card)


def _exclusive(lists: Mapping[str, list[str]]) -> dict[str, tuple[str, ...]]:
    """Each list's single words with a capital that stand on no other list, sorted.

    >>> _exclusive({"a": ["Ann", "Sara "], "b": ["Sara", "Wu", "de la Cruz"]})
    {'a': ('Ann',), 'b': ('Wu',)}
    """
    words = {group: {name.strip() for name in names} for group, names in lists.items()}
    return {
        group: tuple(
            sorted(
                name
                for name in names
                if name.isalpha()
                and name[:1].isupper()
                and not any(name in words[other] for other in words if other != group)
            )
        )
        for group, names in words.items()
    }
