"""The text, pair and tagged cards, read for real from the archives in the user's cache."""

import json
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from lablib.data import DataError, card, load
from lablib.data.pair_sources import emoji_names, family
from lablib.data.read import load_card
from lablib.data.text import read_text

NAMES = ("chinese-reviews", "encyclopaedia", "medical-questions", "movie-reviews", "news-sentences")


@pytest.fixture(scope="module")
def real():
    return {name: load(name) for name in (*NAMES, "emoji-names", "tweet-entities")}


@pytest.mark.parametrize("name", NAMES)
def test_texts_are_what_the_card_says(real, name):
    data, found = real[name], card(name)
    assert len(data) == len(data.target) == len(data.table) == found.rows
    assert data.classes == found.classes
    assert set(data.target) == set(range(len(data.classes)))
    assert tuple(data.table) == found.features
    assert all(text == text.strip() and text for text in data.texts)


def test_known_rows_by_hand(real):
    data = real["encyclopaedia"]
    row = list(data.table["title"]).index("2001: A Space Odyssey")
    assert data.classes[data.target[row]] == "Arts"
    assert data.texts[row].startswith("2001: A Space Odyssey is a 1968 epic science fiction film")
    counts = Counter(data.classes[i] for i in data.target)
    assert (counts["People"], counts["Uncategorized"]) == (1828, 1000)
    data = real["medical-questions"]
    assert data.texts[0] == "Maximum concentration for epidural block ?"
    assert data.classes[data.target[0]] == "Anaesthesia"
    assert data.table["options"][0].splitlines()[0] == "A. Bupivacaine"
    assert not any("MedMCQA" in part for part in set(data.table["part"]))
    data = real["movie-reviews"]
    assert np.array_equal(data.target == 1, data.table["rating"] > 0)
    assert any("clichés disappear" in text for text in data.texts)
    assert not any("Ã" in text for text in data.texts)
    data = real["news-sentences"]
    assert data.texts[3] == "But the games also convey another message."
    assert data.table.loc[3].to_dict() == {"rating": -0.05, "article": 1.0, "place": 4.0}
    assert [data.classes[i] for i in data.target[:5]] == ["positive"] * 3 + ["negative"] * 2
    assert len(set(data.groups)) == 498  # two numbers are missing


def test_the_chinese_reviews_keep_their_copies(real):
    data = real["chinese-reviews"]
    assert len(set(data.texts)) == 17_410
    assert np.bincount(data.target).tolist() == [18_575, 16_548]
    assert data.texts[-1] == data.texts[-1].strip()
    by_label = [{t for t, y in zip(data.texts, data.target, strict=True) if y == k} for k in (0, 1)]
    assert len(by_label[0] & by_label[1]) == 47


def test_synonyms_are_plain_words_and_sometimes_wrong():
    found = load("synonyms")
    assert len(found) == card("synonyms").rows
    assert found["movie"] == ("film", "flick", "pic", "picture")
    assert "undecomposed" in found["good"]  # the card warns of mixed meanings
    assert all(word not in found[word] for word in found)
    with pytest.raises(TypeError):
        found["movie"] = ()


def test_take_keeps_every_part_in_step(real):
    data = real["movie-reviews"]
    rows = np.array([5, 3, 3])
    few = replace(data, groups=np.arange(len(data))).take(rows)
    assert few.texts == tuple(data.texts[i] for i in rows)
    assert list(few.table["number"]) == list(data.table["number"].iloc[rows])
    assert few.target.tolist() == data.target[rows].tolist()
    assert few.groups.tolist() == [5, 3, 3]
    assert repr(few) == "TextData(movie-reviews: 3 texts, 2 classes)"


