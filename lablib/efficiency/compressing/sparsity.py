"""What pruning leaves, by the share of weights at zero: a figure to explore, from the record."""

from __future__ import annotations

from collections.abc import Sequence

from lablib import figures
from lablib.evaluation import Estimate, across_seeds
from lablib.figures import COLORS, ExploreView, Mark, Prediction, Setting
from lablib.record import Record

RULES = {"magnitude": ("smallest\nremoved", "blue"), "chance": ("chance", "red")}


def stored_share(sparsity: float) -> float:
    """Bytes of a pruned float32 matrix over those of the full one.

    One bit a weight says where values are left, and only those are stored.

    Parameters
    ----------
    sparsity : float
        Share of weights that are zero, from 0 to 1.

    >>> stored_share(0.5)
    0.53125
    """
    if not 0 <= sparsity <= 1:
        raise ValueError(f"sparsity={sparsity} must lie between 0 and 1: it is a share")
    return (1 - sparsity) + 1 / 32


def curve(result: Record) -> ExploreView:
    """Accuracy by magnitude and by chance, and what retraining brings back.

    Parameters
    ----------
    result : Record
        Of `efficiency/compression`.
    """
    fig, ax = figures.new(width=4.6, height=3.5)
    at = result.config["recipe"]["sparsity"]
    grid = sorted({row["sparsity"] for row in result.tables["curve"]})
    found = {rule: [_estimate(result, rule, share) for share in grid] for rule in RULES}
    for rule, (label, color) in RULES.items():
        low, high = (
            [_clipped(end) for end in ends]
            for ends in zip(*((e.interval.low, e.interval.high) for e in found[rule]), strict=True)
        )
        values = [one.value for one in found[rule]]
        figures.band(ax, grid, values, low, high, label=label, color=COLORS[color])
    for name, marker in (("zeros", "D"), ("random", "s")):
        again = result.value(f"{name}.accuracy")
        ax.plot([at], [again], marker, color=COLORS["green"], markersize=6)
    figures.reference(ax, result.value("original.accuracy"), "original")
    ax.set(xlabel="share of weights set to zero", ylabel="accuracy", ylim=(0, 1.04))
    ax.set(xlim=(grid[0] - 0.02, max(grid[-1], at) + 0.02))
    cut, chance = (result.value(f"{name}.accuracy") for name in ("magnitude-cut", "random-cut"))
    back = result.value("zeros.accuracy")
    return figures.explore(
        fig,
        [
            _setting(share, [found[rule][place] for rule in RULES])
            for place, share in enumerate(grid)
        ],
        control="weights at zero",
        default=grid.index(at) if at in grid else 0,
        predict=Prediction(
            f"{at:.0%} of the weights, the smallest, are set to zero, and nothing is trained "
            "again. Which accuracy is left, between 0 and 1?",
            f"{cut:.3f} are left; chance leaves {chance:.3f}, and retraining brings the first back "
            f"to {back:.3f} (green).",
            drawn=True,
        ),
        alt=f"With {at:.0%} of the weights at zero, removing the smallest leaves an accuracy of "
        f"{cut:.3f}, chance {chance:.3f}; retraining brings the first back to {back:.3f}.",
        caption=f"Bands are 95 % Student intervals over {len(result.seeds)} seeds; the lines are "
        "not retrained. Green: retrained with the zeros held (diamond: smallest removed, square: "
        "chance). Bytes: of the weights, with one bit a weight for the places.",
    )


def _estimate(result: Record, rule: str, share: float) -> Estimate:
    return across_seeds([
        row["accuracy"]
        for row in result.tables["curve"]
        if (row["rule"], row["sparsity"]) == (rule, share)
    ])  # fmt: skip


def _setting(share: float, found: Sequence[Estimate]) -> Setting:
    marks, told = [], {}
    for one, (label, color) in zip(found, RULES.values(), strict=True):
        low, high = _clipped(one.interval.low), _clipped(one.interval.high)
        marks.append(Mark([share], [one.value], low=[low], high=[high], color=color))
        told[label.replace("\n", " ")] = f"{one.value:.3f} ({low:.3f} to {high:.3f})"
    told["bytes left"] = f"{stored_share(share):.0%}"
    return Setting(f"{share:.0%}", marks, told)


def _clipped(share: float) -> float:
    return min(1.0, max(0.0, share))
