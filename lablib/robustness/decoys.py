"""Defences that hide gradients and protect nobody, to test whether a check finds them out.

Both leave the answers of the model nearly or wholly as they were (Athalye et al., 2018).
"""

from __future__ import annotations

from torch import Tensor, nn


class Quantised(nn.Module):
    """Rounds the input to a few levels: the gradient is 0 everywhere ("shattered").

    Parameters
    ----------
    model
        The classifier behind it.
    levels
        Number of values an input from 0 to 1 can have, 2 or more.
    """

    def __init__(self, model: nn.Module, *, levels: int = 16) -> None:
        super().__init__()
        if levels < 2:
            raise ValueError(f"levels={levels} must be at least 2; pass e.g. levels=16")
        self.model, self.levels = model, levels

    def forward(self, images: Tensor) -> Tensor:
        """Logits `(B, K)` of the rounded images."""
        steps = self.levels - 1
        logits: Tensor = self.model((images * steps).round() / steps)
        return logits


class Saturated(nn.Module):
    """Multiplies the logits: no answer changes, but the loss is 0 to the last bit, and flat.

    Parameters
    ----------
    model
        The classifier behind it.
    factor
        Positive.
    """

    def __init__(self, model: nn.Module, *, factor: float = 1e4) -> None:
        super().__init__()
        if not factor > 0:
            raise ValueError(f"factor={factor} must be positive; pass e.g. factor=1e4")
        self.model, self.factor = model, factor

    def forward(self, images: Tensor) -> Tensor:
        """Logits `(B, K)`, all multiplied."""
        logits: Tensor = self.factor * self.model(images)
        return logits
