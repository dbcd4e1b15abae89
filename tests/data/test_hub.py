"""No test goes online: a small module stands in for the `datasets` library."""

import sys
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest

from lablib.data import DataError, ImageData, Splits, TaggedData, TextData, load


class Rows(dict):
    def __init__(self, columns, **features):
        super().__init__(columns)
        self.features = {name: features.get(name, SimpleNamespace()) for name in columns}


CLASSES = SimpleNamespace(names=["bad", "good"])
TAGS = SimpleNamespace(feature=SimpleNamespace(names=["O", "B-x", "I-x"]))
TEXTS = Rows({"text": ["a", "b"], "label": [1, 0], "id": [7, 8]}, label=CLASSES)
TOKENS = Rows({"tokens": [["A", "b"]], "ner_tags": [[1, 2]]}, ner_tags=TAGS)

GREY = np.arange(4, dtype=np.uint8).reshape(2, 2) * 85
PICTURES = Rows({"image": [GREY, GREY.T], "label": [1, 0], "colour": [np.ones((2, 2, 3))] * 2})


@pytest.fixture
def hub(monkeypatch):
    calls = []

    def load_dataset(repository, config=None, *, split=None, revision=None):
        calls.append((repository, config, split, revision))
        if repository == "nobody/nothing":
            raise ConnectionError("offline")
        rows = {"o/ner": TOKENS, "o/pictures": PICTURES}.get(repository, TEXTS)
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


def test_pictures(hub):
    data = load("hub:o/pictures", text="image", label="label", kind="image", part="train")
    assert isinstance(data, ImageData)
    assert data.images.dtype == np.float32
    assert np.allclose(data.images[1, 0], [[0, 2 / 3], [1 / 3, 1]])
    assert data.target.tolist() == [1, 0]
    assert data.classes == ("0", "1")
    colour = load("hub:o/pictures", text="colour", label="label", kind="image", part="train")
    assert colour.images.shape == (2, 3, 2, 2)


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
    with pytest.raises(ValueError, match="kind='sound' must be"):
        load("hub:o/texts", text="text", label="label", kind="sound")
