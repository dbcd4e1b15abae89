"""The logit lens: read the state of every layer as if it were the last.

nostalgebraist (2020): final norm, then unembedding, on the state after l blocks. At l = L this is
the model itself, which makes it checkable. Left out: trained lenses (Belrose et al., 2023).
transformers gives its last hidden state *after* the norm; norm it once more and the check fails.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor


@torch.no_grad()
def lens(states: Tensor, norm: Callable[[Tensor], Tensor] | None, unembedding: Tensor) -> Tensor:
    """Logits `(L + 1, N, V)` read from states `(L + 1, N, D)` of one position.

    Parameters
    ----------
    states
        Before the final norm, as `states.recorded` collects them.
    norm
        The model's final norm; None leaves it out, as a wrong lens does.
    unembedding
        `(V, D)`.

    >>> lens(torch.eye(2)[:, None], None, torch.eye(2)).argmax(-1).flatten().tolist()
    [0, 1]
    """
    found: Tensor = (states if norm is None else norm(states)) @ unembedding.T
    return found


def settles(right: NDArray[np.bool_]) -> NDArray[np.int64]:
    """First layer from which an answer is on top and stays there, `(N,)`.

    Parameters
    ----------
    right
        `(L + 1, N)`: whether the lens shows the answer at that layer.

    Returns
    -------
    array
        0 to L; L + 1 if it is not on top at the last layer either.

    >>> settles(np.array([[True, False], [False, False], [True, False]])).tolist()
    [2, 3]
    """
    from_end = np.logical_and.accumulate(right[::-1], axis=0)  # True while it holds to the end
    return np.asarray(len(right) - from_end.sum(0), dtype=np.int64)
