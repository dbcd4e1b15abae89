import json
from dataclasses import replace

import pytest

from lablib.data import DataError, card, load
from lablib.data.names import read_names

GROUPS = ("asian", "black", "hispanic", "white")


def test_the_lists_are_what_the_card_says():
    lists = load("person-names")
    assert lists.groups == card("person-names").classes == GROUPS
    assert all(len(lists.first[group]) >= 90 for group in GROUPS)
    assert "Nwachukwu" in lists.last["black"]
    assert "first + last names of asian" in repr(lists)


def test_no_name_stands_on_two_lists_and_each_is_one_word():
    lists = load("person-names")
    for part in (lists.first, lists.last):
        names = [name for group in GROUPS for name in part[group]]
        assert len(names) == len(set(names))
        assert all(name.isalpha() and name[0].isupper() for name in names)
        assert all(list(part[group]) == sorted(part[group]) for group in GROUPS)


def test_what_is_shared_or_no_word_is_left_out():
    names = {"first_names": ["Ann", "Sara ", "ann", "Mary Jo"], "last_names": ["Lee"]}
    content = {f"{group}_names": names for group in GROUPS}
    content["asian_names"] = {"first_names": ["Sara", "Xin"], "last_names": ["Rao"]}
    made = replace(card("person-names"), rows=2)
    lists = read_names(made, {made.file: json.dumps(content).encode()})
    assert lists.first["asian"] == ("Xin",)
    assert lists.last == {"asian": ("Rao",), "black": (), "hispanic": (), "white": ()}


def test_a_file_that_differs_from_the_card_is_refused():
    found = card("person-names")
    with pytest.raises(DataError, match="has no list 'asian_names'"):
        read_names(found, {found.file: b"{}"})
    empty = {f"{group}_names": {"first_names": [], "last_names": []} for group in GROUPS}
    with pytest.raises(DataError, match="read 0 names, expected"):
        read_names(found, {found.file: json.dumps(empty).encode()})