@pytest.mark.parametrize("name", NAMES)
def test_a_split_is_exhaustive_and_stratified(real, name):
    data = real[name]
    numbered = replace(data, table=data.table.assign(row=range(len(data))))
    parts = numbered.split(seed=1)
    rows = [part.table["row"].tolist() for part in (parts.train, parts.validation, parts.test)]
    assert sorted(i for part in rows for i in part) == list(range(len(data)))
    shares = np.bincount(parts.test.target) / np.bincount(data.target)
    assert np.all(np.abs(shares - 0.2) < 0.05)
    assert parts.train.texts == numbered.split(seed=1).train.texts
    assert parts.train.texts != numbered.split(seed=2).train.texts


def test_groups_of_pairs_never_straddle(real):
    data = real["emoji-names"]
    parts = data.split(seed=0)
    groups = [set(part.groups.tolist()) for part in (parts.train, parts.validation, parts.test)]
    assert not groups[0] & groups[1] | groups[0] & groups[2] | groups[1] & groups[2]
    assert abs(len(parts.test) / len(data) - 0.2) < 0.01
    leaking = data.split(seed=0, groups=np.arange(len(data)))  # the wrong split must show
    assert {family(s) for s in leaking.test.sources} & {family(s) for s in leaking.train.sources}


def test_names_of_emoji_by_hand(real):
    data = real["emoji-names"]
    pairs = dict(zip(data.sources, data.targets, strict=True))
    assert pairs["panda"] == "熊猫"
    assert pairs["woman facepalming medium-light skin tone"] == "女生捂脸中等浅肤色"
    assert len(pairs) == len(data) == 3963
    assert not any(mark in name for name in (*data.sources, *data.targets) for mark in ":_")


def test_only_qualified_emoji_are_read_once():
    english = {
        "a": {"en": ":tea_cup:", "status": 2},
        "b": {"en": ":tea_cup:", "status": 3},
        "c": {"en": ":man:", "status": 2},
        "d": {"en": ":woman:", "status": 2},
    }
    chinese = {"a": ":茶杯:", "b": ":茶杯:", "c": ":男人:", "d": ":女人:"}
    files = {"emoji.json": english, "emoji_zh.json": chinese}
    sources, targets, groups = emoji_names({k: json.dumps(v).encode() for k, v in files.items()})
    assert sources == ["tea cup", "man", "woman"]
    assert targets == ["茶杯", "男人", "女人"]
    assert groups[1] == groups[2] != groups[0]


def test_tagged_sentences_are_whole(real):
    data = real["tweet-entities"]
    assert len(data) == 2394
    assert sum(map(len, data.sentences)) == 46_469
    assert [len(s) for s in data.sentences] == [len(t) for t in data.tags]
    starts = Counter(tag[2:] for line in data.tags for tag in line if tag.startswith("B-"))
    assert starts["person"] == 449
    assert set(starts) == set(data.types)
    assert repr(data).endswith("46,469 tokens, 1,496 entities of 10 types)")


def test_equal_sentences_stay_together(real):
    data = real["tweet-entities"].take([*range(60), *range(60)])
    parts = data.split(seed=3)
    seen = [set(part.sentences) for part in (parts.train, parts.validation, parts.test)]
    assert not seen[0] & seen[2] | seen[0] & seen[1] | seen[1] & seen[2]
    loose = data.split(seed=3, groups=range(len(data)))
    assert set(loose.train.sentences) & set(loose.test.sentences)


def test_an_option_of_another_kind_is_refused():
    with pytest.raises(ValueError, match=r"sensitive_in_features=\['age'\] is no option of minilm"):
        load("minilm", sensitive_in_features=["age"])


def test_a_class_the_card_does_not_know_is_named():
    files = {"x": json.dumps({"t": {"title": "t", "extract": "e", "topic": "Alchemy"}}).encode()}
    with pytest.raises(DataError, match="encyclopaedia: the file is not as the card describes"):
        read_text(card("encyclopaedia"), files)


def test_a_folder_of_files_needs_paths_where_names_repeat(tmp_path, closed_network):
    medical = card("medical-questions")
    with pytest.raises(DataError, match="nor MedMCQA-Test/Anaesthesia.jsonl; put one"):
        load_card(medical, folder=tmp_path)
