"""Private fine-tuning on a handful of sentences: the record, and that every method runs."""

from dataclasses import replace

import pytest

from lablib import figures
from lablib.privacy import dp_fine_tuning
from lablib.privacy.accounting import Guarantee
from lablib.privacy.private_sgd import drawing

SMALL = replace(
    dp_fine_tuning.CONFIGS["quick"], seeds=(0, 1), texts=60, tests=20, steps=2, longest=12
)


@pytest.fixture(scope="module")
def small():
    return dp_fine_tuning.run(SMALL, scale="quick")


def test_the_record(small):
    assert (small.baseline, small.control) == ("head.accuracy", "shuffled.accuracy")
    weights = [small.value(f"{method}.weights") for method in ("head", "lora", "full")]
    assert weights == sorted(weights)
    assert weights[0] == 2 * 384 + 2
    (claim,) = small.tables["guarantee"]
    assert claim["epsilon"] == small.value("private.epsilon")
    assert (claim["steps"], claim["accountant"]) == (2, "prv")
    assert set(small.data) == {"movie-reviews", "minilm"}
    for name in ("lora.difference", "full.difference", "head.cost"):
        assert small[name].interval is not None


def test_the_figure_can_be_drawn(small):
    page = drawing.tuned(small, reveal="What wins?")._repr_html_()
    assert str(Guarantee(**small.tables["guarantee"][0])) in page
    made = figures.full_record("privacy/dp-fine-tuning")
    assert (made is None) == ("lablib run privacy/dp-fine-tuning --scale full --save" in page)


def test_the_seed_decides(small):
    from lablib.privacy.private_sgd.sentences import load_sentences

    sentences = load_sentences(blocks=1, longest=12, count=60, tests=20)
    first = dp_fine_tuning.one(sentences, "head", SMALL, seed=0)
    assert first == dp_fine_tuning.one(sentences, "head", SMALL, seed=0)
