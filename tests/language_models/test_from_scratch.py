from dataclasses import replace

import pytest
import torch

from lablib import experiment
from lablib.language_models import from_scratch
from lablib.language_models.scratch import decoder_training, drawing
from lablib.language_models.scratch.decoder_training import Config
from lablib.models.attention import attention
from lablib.models.generation import sampling_probabilities

NAME = "language-models/from-scratch"
SMALL = {
    "seeds": (0, 1),
    "sizes": (0.98, 0.01, 0.01),
    "steps": 250,
    "warmup_steps": 30,
    # Short windows: a broken mask is used within so few steps.
    "context": 16,
    "stride": 16,
    "batch_size": 16,
    "learning_rate": 0.006,
    "other_strides": (),
    "orders": (4, 5),
    "ks": (0.01,),
    "curve": (1 / 16,),
    "samples": 5,
    "new_tokens": 24,
    "n_resamples": 200,
}
# A third of the steps: between frequencies and the page's own run, and behind every count.
BANDS = {
    "transformer.bits": (2.7, 3.25),
    "ngram.bits": (2.0, 2.3),
    "gzip.bits": (3.0, 3.4),
    "frequency.bits": (3.2, 3.45),
    "transformer.minus-frequency": (-0.65, -0.1),
    "transformer.minus-ngram": (0.45, 1.1),
    "transformer.minus-pairs-same-text": (0.05, 0.9),
    "shuffled.minus-frequency": (0.0, 0.06),
    "shuffled.future-moves": (0.0, 0.0),
    "broken.minus-frequency": (-3.4, -0.2),
    "broken.future-moves": (0.1, 100.0),
    "held-out.known": (0.8, 1.0),
    "speed.share": (0.005, 1.0),
}


@pytest.fixture(scope="module")
def result():
    return experiment.run(NAME, **SMALL)


def test_reduced_run_stays_in_its_two_sided_bands(result):
    experiment.accept(result, BANDS)


def test_the_control_catches_the_broken_mask_and_not_the_sound_one(result):
    assert result["shuffled.minus-frequency"].interval.low > 0
    assert result["broken.minus-frequency"].interval.high < 0


def test_a_short_run_is_above_frequencies_and_below_counts(result):
    assert result["transformer.minus-frequency"].interval.high < 0
    assert result["transformer.minus-ngram"].interval.low > 0
    assert result["transformer.minus-pairs-same-text"].interval.low > 0


def test_the_record_names_data_seeds_baseline_and_control(result):
    assert set(result.data) == {"encyclopaedia"}
    assert result.seeds == (0, 1)
    assert (result.baseline, result.control) == ("ngram.bits", "shuffled.minus-frequency")
    assert {row["seed"] for row in result.tables["seeds"]} == {0, 1}
    assert result.value("transformer.tokens-read") == 250 * 16 * 16


def test_figures_state_their_finding_and_their_n(result):
    views = [
        drawing.models(result),
        drawing.text_and_bits(result, reveal="Guess first."),
        drawing.context(result),
        drawing.samples(result),
    ]
    for view in views:
        assert "95 %" in view.caption
        assert any(character.isdigit() for character in view.alt)
    assert f"{result.value('transformer.bits'):.2f}" in views[0].alt
    assert "<details" in views[1]._repr_html_()
    assert "greedy" in drawing.texts(result)._repr_html_()


def test_the_table_says_how_to_make_a_missing_full_record(result, monkeypatch):
    monkeypatch.setattr("lablib.record.available", lambda name: ())
    missing = drawing.at_full_scale(result)
    assert f"lablib run {NAME} --scale full --save" in missing.caption
    monkeypatch.setattr("lablib.record.available", lambda name: ("full",))
    monkeypatch.setattr("lablib.record.load", lambda name, scale: result)
    assert "not run yet" not in str(drawing.at_full_scale(result).rows)


def test_every_scale_has_bands_and_the_full_one_the_known_shape():
    assert set(from_scratch.CONFIGS) == set(from_scratch.ACCEPTANCE) == {"quick", "full"}
    full = from_scratch.CONFIGS["full"]
    assert (full.layers, full.heads, full.width, full.context) == (6, 6, 384, 256)
    assert len(full.seeds) >= 5
    assert len(from_scratch.CONFIGS["quick"].seeds) >= 5


def test_the_same_seed_gives_the_same_model_and_another_another():
    tokens = torch.randint(50, (900,), generator=torch.Generator().manual_seed(0))
    config = replace(Config(), context=16, width=16, heads=2, layers=1, steps=5)
    one, two, other = (
        decoder_training.train(50, tokens, config, seed=seed).embedding.weight for seed in (1, 1, 2)
    )
    assert torch.equal(one, two)
    assert not torch.equal(one, other)


def test_patience_keeps_the_best_epoch_by_validation():
    tokens = torch.randint(50, (900,), generator=torch.Generator().manual_seed(0))
    config = replace(Config(), context=16, width=16, heads=2, layers=1, steps=60, patience=1)
    model = decoder_training.train(50, tokens, config, seed=0, validation=tokens[:100])
    assert not model.training


def test_the_page_and_its_exercises_compute_what_lablib_does():
    from lablib.exercises import declare

    folder = declare.root() / "language-models"
    names: dict[str, dict] = {}
    for slug in ("causal-attention", "top-p", "bits-per-character"):
        names[slug] = {}
        exec((folder / slug / "solution.py").read_text(), names[slug])
    q, k, v = torch.randn(3, 7, 5, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    by_exercise = names["causal-attention"]["causal_attention"](q.numpy(), k.numpy(), v.numpy())
    assert torch.allclose(torch.tensor(by_exercise), attention(q, k, v, causal=True))

    logits = torch.randn(40, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    for temperature, top_p in ((0.7, 0.9), (1.3, 0.5), (1.0, 1.0), (0.0, 0.8)):
        got = names["top-p"]["next_token"](logits.numpy(), temperature, top_p)
        want = sampling_probabilities(logits, temperature=temperature, top_p=top_p)
        assert torch.allclose(torch.tensor(got), want)
