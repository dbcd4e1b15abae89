import dataclasses

import numpy as np
import pytest
import torch

from lablib.explainability import inside_a_transformer as experiment
from lablib.explainability.attribution import reviews
from lablib.explainability.transformer import attention_tests, drawing, prompts
from lablib.explainability.transformer.probe_words import tagged_words, untrained, word_states
from lablib.models.pretrained import load_encoder

TINY = experiment.Config(
    seeds=(0, 1), copy_layers=2, copy_heads=2, copy_width=16, copy_steps=60, copy_pairs=8,
    layers=1, texts=200, explained=2, rewired=5, most_words=11, steps=8, draws=2, pieces=60,
    rows=2, tweets=30, prompts=6, pairs=1, patched_layers=15,
)  # fmt: skip


@pytest.fixture(scope="module")
def result():
    return experiment.run(TINY)


def test_every_band_names_a_recorded_metric_and_every_field_is_used(result):
    for scale, config in experiment.CONFIGS.items():
        assert experiment.ACCEPTANCE[scale]
        for band in experiment.ACCEPTANCE[scale]:
            name = band.removesuffix(".low").removesuffix(".high")
            assert name in result.metrics or band in result.metrics, band
        assert len(config.seeds) >= 5
    assert set(dataclasses.asdict(TINY)) == set(result.config)
    assert (result.baseline, result.control) == ("attention.random.gap", "copy.head.unrelated")
    assert set(result.data) == {"movie-reviews", "minilm", "tweet-entities", "smollm2"}
    assert set(experiment.CARD) == {"intended_use", "not_for", "affected", "limits"}
    with pytest.raises(ValueError, match="needs at least two"):
        experiment.run(experiment.Config(seeds=(0,)))


def test_exact_checks_hold_at_any_size(result):
    for name in ("lens.exact", "copy.nothing", "patch.nothing"):
        assert result.value(name) == 0
    for name in ("copy.everything", "patch.everything", "attention.same.change"):
        assert result.value(name) < 1e-3
    assert result.value("lens.twice") > 1
    for place, where in (("subject", "first"), ("last", "end")):
        assert result.value(f"patch.{place}.{where}") == pytest.approx(1, abs=1e-3)
    for place, where in (("subject", "end"), ("last", "first")):
        assert result.value(f"patch.{place}.{where}") == pytest.approx(0, abs=1e-3)
    assert result.value("copy.state.source.0") == pytest.approx(1, abs=1e-3)
    assert result.value("lens.shuffled") < 0.8


def test_the_figures_state_what_the_record_says(result):
    assert "Not shown to beat random" in drawing.faithful(result, reveal="Guess.").alt
    assert [row["last block reads with"] for row in drawing.rewired(result).rows][-1].startswith(
        "one position"
    )
    assert f"{result.value('copy.state.last.1'):.2f}" in drawing.copier(result).alt
    assert f"{result.value('untrained.6.control'):.2f}" in drawing.probes(result).alt
    assert f"{result.value('lens.right.settles'):.1f}" in drawing.lens(result).alt
    shown = f"{result.value('patch.unrelated.subject.first'):.2f}"
    assert shown in drawing.patched(result).alt
    assert "record" in drawing.at_full_scale(result).caption


def test_attention_claims_add_up_to_what_the_words_receive():
    source = reviews.reviews(layers=2, texts=80)
    task = reviews.review_task(source, rows=2, most_words=9, seed=0)
    case = task.cases[0]
    told = attention_tests.claims(task.model, case)
    words = int(case.groups.max()) + 1
    assert {name: claim.shape for name, claim in told.items()} == {
        name: (words,) for name in attention_tests.ATTENTION
    }
    for name in ("attention", "rollout"):
        assert told[name].min() >= 0
        assert told[name].sum() < 1  # the marks of beginning and end take the rest
    states, weights, score = attention_tests.last_block(task.model, case)
    with torch.no_grad():
        same = attention_tests.score_of(task.model, states[-2], weights)
        scaled = attention_tests.score_of(task.model, states[-2], weights * 1.01)
    assert float(same) == pytest.approx(score, abs=1e-4)
    assert float(scaled) != pytest.approx(score, abs=1e-6)


def test_words_of_tweets_and_an_untrained_encoder():
    tokenizer, encoder = load_encoder("minilm", layers=2)
    words = tagged_words(tokenizer, tweets=12)
    assert words.entity.mean() == pytest.approx(0.5, abs=0.01)
    states = word_states(encoder, words)
    assert states.shape == (3, len(words.words), 384)
    row, start, stop = words.pieces[5]
    with torch.no_grad():
        own = encoder(words.ids[[row]], words.mask[[row]]).last_hidden_state[0, start:stop]
    assert states[2, 5] == pytest.approx(own.mean(0).numpy(), abs=1e-4)
    pieces = tokenizer.convert_ids_to_tokens(words.ids[row, start:stop])
    assert "".join(p.removeprefix("##") for p in pieces) == words.words[5].lower()
    train = words.train_part(seed=0)
    assert not set(words.tweet[train]) & set(words.tweet[~train])
    other = word_states(untrained(encoder, seed=0), words)
    assert np.abs(other - states).mean() > 0.1


def test_prompts_have_one_shape_and_pairs_differ_in_the_country():
    class Spaces:
        """A tokenizer with a number for each word."""

        def __init__(self):
            self.numbers = {}

        def __call__(self, text):
            ids = [self.numbers.setdefault(word, len(self.numbers)) for word in text.split()]
            return type("Coded", (), {"input_ids": ids})

    asked = prompts.facts(Spaces(), most=8)
    assert asked.ids.shape == (8, 5)
    assert asked.countries[0] == "France"
    pairs = prompts.country_pairs(asked, count=4, seed=0)
    differ = pairs.clean != pairs.corrupted
    assert differ[:, prompts.SUBJECT].all()
    assert differ.sum() == 4
    assert (pairs.clean_answer != pairs.corrupted_answer).all()
    assert prompts.strangers(Spaces(), 7).shape == (7, 5)
    with pytest.raises(ValueError, match="8 known countries"):
        prompts.country_pairs(asked, count=9, seed=0)
