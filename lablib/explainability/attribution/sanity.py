"""Does an explanation change when the model is destroyed? (Adebayo et al., 2018)

Layers are set back to random weights one after the other, from the output down. A method that
explains the model must give other answers each time; one that mostly shows the input will not.
"""

from __future__ import annotations

import copy
from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from scipy.stats import rankdata
from torch import nn

Floats = NDArray[np.float64]


def rank_correlation(first: ArrayLike, second: ArrayLike) -> Floats:
    """Spearman's correlation of two attributions of each row, (N, F) twice to (N,).

    1: the same order, 0: unrelated or one of them constant, -1: the opposite order.

    >>> rank_correlation([[1, 2, 3]], [[10, 20, 90]]).tolist()
    [1.0]
    """
    pair = [np.asarray(values, dtype=np.float64) for values in (first, second)]
    one, two = (rankdata(v.reshape(len(v), -1), axis=1) for v in pair)
    one, two = one - one.mean(1, keepdims=True), two - two.mean(1, keepdims=True)
    norm = np.sqrt((one**2).sum(1) * (two**2).sum(1))
    return np.asarray(np.divide((one * two).sum(1), norm, out=np.zeros(len(norm)), where=norm > 0))


def cascade(
    model: nn.Module, explain: Callable[[nn.Module], ArrayLike], *, seed: int
) -> tuple[tuple[str, ...], Floats]:
    """Rank correlation of sizes of attributions with those of the trained model, by layer.

    Parameters
    ----------
    model : Module
        Its layers are those parts that can `reset_parameters`, in the order of use. The model
        itself is left as it is.
    explain : callable
        Model to attributions (N, F) of some fixed rows.
    seed : int
        Of the random weights.

    Returns
    -------
    tuple
        Names of the layers in the order of their destruction (L,), correlations (N, L + 1);
        column 0 is the untouched model: 1, unless the method itself is random.

    Raises
    ------
    ValueError
        If the model has no layer that can be reset.
    """
    broken = copy.deepcopy(model)
    layers = [
        (name, part)
        for name, part in broken.named_modules()
        if callable(getattr(part, "reset_parameters", None))
    ]
    if not layers:
        raise ValueError("model has no layer with reset_parameters; there is nothing to destroy")
    original = np.abs(np.asarray(explain(model)))
    found = [rank_correlation(original, np.abs(np.asarray(explain(broken))))]
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        for _, part in reversed(layers):
            part.reset_parameters()
            found.append(rank_correlation(original, np.abs(np.asarray(explain(broken)))))
    return tuple(name for name, _ in reversed(layers)), np.stack(found, axis=1)
