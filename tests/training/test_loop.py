import math
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from lablib.training import TrainingConfig, fit, predict
from lablib.training.batches import Batches
from tests.training.setting import (
    BATCH,
    EXAMPLES,
    Batch,
    configuration,
    examples,
    logistic,
    network,
    same_weights,
    train,
)

PLAIN = {"schedule": "constant", "warmup_steps": 0, "clip_norm": None, "accumulation": 1}


def bare_loop(
    model: nn.Module, *, epochs: int, fused: bool = True, clip_norm: float = math.inf
) -> nn.Module:
    """Train as one would by hand: the reference."""
    matrices = [p for p in model.parameters() if p.ndim >= 2]
    vectors = [p for p in model.parameters() if p.ndim < 2]
    groups = [{"params": matrices, "weight_decay": 0.1}, {"params": vectors, "weight_decay": 0.0}]
    optimizer = torch.optim.AdamW(groups, lr=0.05, fused=fused)
    inputs, targets = examples()
    batches = Batches(examples=EXAMPLES, batch_size=BATCH, seed=3)
    torch.manual_seed(3)
    for epoch in range(epochs):
        for rows in batches.order(epoch).split(BATCH):
            optimizer.zero_grad()
            logistic(model, (inputs[rows], targets[rows])).backward()
            if clip_norm < math.inf:
                nn.utils.clip_grad_norm_(model.parameters(), clip_norm)
            optimizer.step()
    return model


@pytest.mark.parametrize("dropout", [0.0, 0.3])
def test_the_loop_trains_the_weights_of_a_loop_by_hand(dropout: float) -> None:
    config = configuration(epochs=4, patience=None, **PLAIN)
    ours = fit(network(dropout=dropout), examples(), loss=logistic, config=config).model
    assert same_weights(ours, bare_loop(network(dropout=dropout), epochs=4))


def test_gradients_are_clipped_before_the_step() -> None:
    config = configuration(epochs=2, patience=None, **{**PLAIN, "clip_norm": 0.2})
    ours = fit(network(), examples(), loss=logistic, config=config).model
    assert same_weights(ours, bare_loop(network(), epochs=2, clip_norm=0.2))
    assert not same_weights(ours, bare_loop(network(), epochs=2))


def test_an_epoch_agrees_with_the_unfused_optimizer() -> None:
    config = configuration(epochs=None, max_steps=5, patience=None, **PLAIN)
    ours = fit(network(dropout=0.0), examples(), loss=logistic, config=config)
    reference = bare_loop(network(dropout=0.0), epochs=1, fused=False)
    assert ours.steps == 5
    torch.testing.assert_close(
        ours.model.state_dict(), reference.state_dict(), rtol=1e-5, atol=1e-6
    )


@pytest.mark.parametrize("accumulation", [2, 5])
def test_accumulation_trains_the_weights_of_the_large_batch(accumulation: int) -> None:
    def weights(pieces: int) -> dict[str, Tensor]:
        config = configuration(accumulation=pieces, patience=None)
        model = network(dropout=0.0).double()
        data = tuple(tensor.double() for tensor in examples())
        return fit(model, data, loss=logistic, config=config).model.state_dict()

    torch.testing.assert_close(weights(accumulation), weights(1), rtol=0, atol=1e-8)


def test_the_seed_decides_the_result() -> None:
    first, again, other = train(seed=3), train(seed=3), train(seed=4)
    assert same_weights(first.model, again.model)
    assert first.history == again.history
    assert not same_weights(first.model, other.model)


def test_the_callers_generator_neither_matters_nor_moves() -> None:
    torch.manual_seed(1)
    first = train()
    drawn = torch.rand(3)
    torch.manual_seed(1)
    assert torch.equal(drawn, torch.rand(3))
    torch.manual_seed(2)
    assert same_weights(first.model, train().model)


def test_patience_keeps_the_best_weights_by_hand() -> None:
    """The validation losses are prescribed: 5, 3, 4, 3.5, 2; patience 2 stops after epoch 4."""
    prescribed = iter([5.0, 3.0, 4.0, 3.5, 2.0])
    weights: list[Tensor] = []

    def loss(model: nn.Module, batch: Batch) -> Tensor:
        if model.training:
            return logistic(model, batch)
        weights.append(next(model.parameters()).detach().clone())
        return torch.tensor(next(prescribed))

    config = configuration(epochs=5, patience=2, accumulation=1)
    validation = examples(4, seed=1)
    result = fit(network(), examples(), loss=loss, config=config, validation=validation)
    assert [line.validation_loss for line in result.history] == [5.0, 3.0, 4.0, 3.5]
    assert [line.epoch for line in result.history] == [1, 2, 3, 4]
    assert result.best_epoch == 2
    assert result.steps == 20
    assert torch.equal(next(result.model.parameters()), weights[1])
    assert not torch.equal(weights[1], weights[3])


def test_without_patience_the_last_weights_stay() -> None:
    validated = train(patience=None)
    config = configuration(patience=None)
    alone = fit(network(), examples(), loss=logistic, config=config)
    assert same_weights(validated.model, alone.model)
    assert validated.best_epoch is not None
    assert alone.best_epoch is None
    assert not validated.model.training


