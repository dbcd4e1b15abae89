"""Accumulated gradients are the gradient of the large batch, also with unequal micro-batches."""

from contextlib import nullcontext

import pytest
import torch
from torch import Tensor

from lablib.training.batches import Batches, MicroBatch
from lablib.training.data import as_source
from lablib.training.distributed import Processes
from lablib.training.gradient import accumulate_gradient
from tests.training.setting import examples, logistic, network

CPU = torch.device("cpu")


def gradient_of(pieces: list[MicroBatch]) -> tuple[Tensor, Tensor]:
    """Loss and flat gradient in double precision."""
    model = network(dropout=0.0).double()
    source = as_source([tensor.double() for tensor in examples()], device=CPU, name="train")
    loss = accumulate_gradient(
        model, source, pieces, loss=logistic, precision=nullcontext(), processes=Processes()
    )
    return loss, torch.cat([p.grad.flatten() for p in model.parameters() if p.grad is not None])


def pieces_of(accumulation: int, batch_size: int = 10) -> list[MicroBatch]:
    batches = Batches(examples=50, batch_size=batch_size, seed=0, accumulation=accumulation)
    return next(batches.steps(0, 1))


@pytest.mark.parametrize("accumulation", [2, 3, 4, 10])
def test_micro_batches_give_the_gradient_of_the_batch(accumulation: int) -> None:
    loss, gradient = gradient_of(pieces_of(1))
    pieces = pieces_of(accumulation)
    assert len({len(piece.rows) for piece in pieces}) == (1 if 10 % accumulation == 0 else 2)
    accumulated_loss, accumulated = gradient_of(pieces)
    torch.testing.assert_close(accumulated, gradient, rtol=0, atol=1e-12)
    torch.testing.assert_close(accumulated_loss, loss, rtol=0, atol=1e-12)


def test_forgetting_to_divide_or_to_weight_gives_another_gradient() -> None:
    _, gradient = gradient_of(pieces_of(1))
    pieces = pieces_of(3)
    undivided = gradient_of([MicroBatch(piece.rows, 1.0) for piece in pieces])[1]
    unweighted = gradient_of([MicroBatch(piece.rows, 1 / 3) for piece in pieces])[1]
    assert (undivided - gradient).norm() > 0.5 * gradient.norm()
    assert (unweighted - gradient).norm() > 1e-3 * gradient.norm()


@pytest.mark.parametrize(
    ("loss", "kind"),
    [
        (lambda model, batch: model(batch[0]), r"\(10, 1\)"),
        (lambda model, batch: 0.5, "float"),
    ],
)
def test_a_loss_that_is_no_scalar_is_named(loss: object, kind: str) -> None:
    source = as_source(examples(), device=CPU, name="train")
    with pytest.raises(ValueError, match=f"loss returned {kind}.*without dimensions.*mean"):
        accumulate_gradient(
            network(),
            source,
            pieces_of(1),
            loss=loss,  # type: ignore[arg-type]
            precision=nullcontext(),
            processes=Processes(),
        )
