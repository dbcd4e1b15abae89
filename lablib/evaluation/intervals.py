"""Intervals: how far a measured number may be from the one it stands for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Interval:
    """A two-sided interval `[low, high]` at a confidence `level` between 0 and 1.

    >>> Interval(0.2, 0.4).width
    0.2
    """

    low: float
    high: float
    level: float = 0.95

    @property
    def width(self) -> float:
        """Distance between the two ends, in the unit of the quantity."""
        return self.high - self.low
