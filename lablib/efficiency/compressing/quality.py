"""What compression may break, measured beside accuracy: groups, calibration, changed inputs.

A compressed model can be as accurate on average and yet worse for the rare and the difficult
(Hooker et al. 2020). So each number is computed for the model before and after.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from lablib.data.image import ImageData
from lablib.evaluation.calibration import expected_calibration_error
from lablib.training import predict

QUALITIES = ("error", "worst-class", "faint", "calibration", "noise", "one-step")


@dataclass(frozen=True, eq=False)
class DigitTensors:
    """Training and test pictures as rows, and which test pictures are faint.

    Attributes
    ----------
    train, test : inputs (N, 784), 0 to 1, and classes (N,).
    faint : booleans (N_test,): the quarter with the least ink of each class.
    """

    train: tuple[Tensor, Tensor]
    test: tuple[Tensor, Tensor]
    faint: NDArray[np.bool_]


def digits(data: ImageData, *, seed: int, limit: int | None = None) -> DigitTensors:
    """Split pictures of digits and mark the faint ones of the test part.

    Parameters
    ----------
    data : grey pictures.
    seed : of the split, as for `ImageData.train_test`.
    limit : use only the first so many training pictures; None takes all.
    """
    train, test = data.train_test(seed=seed)
    if limit is not None:
        train = train.take(np.arange(min(limit, len(train))))
    ink = test.images.mean(axis=(1, 2, 3))
    faint = np.zeros(len(test), dtype=bool)
    for digit in np.unique(test.target):
        rows = test.target == digit
        faint[rows] = ink[rows] <= np.quantile(ink[rows], 0.25)
    return DigitTensors(_rows(train), _rows(test), faint)


def quality(
    model: nn.Module,
    data: DigitTensors,
    *,
    slope: nn.Module | None = None,
    noise: float = 0.4,
    eps: float = 0.05,
    seed: int = 0,
) -> dict[str, float]:
    """The six `QUALITIES` of a model on the test part; 0 is best for each.

    Parameters
    ----------
    model : logits (B, 10) of rows (B, 784).
    data : its test part is used.
    slope : model to take gradients from, where `model` has none (integer kernels).
    noise : standard deviation of the noise added to each pixel, the same for every model.
    eps : size of the one step per pixel against the model (Goodfellow et al. 2015).
    seed : of the noise.

    Returns
    -------
    Shares of wrong answers: of all ("error"), in the worst class, among faint pictures, under
    noise, after one step; and the expected calibration error.
    """
    x, y = data.test
    logits = predict(model, x)
    wrong = (logits.argmax(1) != y).numpy()
    classes = y.numpy()
    surest, answer = functional.softmax(logits, dim=1).max(1)
    generator = torch.Generator().manual_seed(seed)
    noisy = (x + noise * torch.randn(x.shape, generator=generator)).clamp(0, 1)
    stepped = one_step(model if slope is None else slope, x, y, eps=eps)
    return {
        "error": float(wrong.mean()),
        "worst-class": max(float(wrong[classes == digit].mean()) for digit in np.unique(classes)),
        "faint": float(wrong[data.faint].mean()),
        "calibration": float(
            expected_calibration_error((answer == y).numpy(), surest.numpy().astype(float))
        ),
        "noise": _error(model, noisy, y),
        "one-step": _error(model, stepped, y),
    }


def one_step(model: nn.Module, x: Tensor, y: Tensor, *, eps: float) -> Tensor:
    """Move every pixel by `eps` in the direction that raises the loss; (B, F), within 0 to 1.

    Parameters
    ----------
    model : differentiable, logits (B, K).
    x, y : inputs (B, F) and true classes (B,).
    eps : size of the step; 0 changes nothing.
    """
    moved = x.clone().requires_grad_()
    loss = functional.cross_entropy(model(moved), y, reduction="sum")
    (slope,) = torch.autograd.grad(loss, moved)
    return (x + eps * slope.sign()).clamp(0, 1)


def _error(model: nn.Module, x: Tensor, y: Tensor) -> float:
    return float((predict(model, x).argmax(1) != y).float().mean())


def _rows(part: ImageData) -> tuple[Tensor, Tensor]:
    return torch.from_numpy(part.images).flatten(1), torch.from_numpy(part.target)
