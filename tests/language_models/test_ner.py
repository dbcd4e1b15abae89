"""The experiment on files of one's own, from the command line, and its parts on the tweets."""

import json

import numpy as np
import pytest

from lablib import cli, experiment
from lablib.language_models import ner
from lablib.language_models.entities import tag_scores

# The same three sentences in three schemes; two places that touch show where they differ.
SCHEMES = {
    "IOB2": ["B-PER", "I-PER", "O", "B-LOC", "O", "B-LOC", "B-LOC"],
    "IOB1": ["I-PER", "I-PER", "O", "I-LOC", "O", "I-LOC", "B-LOC"],
    "BIOES": ["B-PER", "E-PER", "O", "S-LOC", "O", "S-LOC", "S-LOC"],
}
WORDS = ["Ann", "Lee", "likes", "Oslo", "and", "Lima", "Quito"]
SMALL = ["--layers", "1", "--epochs", "1", "--batch-size", "4", "--max-length", "16"]


def write(folder, scheme="IOB2", parts=("train", "dev", "test"), copies=(8, 2, 4)):
    """A folder in CoNLL format; the middle columns are there to be skipped."""
    folder.mkdir(exist_ok=True)
    lines = [f"{word} X Y {tag}" for word, tag in zip(WORDS, SCHEMES[scheme], strict=True)]
    for part, count in zip(parts, copies, strict=True):
        text = "\n\n".join(["-DOCSTART- X Y O", *["\n".join(lines)] * count])
        (folder / f"{part}.txt").write_text(text + "\n", encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("scheme", "parts"),
    [
        ("IOB2", ("train", "valid", "test")),
        ("IOB1", ("train", "dev", "test")),
        ("BIOES", ("train", "testa", "testb")),
    ],
)
def test_a_folder_and_a_model_from_the_command_line(tmp_path, capsys, scheme, parts):
    folder = write(tmp_path / "mine", scheme, parts)
    words = ["run", "language-models/ner", "--data", str(folder), "--model", "minilm", *SMALL]
    if scheme != "IOB1":  # one whole run is enough; the other schemes must be the same sentences
        assert (
            ner.source(str(folder)).sha256
            == ner.source(str(write(tmp_path / "other", "IOB1"))).sha256
        )
        return
    code = cli.main([*words, "--seeds", "0", "--names", "1", "--out", str(tmp_path / "out")])
    printed = capsys.readouterr()
    assert (code, printed.err) == (0, "")
    assert "bands not checked" in printed.out
    assert "encoder.type.LOC.f1 = " in printed.out
    assert "dictionary.f1 = 1.0000 [1.0000, 1.0000]" in printed.out
    assert "names.asian.recall" in printed.out
    record = json.loads((tmp_path / "out/language-models/ner.quick.json").read_text())
    assert record["data"] == {"mine": ner.source(str(folder)).sha256}
    assert record["config"]["data"] == str(folder)
    assert record["metrics"]["test.entities"]["value"] == 4 * 4


def test_a_changed_sentence_changes_the_hash(tmp_path):
    one = ner.source(str(write(tmp_path / "a")))
    two = ner.source(str(write(tmp_path / "b", copies=(8, 2, 5))))
    assert one.sha256 != two.sha256


def test_parts_of_a_folder_are_fixed_and_cut(tmp_path):
    origin = ner.source(str(write(tmp_path / "a")))
    train, test = origin.parts(seed=1, train_sentences=3, test_sentences=2)
    assert (len(train), len(test)) == (3, 2)
    assert train.types == ("LOC", "PER")


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda f: (f / "train.txt").write_text("Ann B-PER\nLee\n"), "train.txt, line 2: 'Lee'"),
        (lambda f: (f / "dev.txt").write_text("Ann PER\n"), "dev.txt, line 1: tag 'PER'"),
        (lambda f: (f / "test.txt").unlink(), "holds no test part; put test.txt or testb.txt"),
        (lambda f: (f / "train.txt").write_text("\n"), "holds no sentence"),
    ],
)
def test_errors_name_file_and_line(tmp_path, capsys, spoil, sentence):
    folder = write(tmp_path / "mine")
    spoil(folder)
    assert cli.main(["run", "language-models/ner", "--data", str(folder), *SMALL]) == 1
    error = capsys.readouterr().err
    assert sentence in error
    assert "Traceback" not in error


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--data", "no/such/folder"], "data='no/such/folder' must be a card of tagged sentences"),
        (["--data", "movie-reviews"], "holds no tagged sentences; try tweet-entities"),
        (["--data", "tweet-entitie"], "tweet-entities"),
        (["--seeds", ""], "seeds is empty"),
        (["--layers", "40", "--seeds", "0"], "layers=40 must be from 1 to 6"),
        (["--controls", "0"], "controls=0 must be at least 1"),
        (["--dat", "x"], "did you mean --data?"),
    ],
)
def test_wrong_settings(capsys, words, sentence):
    assert cli.main(["run", "language-models/ner", *words]) == 2
    assert sentence in capsys.readouterr().err


