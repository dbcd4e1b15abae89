"""The loss on a whole split, and everything the training loop offers with a `Decoder` in it."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from lablib.models.decoder import Decoder
from lablib.training import FitResult, TrainingConfig, fit
from lablib.training.device import _multiplies_in_bf16
from lablib.training.language import split_nats
from lablib.training.losses import classification_loss, next_token_loss
from lablib.training.windows import token_windows
from tests.training.setting import same_weights
from tests.training.test_distributed import launch

CPU = torch.device("cpu")


class Reader(nn.Module):
    """Logits that say how many tokens stood before: the model that gives the stride away."""

    def __init__(self, vocabulary: int = 40) -> None:
        super().__init__()
        self.vocabulary = vocabulary

    def forward(self, tokens: Tensor) -> Tensor:
        # The next token costs log(V - 1 + e^t) - t nats if it is 0, where t counts tokens.
        logits = torch.zeros(*tokens.shape, self.vocabulary)
        logits[..., 0] = torch.arange(1.0, tokens.shape[1] + 1)
        return logits


def tokens_before(length: int, context: int, stride: int) -> list[int]:
    """How many tokens each target is predicted from, by the definition."""
    found = [0] * (length - 1)
    reach = min(context, length - 1)
    start = 0
    while True:
        start = min(start, length - 1 - reach)
        for place in range(reach):
            found[start + place] = max(found[start + place], place + 1)
        if start + reach == length - 1:
            return found
        start += stride


@settings(max_examples=50, deadline=None)
@given(
    length=st.integers(2, 40),
    context=st.integers(1, 12),
    stride=st.integers(1, 12),
    batch_size=st.integers(1, 5),
)
def test_each_token_is_scored_once_with_the_context_that_was_promised(
    length: int, context: int, stride: int, batch_size: int
) -> None:
    stride = min(stride, context)
    nats = split_nats(
        Reader(), torch.zeros(length, dtype=torch.int64), context=context, stride=stride,
        batch_size=batch_size,
    )  # fmt: skip
    before = tokens_before(length, context, stride)
    expected = [math.log(39 + math.exp(count)) - count for count in before]
    assert nats.tolist() == pytest.approx(expected, abs=1e-4)
    promised = [min(place + 1, context - stride + 1) for place in range(length - 1)]
    assert all(count >= least for count, least in zip(before, promised, strict=True))


def test_windows_without_overlap_are_the_loss_of_fit() -> None:
    model = decoder()
    tokens = torch.arange(41) % 7
    nats = split_nats(model, tokens, context=8)
    loss = next_token_loss(model.eval(), (token_windows(tokens, context=8),))
    assert nats.mean().item() == pytest.approx(loss.item(), abs=1e-6)


@pytest.mark.parametrize(
    "options", [{"stride": 0}, {"stride": 9}, {"context": 0}, {"batch_size": 0}]
)
def test_bad_numbers_are_named(options: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=r"a stride from 1 to context"):
        split_nats(decoder(), torch.arange(9), **({"context": 8} | options))


# --- a Decoder in the training loop ------------------------------------------------------------


def decoder(**options: Any) -> Decoder:
    return Decoder(7, context=8, width=16, heads=2, layers=2, seed=0, **options)


def windows() -> tuple[Tensor]:
    """A text in which each token follows from the two before it."""
    values = [0, 1]
    for _ in range(400):
        values.append((2 * values[-1] + values[-2] + 1) % 7)
    return (token_windows(torch.tensor(values), context=8),)


def train(model: Decoder | None = None, **changes: Any) -> FitResult:
    settings: dict[str, Any] = {
        "max_steps": 30, "batch_size": 11, "learning_rate": 1e-2, "schedule": "cosine",
        "warmup_steps": 5, "clip_norm": 1.0, "device": "cpu",
    }  # fmt: skip
    config = TrainingConfig(**(settings | changes))
    model = decoder() if model is None else model
    return fit(model, windows(), loss=next_token_loss, config=config, validation=windows())


def last(result: FitResult) -> float:
    value = result.history[-1].validation_loss
    assert value is not None
    return value


def test_it_learns_and_repeats_itself() -> None:
    result = train(max_steps=150)
    assert last(result) < 0.3 < math.log(7) < result.history[0].train_loss + 0.5
    assert same_weights(result.model, train(max_steps=150).model)


@pytest.mark.parametrize("changes", [{"accumulation": 3}, {"accumulation": 11}])
def test_micro_batches_train_the_same(changes: dict[str, int]) -> None:
    whole, pieces = train(decoder().double()), train(decoder().double(), **changes)
    for name, weight in whole.model.state_dict().items():
        torch.testing.assert_close(pieces.model.state_dict()[name], weight, rtol=0, atol=1e-7)


def test_checkpointed_activations_train_the_same() -> None:
    assert same_weights(
        train(decoder(dropout=0.1)).model, train(decoder(dropout=0.1, checkpointing=True)).model
    )


@pytest.mark.skipif(not _multiplies_in_bf16(CPU), reason="needs bfloat16 products")
def test_bf16_reaches_nearly_the_same_loss() -> None:
    mixed, plain = train(max_steps=150, precision="bf16"), train(max_steps=150)
    assert not same_weights(mixed.model, plain.model)
    assert last(mixed) == pytest.approx(last(plain), abs=0.1)
    assert {p.dtype for p in mixed.model.parameters()} == {torch.float32}


def test_compiled_it_trains_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    # Traced whole, but run by torch itself: compiling for the processor takes half a minute.
    compile_ = torch.compile
    monkeypatch.setattr(
        torch, "compile", lambda model: compile_(model, backend="eager", fullgraph=True)
    )
    assert same_weights(train(compile=True).model, train().model)


def test_a_run_cut_off_resumes_to_the_same_weights(tmp_path: Path) -> None:
    class Cut(Exception):
        pass

    calls = 0

    def cutting(model: nn.Module, batch: tuple[Tensor, ...]) -> Tensor:
        nonlocal calls
        calls += model.training
        if calls > 17:
            raise Cut
        return next_token_loss(model, batch)

    options: dict[str, Any] = {"checkpoint": tmp_path / "run.pt", "checkpoint_every": 5}
    config = {"max_steps": 30, "batch_size": 11, "learning_rate": 1e-2, "device": "cpu"} | options
    start = decoder(dropout=0.2)
    with pytest.raises(Cut):
        fit(start, windows(), loss=cutting, config=TrainingConfig(**config))
    results = []
    for settings_ in (config, {k: v for k, v in config.items() if k not in options}):
        configuration = TrainingConfig(**settings_)
        model = decoder(dropout=0.2)
        results.append(fit(model, windows(), loss=next_token_loss, config=configuration))
    assert [result.resumed_from for result in results] == [15, None]
    assert same_weights(results[0].model, results[1].model)


def test_batches_of_like_length_train_as_well_and_belong_to_the_run(tmp_path: Path) -> None:
    ids = torch.randint(1, 7, (60, 12), generator=torch.Generator().manual_seed(0))
    lengths = torch.arange(60) % 10 + 3
    mask = (torch.arange(12) < lengths[:, None]).long()
    data, widths = (ids * mask, mask, ids[:, 0] % 2), []

    class First(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.table = nn.Embedding(7, 2)

        def forward(self, tokens: Tensor, _: Tensor) -> Tensor:
            widths.append(tokens.shape[1])
            logits: Tensor = self.table(tokens[:, 0])
            return logits

    config = {"epochs": 20, "batch_size": 6, "learning_rate": 0.1, "device": "cpu"}
    seen = {}
    for name, chosen in (("plain", None), ("by length", lengths)):
        path = tmp_path / f"{name}.pt"
        result = fit(
            First(), data, loss=classification_loss, lengths=chosen,
            config=TrainingConfig(**config, checkpoint=path),
        )  # fmt: skip
        assert result.history[-1].train_loss < 0.05
        seen[name] = sum(widths)
        widths.clear()
    assert seen["by length"] < 0.8 * seen["plain"]
    with pytest.raises(ValueError, match="lengths="):
        fit(
            First(), data, loss=classification_loss, lengths=lengths.flip(0),
            config=TrainingConfig(**config, checkpoint=path),
        )  # fmt: skip


@pytest.mark.processes
def test_two_processes_train_the_weights_of_one(tmp_path: Path) -> None:
    ranks = launch(tmp_path, module="tests.training.parallel_decoder")
    single = train(decoder(checkpointing=True).double()).model.state_dict()
    for rank in ranks:
        torch.testing.assert_close(rank, single, rtol=0, atol=1e-7)
