"""No test goes online: a small module stands in for the `datasets` library."""

import sys
from types import ModuleType, SimpleNamespace

import pytest

from lablib.data import DataError, Splits, TaggedData, TextData, load


class Rows(dict):
    def __init__(self, columns, **features):
        super().__init__(columns)
        self.features = {name: features.get(name, SimpleNamespace()) for name in columns}


CLASSES = SimpleNamespace(names=["bad", "good"])
TAGS = SimpleNamespace(feature=SimpleNamespace(names=["O", "B-x", "I-x"]))
TEXTS = Rows({"text": ["a", "b"], "label": [1, 0], "id": [7, 8]}, label=CLASSES)
TOKENS = Rows({"tokens": [["A", "b"]], "ner_tags": [[1, 2]]}, ner_tags=TAGS)


@pytest.fixture
def hub(monkeypatch):
    calls = []

    def load_dataset(repository, config=None, *, split=None, revision=None):
        calls.append((repository, config, split, revision))
        if repository == "nobody/nothing":
            raise ConnectionError("offline")
        rows = TOKENS if repository == "o/ner" else TEXTS
        if split:
            return rows
        if repository == "o/two":
            return {"train": rows, "test": rows}
        return {"train": rows, "dev": rows, "test": rows}

    module = ModuleType("datasets")
    module.load_dataset = load_dataset
    monkeypatch.setitem(sys.modules, "datasets", module)
    return calls


def test_three_parts_come_as_splits(hub):
    parts = load("hub:o/texts", text="text", label="label", revision="abc")
    assert isinstance(parts, Splits)
    assert isinstance(parts.validation, TextData)
    assert parts.test.texts == ("a", "b")
    assert parts.test.target.tolist() == [1, 0]
    assert parts.test.classes == ("bad", "good")
    assert parts.test.table["id"].tolist() == [7, 8]
    assert hub == [("o/texts", None, None, "abc")]


def test_one_part_and_labels_without_names(hub):
    data = load("hub:o/texts", text="text", label="id", part="train")
    assert data.classes == ("7", "8")
    assert data.target.tolist() == [0, 1]


def test_tagged_sentences(hub):
    data = load("hub:o/ner", text="tokens", label="ner_tags", kind="tagged", part="train")
    assert isinstance(data, TaggedData)
    assert data.tags == (("B-x", "I-x"),)
    assert data.types == ("x",)


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("nobody/nothing", {}, "could not be loaded .ConnectionError: offline.; check the name"),
        ("o/two", {}, "has no validation part, only train, test; give part="),
        ("o/texts", {"text": "body"}, "has no column 'body'; its columns are text, label, id"),
    ],
)
def test_what_can_go_wrong_is_named(hub, name, options, message):
    with pytest.raises(DataError, match=f"hub:{name}: {message}"):
        load(f"hub:{name}", **{"text": "text", "label": "label", **options})


def test_without_the_library_the_message_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "datasets", None)
    with pytest.raises(DataError, match="run: pip install datasets"):
        load("hub:o/texts", text="text", label="label")


def test_an_unknown_kind_is_refused(hub):
    with pytest.raises(ValueError, match="kind='image' must be"):
        load("hub:o/texts", text="text", label="label", kind="image")
