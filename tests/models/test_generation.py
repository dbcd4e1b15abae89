from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor
from transformers import LlamaConfig, LlamaForCausalLM
from transformers.generation import TemperatureLogitsWarper, TopKLogitsWarper, TopPLogitsWarper

from lablib.models.decoder import Decoder
from lablib.models.generation import generate, sampling_probabilities


def small() -> Decoder:
    model = Decoder(17, context=12, width=24, heads=4, layers=2, seed=0)
    torch.manual_seed(1)
    for parameter in model.parameters():
        torch.nn.init.normal_(parameter, std=0.3)
    return model


def tokens(rows: int, length: int) -> Tensor:
    return torch.randint(17, (rows, length), generator=torch.Generator().manual_seed(0))


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


# --- what is drawn from ------------------------------------------------------------------------


def test_by_hand() -> None:
    logits = torch.tensor([0.4, 0.3, 0.2, 0.1]).log()
    two = sampling_probabilities(logits, top_k=2)
    assert two.tolist() == pytest.approx([4 / 7, 3 / 7, 0, 0])
    # The nucleus of 0.75 needs the third token: two have 0.7 only.
    nucleus = sampling_probabilities(logits, top_p=0.75)
    assert nucleus.tolist() == pytest.approx([4 / 9, 3 / 9, 2 / 9, 0])
    # Temperature 1/2 squares the odds.
    cold = sampling_probabilities(logits, temperature=0.5)
    assert cold.tolist() == pytest.approx([16 / 30, 9 / 30, 4 / 30, 1 / 30])
    assert sampling_probabilities(logits, temperature=0).tolist() == [1, 0, 0, 0]


@settings(max_examples=50, deadline=None)
@given(
    temperature=st.floats(0.2, 3.0),
    top_k=st.none() | st.integers(1, 20),
    top_p=st.none() | st.floats(0.01, 1.0),
    seed=st.integers(0, 10_000),
)
def test_it_is_what_transformers_draws_from(
    temperature: float, top_k: int | None, top_p: float | None, seed: int
) -> None:
    logits = torch.randn(3, 17, generator=seeded(seed), dtype=torch.float64)
    ours = sampling_probabilities(logits, temperature=temperature, top_k=top_k, top_p=top_p)
    ids, theirs = torch.zeros(3, 1, dtype=torch.int64), logits
    theirs = TemperatureLogitsWarper(temperature)(ids, theirs)
    if top_k is not None:
        theirs = TopKLogitsWarper(top_k)(ids, theirs)
    if top_p is not None:
        theirs = TopPLogitsWarper(top_p)(ids, theirs)
    torch.testing.assert_close(ours, theirs.softmax(-1))
    torch.testing.assert_close(ours.sum(-1), torch.ones(3, dtype=torch.float64))
    assert torch.equal(ours.argmax(-1), logits.argmax(-1))


@settings(max_examples=30, deadline=None)
@given(top_p=st.floats(0.01, 0.99), seed=st.integers(0, 10_000))
def test_the_nucleus_is_the_smallest_that_suffices(top_p: float, seed: int) -> None:
    logits = torch.randn(17, generator=seeded(seed), dtype=torch.float64)
    chances, kept = logits.softmax(-1), sampling_probabilities(logits, top_p=top_p) > 0
    assert chances[kept].sum() >= top_p - 1e-12
    assert chances[kept].sum() - chances[kept].min() < top_p + 1e-12


# --- what is generated -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "options",
    [
        {"temperature": 0},
        {"temperature": 1.0},
        {"temperature": 0.7, "top_k": 5},
        {"temperature": 1.3, "top_p": 0.8},
    ],
)
@pytest.mark.parametrize("length", [1, 5, 12, 15])
def test_the_cache_changes_no_token_even_past_the_context(
    options: dict[str, float], length: int
) -> None:
    model, prompt = small(), tokens(3, length)
    with_cache, without = (
        generate(model, prompt, max_new_tokens=11, cache=cache, generator=seeded(), **options)
        for cache in (True, False)
    )
    assert torch.equal(with_cache, without)
    assert with_cache.shape == (3, length + 11)
    assert torch.equal(with_cache[:, :length], prompt)


def test_a_model_of_transformers_generates_what_its_own_method_does() -> None:
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=17, hidden_size=16, intermediate_size=32, num_hidden_layers=2,
        num_attention_heads=2, num_key_value_heads=1, max_position_embeddings=64,
        bos_token_id=0, eos_token_id=None, pad_token_id=0, initializer_range=0.5,
    )  # fmt: skip
    model, prompt = LlamaForCausalLM(config).eval(), tokens(2, 5)
    theirs = model.generate(
        prompt, attention_mask=torch.ones_like(prompt), max_new_tokens=12, do_sample=False
    )
    for cache in (True, False):
        assert torch.equal(
            generate(model, prompt, max_new_tokens=12, temperature=0, cache=cache), theirs
        )


def test_frequencies_are_the_probabilities() -> None:
    model, prompt = small().eval(), tokens(1, 4)
    chances = sampling_probabilities(model(prompt)[0, -1], temperature=2.0, top_k=6)
    drawn = generate(
        model, prompt.expand(4000, -1), max_new_tokens=1, temperature=2.0, top_k=6,
        generator=seeded(),
    )[:, -1]  # fmt: skip
    counted = drawn.bincount(minlength=17) / 4000
    assert (counted - chances).abs().max() < 4 * math.sqrt(0.25 / 4000)
    assert not counted[chances == 0].any()


def test_rows_end_at_the_stop_token_and_generation_with_the_last() -> None:
    model, prompt = small(), tokens(6, 3)
    free = generate(model, prompt, max_new_tokens=40, temperature=1.0, generator=seeded())[:, 3:]
    stop = int(free[:, 2].mode().values)
    stopped = generate(
        model, prompt, max_new_tokens=40, temperature=1.0, generator=seeded(), stop=stop
    )[:, 3:]
    ends = []
    for row, same in zip(stopped, free, strict=False):
        first = (row == stop).nonzero()
        end = int(first[0]) if len(first) else len(row)
        ends.append(end)
        assert (row[end:] == stop).all()
        assert torch.equal(row[:end], same[:end])
    assert stopped.shape[1] == min(max(ends) + 1, 40)


def test_the_generator_decides_and_the_mode_is_put_back() -> None:
    model, prompt = small().train(), tokens(2, 3)
    first, again, other = (
        generate(model, prompt, max_new_tokens=9, generator=seeded(seed)) for seed in (0, 0, 1)
    )
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
    assert model.training
    assert torch.equal(generate(model, prompt, max_new_tokens=0), prompt)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"temperature": -1.0}, "temperature=-1.0 must be at least 0"),
        ({"top_k": 0}, "top_k=0 must be at least 1"),
        ({"top_p": 0.0}, r"top_p=0.0 must be in \(0, 1\]"),
        ({"max_new_tokens": -1}, "max_new_tokens=-1"),
    ],
)
def test_bad_numbers_are_named(options: dict[str, float], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        generate(small(), tokens(1, 3), **({"max_new_tokens": 2} | options))  # type: ignore[arg-type]


def test_an_empty_prompt_is_named() -> None:
    with pytest.raises(ValueError, match=r"shape \(1, 0\)"):
        generate(small(), tokens(1, 0), max_new_tokens=2)
