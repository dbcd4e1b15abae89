"""The learning rate as a function of the step, so that resuming needs to know the step alone.

Cosine decay after Loshchilov and Hutter (2017), without restarts, after a linear warm-up
(Goyal et al., 2017).
"""

from __future__ import annotations

import math

from lablib.training.config import Schedule


def learning_rate(
    step: int, *, peak: float, total_steps: int, warmup_steps: int = 0, schedule: Schedule
) -> float:
    """Return the rate of optimiser step `step`, counted from 0.

    Warm-up rises in equal parts and reaches `peak` on its last step. Then the rate stays, or
    follows half a cosine that would reach 0 at `total_steps`, one step after the last.

    Parameters
    ----------
    step
        From 0 to `total_steps - 1`.
    peak
        The highest rate, a positive number.
    total_steps, warmup_steps
        Length of the run, and of the rise at its beginning; 0 starts at the peak.
    schedule
        `"constant"` or `"cosine"`.

    Examples
    --------
    >>> [learning_rate(s, peak=1.0, total_steps=4, schedule="cosine") for s in (0, 2)]
    [1.0, 0.5]
    """
    if step < warmup_steps:
        return peak * (step + 1) / warmup_steps
    if schedule == "constant":
        return peak
    passed = (step - warmup_steps) / max(total_steps - warmup_steps, 1)
    return peak * 0.5 * (1 + math.cos(math.pi * passed))
