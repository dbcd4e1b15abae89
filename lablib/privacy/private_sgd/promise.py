"""What a budget promises, as a figure to explore: noise, epsilon, and what any attack can find.

Nothing is trained here. The accountant gives epsilon for the page's rate and number of steps, and
the definition of differential privacy bounds every attack there will ever be.
"""

from __future__ import annotations

import math

import numpy as np

from lablib import figures
from lablib.figures import COLORS, ExploreView, Mark, Prediction, Setting
from lablib.privacy.accounting import Guarantee, account, most_found
from lablib.record import Record

NOISES = (0.8, 1.0, 1.3, 1.8, 2.4, 3.5, 6.0, 10.0)
ACCUSED = 0.01
SHARES = tuple(float(share) for share in np.geomspace(0.001, 1, 25))


def any_attack(result: Record) -> ExploreView:
    """How much of the training any attack can find, by the noise multiplier.

    Parameters
    ----------
    result : Record
        Of the page's experiment: its sampling, its budgets and their accuracies.
    """
    config = result.config
    trained = dict(zip(config["noise"], ("tight", "middle", "loose"), strict=True))
    claims = [
        account(
            noise_multiplier=noise,
            sampling_rate=config["sampling_rate"],
            steps=config["steps"],
            delta=config["delta"],
        )
        for noise in sorted({*NOISES, *trained})
    ]
    fig, ax = figures.new(width=4.4, height=3.3)
    ax.plot([100 * f for f in SHARES], [100 * f for f in SHARES], "--", color=COLORS["gray"],
            linewidth=1.2)  # fmt: skip
    ax.annotate("by lot", (60, 60), xytext=(2, -12), textcoords="offset points", fontsize=9.5,
                color=figures.TEXT, ha="left")  # fmt: skip
    ax.set_xscale("log")
    ax.set(xlim=(0.1, 100), ylim=(0, 104), xlabel="others accused, %", ylabel="found at most, %")
    ax.set_xticks([0.1, 1, 10, 100], ["0.1", "1", "10", "100"])
    middle = next(one for one in claims if trained.get(one.noise_multiplier) == "middle")
    first, last = claims[0], claims[-1]
    return figures.explore(
        fig,
        [_setting(one, result, trained.get(one.noise_multiplier)) for one in claims],
        control="noise multiplier",
        default=claims.index(middle),
        predict=Prediction(
            f"The noise multiplier is {middle.noise_multiplier:g}, and an attack may accuse "
            f"{ACCUSED:.0%} of the pictures that were not trained on. What share of those that "
            "were can the best attack find, at most?",
            f"At most {_found(middle)}, since epsilon is {middle.epsilon:.2f}. With noise "
            f"{last.noise_multiplier:g} it is {_found(last)}, with {first.noise_multiplier:g} "
            f"it is {_found(first)}: epsilon stands in an exponent.",
            unit="%",
            drawn=True,
        ),
        alt=f"An attack that accuses {ACCUSED:.0%} of the others can find at most {_found(first)} "
        f"of the training pictures at noise multiplier {first.noise_multiplier:g} (epsilon "
        f"{first.epsilon:.1f}) and {_found(last)} at {last.noise_multiplier:g} (epsilon "
        f"{last.epsilon:.2f}).",
        caption=f"Bound for every attack, by the definition. Epsilon by the PRV accountant: "
        f"{config['steps']} steps, sampling rate {config['sampling_rate']:g}, delta = "
        f"{config['delta']:g}. Dot: {ACCUSED:.0%} of the others accused. Accuracy: mean of "
        f"{len(result.seeds)} seeds of this page, where that noise was trained.",
    )


def _setting(claim: Guarantee, result: Record, budget: str | None) -> Setting:
    bound = [100 * most_found(claim, accused=share) for share in SHARES]
    accuracy = "not trained here" if budget is None else f"{result.value(f'{budget}.accuracy'):.3f}"
    return Setting(
        f"{claim.noise_multiplier:g}",
        [
            Mark([100 * share for share in SHARES], bound, "line"),
            Mark([100 * ACCUSED], [100 * most_found(claim, accused=ACCUSED)], color="red"),
        ],
        {
            "epsilon": f"{claim.epsilon:.2f}",
            "odds change by at most": f"× {_factor(claim.epsilon)}",
            "found at most": _found(claim),
            "accuracy": accuracy,
        },
    )


def _found(claim: Guarantee) -> str:
    return f"{most_found(claim, accused=ACCUSED):.1%}"


def _factor(epsilon: float) -> str:
    return f"{math.exp(epsilon):.2f}" if epsilon < 3 else f"{math.exp(epsilon):,.0f}"
