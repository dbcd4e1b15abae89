"""A multi-layer perceptron: the course's neural credit scorer.

Rectified linear units and dropout (Srivastava et al., 2014) between linear layers. No batch
normalisation on purpose: it mixes the rows of a batch, which private training, gradient
accumulation and per-person explanations all have to rule out.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from torch import Tensor, nn

from lablib.models._setup import check_dropout, seeded


class MLP(nn.Module):
    """Scores `(B, K)` from features `(B, F)`; logits, so a sigmoid or softmax makes probabilities.

    Parameters
    ----------
    in_features
        F, the number of features of a row.
    hidden
        Width of each hidden layer; `()` gives logistic regression.
    out_features
        K; 1 for a yes/no decision, then logit 0 means a probability of one half.
    dropout
        Probability that training silences a hidden unit; 0 keeps all.
    seed
        Seed of the initial weights; `None` draws them from torch's global generator.

    Raises
    ------
    ValueError
        If a width is below 1 or `dropout` is outside [0, 1).

    Examples
    --------
    >>> import torch
    >>> scores = MLP(23, seed=0)(torch.zeros(8, 23))
    >>> scores.shape
    torch.Size([8, 1])
    """

    def __init__(
        self,
        in_features: int,
        *,
        hidden: Sequence[int] = (64, 64),
        out_features: int = 1,
        dropout: float = 0.0,
        seed: int | None = None,
    ) -> None:
        super().__init__()
        widths = (in_features, *hidden, out_features)
        if min(widths) < 1:
            raise ValueError(
                f"in_features, hidden and out_features give the widths {widths}: "
                "each must be at least 1; leave a layer out instead of giving it width 0"
            )
        check_dropout(dropout)
        layers: list[nn.Module] = []
        with seeded(seed):
            for before, after in itertools.pairwise(widths):
                layers += [nn.Linear(before, after), nn.ReLU(), nn.Dropout(dropout)]
        self.layers = nn.Sequential(*layers[:-2])  # the last layer keeps its logits

    def forward(self, x: Tensor) -> Tensor:
        """Return logits, one row for each row of features."""
        logits: Tensor = self.layers(x)  # (B, F) -> (B, hidden) -> ... -> (B, K)
        return logits