def test_a_model_that_is_nowhere(tmp_path, capsys):
    folder = str(write(tmp_path / "mine"))
    words = ["--data", folder, "--model", str(tmp_path / "no-model"), "--seeds", "0"]
    assert cli.main(["run", "language-models/ner", *words]) == 2
    assert "no-model" in capsys.readouterr().err


@pytest.fixture(scope="module")
def small():
    """Two seeds on a few tweets: too little to learn from, enough for every part to run."""
    return experiment.run(
        ner.NAME, seeds=(0, 1), train_sentences=40, test_sentences=60, epochs=1, names=2
    )


def test_on_tweets_every_quantity_is_there(small):
    assert small.value("outside.f1") == 0
    assert small.value("outside.token-f1") > 0.9
    assert small.value("shuffled.token-f1") > 0.9
    assert small.value("shuffled.f1") < 0.05
    assert {row["model"] for row in small.tables["models"]} == {*ner.MODELS, "shuffled"}
    assert len({row["type"] for row in small.tables["types"]}) == 10
    assert {row["group"] for row in small.tables["names"]} == {
        "asian", "black", "hispanic", "white",
    }  # fmt: skip
    assert (small.baseline, small.control) == ("dictionary.f1", "shuffled.f1")
    difference = small.value("encoder.f1") - small.value("linear.f1")
    assert small.value("encoder.minus-linear") == pytest.approx(difference)


def test_every_type_comes_with_its_counts(small):
    kinds = {row["type"] for row in small.tables["types"]}
    counts = [small.value(f"test.type.{kind}") for kind in kinds]
    assert sum(counts) == pytest.approx(small.value("test.entities"))
    origin = ner.source("tweet-entities")
    drawn = [origin.parts(seed=s, train_sentences=40)[0] for s in (0, 1)]
    persons = [sum(tag == "B-person" for tags in t.tags for tag in tags) for t in drawn]
    assert small.value("train.type.person") == np.mean(persons)


def test_overlapping_test_parts_widen_an_interval_by_rho_over_one_minus_rho():
    """Differences, which are not cut at 0 and 1: variance 1/S + rho / (1 - rho)."""
    one, two, three = ((np.array([k]), np.array([10]), np.array([1]), np.array([10]))
                       for k in (3, 4, 5))  # fmt: skip
    seeds = [one, two, three]
    plain = tag_scores.estimate(seeds, tag_scores.difference).interval
    wide = tag_scores.estimate(seeds, tag_scores.difference, shared=0.2).interval
    grown = (wide.high - wide.low) / (plain.high - plain.low)
    assert grown == pytest.approx(np.sqrt((1 / 3 + 0.25) / (1 / 3)))


def test_shares_and_their_intervals_lie_between_zero_and_one(small):
    for name, metric in small.metrics.items():
        if metric.interval and "minus" not in name:
            assert 0 <= metric.interval.low <= metric.value <= metric.interval.high <= 1, name


def test_splits_never_share_a_tweet():
    origin = ner.source("tweet-entities")
    for seed in (0, 1):
        train, test = origin.parts(seed=seed)
        assert not set(train.sentences) & set(test.sentences)
    again = origin.parts(seed=0, train_sentences=400)
    first = origin.parts(seed=0, train_sentences=400)
    assert again[0].sentences == first[0].sentences
    assert len(first[0]) == 400
    assert np.mean([tag != "O" for tags in first[1].tags for tag in tags]) < 0.1


def test_the_bands_are_two_sided_and_hold_the_controls():
    for scale, bands in ner.ACCEPTANCE.items():
        assert {"encoder.f1", "shuffled.f1", "outside.f1", "encoder.minus-linear"} <= set(bands)
        assert all(low < high for low, high in bands.values()), scale