def test_history_by_hand() -> None:
    """A constant model and a rate of almost 0: losses are means over examples, not over batches."""
    targets = torch.arange(5.0)[:, None]
    config = TrainingConfig(
        max_steps=3, batch_size=4, learning_rate=1e-12, weight_decay=0.0, device="cpu"
    )

    def loss(model: nn.Module, batch: tuple[Tensor]) -> Tensor:
        return (model(torch.zeros(len(batch[0]), 1)) + batch[0]).mean()

    model = nn.Linear(1, 1, bias=False)
    result = fit(model, (targets,), loss=loss, config=config, validation=(targets[:2],))
    first, second = result.history  # 2 steps make an epoch; the third ends the run inside one
    assert (first.epoch, first.step, second.epoch, second.step) == (1, 2, 2, 3)
    assert first.train_loss == pytest.approx(2.0)
    assert first.validation_loss == pytest.approx(0.5)
    assert first.learning_rate == 1e-12


def test_a_small_real_run_learns_and_not_too_well() -> None:
    """Noise as strong as 1 of the 5 features: the best possible accuracy is about 0.87."""
    result = train(patience=None, epochs=20, learning_rate=0.01)
    inputs, targets = examples(2000, seed=2)
    accuracy = ((predict(result.model, inputs) > 0).float() == targets).float().mean().item()
    assert 0.72 < accuracy < 0.90
    losses = [line.train_loss for line in result.history]
    assert losses[-1] < 0.8 * losses[0]


@pytest.mark.parametrize("bad_step", [1, 7, 53])
def test_a_loss_that_is_not_a_number_names_its_step(tmp_path: Any, bad_step: int) -> None:
    calls = 0

    def loss(model: nn.Module, batch: Batch) -> Tensor:
        nonlocal calls
        calls += 1
        return logistic(model, batch) * (math.nan if calls == bad_step else 1.0)

    path = tmp_path / "run.pt"
    config = configuration(
        epochs=15, patience=None, accumulation=1, checkpoint=path, checkpoint_every=1
    )
    with pytest.raises(FloatingPointError) as caught:
        fit(network(), examples(), loss=loss, config=config)
    for word in (f"loss is nan at step {bad_step} ", "learning_rate", "clip_norm=1.0", "inputs"):
        assert word in str(caught.value)
    assert path.exists() == (bad_step > 1)
    if path.exists():  # the last checkpoint is from before
        saved = torch.load(path, weights_only=True)
        assert saved["state"]["step"] == bad_step - 1
        assert all(value.isfinite().all() for value in saved["model"].values())


def test_weights_and_validation_that_run_away_are_named() -> None:
    def runs_away(model: nn.Module, batch: Batch) -> Tensor:
        return logistic(model, batch) * math.inf if not model.training else logistic(model, batch)

    config = configuration(patience=None)
    with pytest.raises(FloatingPointError, match="validation loss is inf after step 5"):
        fit(network(), examples(), loss=runs_away, config=config, validation=examples())

    def steep(model: nn.Module, batch: Batch) -> Tensor:
        weight = next(model.parameters())
        return logistic(model, batch) + (weight - weight.detach()).sum() * math.nan * 0

    def hidden(model: nn.Module, batch: Batch) -> Tensor:
        value = logistic(model, batch)
        value.register_hook(lambda gradient: gradient * math.nan)
        return value

    last = configuration(epochs=None, max_steps=1, patience=None)
    with pytest.raises(FloatingPointError, match="weight is not finite after step 1"):
        fit(network(), examples(), loss=hidden, config=last)
    with pytest.raises(FloatingPointError, match="training loss is nan at step 1"):
        fit(network(), examples(), loss=steep, config=last)


def test_patience_without_validation_is_refused() -> None:
    with pytest.raises(ValueError, match="patience=4 needs validation.*patience=None"):
        fit(network(), examples(), loss=logistic, config=configuration())


def test_bf16_trains_close_to_fp32_and_not_the_same() -> None:
    options = {"patience": None, "epochs": 3, "learning_rate": 0.01}
    full, mixed = train(**options), train(precision="bf16", **options)
    assert not same_weights(full.model, mixed.model)
    assert all(weight.dtype == torch.float32 for weight in mixed.model.parameters())
    assert mixed.history[-1].train_loss == pytest.approx(full.history[-1].train_loss, rel=0.02)


def test_compilation_goes_through_torch_and_keeps_the_weights(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With the backend that traces and runs as is: the real one takes a minute of processor."""
    compiled: list[nn.Module] = []
    compile_ = torch.compile

    def traced(model: nn.Module) -> Any:
        compiled.append(model)
        return compile_(model, backend="eager")

    monkeypatch.setattr(torch, "compile", traced)
    result = train(compile=True)
    assert compiled == [result.model]
    assert same_weights(result.model, train().model)


def test_frozen_parameters_stay() -> None:
    model = network()
    first = model.layers[0]
    first.requires_grad_(False)
    before = first.weight.clone()
    fit(model, examples(), loss=logistic, config=configuration(patience=None))
    assert torch.equal(first.weight, before)
