"""The figures and tables of the page on adversarial training, from its quick record alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from torch import Tensor

from lablib import figures
from lablib.evaluation import Interval
from lablib.figures import COLORS, ExploreView, FigureView, Mark, Prediction, Setting, TableView
from lablib.record import Metric, Record
from lablib.robustness.hardening.measures import CERTIFIED_RADII
from lablib.robustness.masking import MaskingReport

NAME = "robustness/adversarial-training"
NAMES = {
    "plain": "plain",
    "parameter": "gradient of weights",
    "fast": "fast (one step)",
    "pgd": "PGD",
    "trades": "TRADES",
}
CURVES = {"plain": "gray", "pgd": "blue", "trades": "orange"}  # and their colours


def pictures(
    rows: Mapping[str, Tensor], answers: Mapping[str, Sequence[int]], *, caption: str
) -> FigureView:
    """Digits in rows, each with the answer that the network gives.

    Parameters
    ----------
    rows, answers
        Pictures `(n, 1, H, W)` and n answers under each name.
    caption
        What was done to them.
    """
    count = len(next(iter(rows.values())))
    fig, axes = figures.new(height=1.15 * len(rows), nrows=len(rows), ncols=count)
    for line, (name, images) in zip(axes, rows.items(), strict=True):
        for ax, image, answer in zip(line, images, answers[name], strict=True):
            ax.imshow(image[0].numpy(), cmap="gray_r", vmin=0, vmax=1)
            ax.set_title(f"“{answer}”", fontsize=10)
            ax.set_xticks([])
            ax.set_yticks([])
        line[0].set_ylabel(name, fontsize=10)
    said = "; ".join(f"{name}: {', '.join(map(str, answers[name]))}" for name in rows)
    return figures.show(
        fig,
        alt=f"The digits stay readable in every row while the network's answers change. {said}.",
        caption=caption,
    )


def withstanding(result: Record, *, reveal: str | None = None) -> FigureView:
    """Accuracy and robust accuracy of every training, with intervals over seeds."""
    fig, ax = figures.new(height=3.6)
    order = list(NAMES)
    values = [result[f"{name}.robust"] for name in order]
    figures.points(
        ax,
        [NAMES[name] for name in order],
        [one.value for one in values],
        [one.interval for one in values],
        baseline=("plain, attacked", result.value("plain.robust")),
    )
    for row, name in zip(range(len(order), 0, -1), order, strict=True):
        ax.plot([result.value(f"{name}.accuracy")], [row], "D", color=COLORS["gray"], markersize=5)
    ax.annotate(
        "not attacked", (result.value("plain.accuracy"), len(order)), xytext=(0, -14),
        textcoords="offset points", ha="center", fontsize=9.5, color=figures.TEXT,
    )  # fmt: skip
    ax.set_xlim(0, 1.04)
    ax.set_xlabel("share of test pictures answered rightly")
    pgd, plain = result.value("pgd.robust"), result.value("plain.robust")
    control = result.value("parameter.robust")
    return figures.show(
        fig,
        alt=f"Under attack PGD training answers {pgd:.0%} rightly, plain training {plain:.0%} and "
        f"training along a gradient of the weights {control:.0%}; without an attack all are alike.",
        caption=f"Dots: PGD, {result.config['steps']} steps, on {_attacked(result)} test pictures; "
        f"mean and 95 % Student interval over {len(result.seeds)} seeds. Diamonds: the same "
        "networks on all test pictures, not attacked. Second row: the control.",
        reveal=reveal,
    )


def radii(result: Record) -> ExploreView:
    """Robust accuracy as the radius of the attack grows, step by step after a prediction."""
    fig, ax = figures.new(width=4.6, height=3.2)
    claim = result.config["threat"]["eps"]
    grid = sorted({*result.config["radii"], claim})
    held: dict[str, list[Metric]] = {}
    for name, color in CURVES.items():
        held[name] = [
            result[f"{name}.robust" if eps == claim else f"{name}.robust-{eps:g}"] for eps in grid
        ]
        spans = [one.interval or Interval(one.value, one.value) for one in held[name]]
        figures.band(
            ax, grid, [one.value for one in held[name]], [one.low for one in spans],
            [one.high for one in spans], label=NAMES[name], color=COLORS[color],
        )  # fmt: skip
    figures.reference(ax, claim, "radius of the training", axis="x")
    ax.set_xticks(grid, [f"{eps:g}" for eps in grid])
    ax.set(xlim=(grid[0] - 0.01, grid[-1] + 0.01), ylim=(-0.02, 1.02))
    ax.set(xlabel="radius of the attack, eps", ylabel="robust accuracy")
    far = {name: f"{metrics[-1].value:.0%}" for name, metrics in held.items()}
    return figures.explore(
        fig,
        [_at_radius(eps, {name: one[place] for name, one in held.items()})
         for place, eps in enumerate(grid)],
        control="radius",
        default=grid.index(claim),
        predict=Prediction(
            f"The trainings met changes of at most {claim:g}. Now every pixel may move by "
            f"{grid[-1]:g}. What share of the pictures does PGD training still answer rightly, "
            "between 0 and 1?",
            f"PGD training answers {far['pgd']} rightly at {grid[-1]:g}, TRADES {far['trades']} "
            f"and plain training {far['plain']}.",
            drawn=True,
        ),
        alt=f"All three curves fall; plain training is near 0 first. At {grid[-1]:g}, beyond the "
        f"radius of the training, TRADES holds {far['trades']} and PGD training {far['pgd']}.",
        caption=f"PGD with {result.config['steps']} steps on {_attacked(result)} test pictures; "
        f"95 % Student bands over {len(result.seeds)} seeds.",
    )  # fmt: skip


def _at_radius(eps: float, held: Mapping[str, Metric]) -> Setting:
    marks = []
    for name, one in held.items():
        span = one.interval or Interval(one.value, one.value)
        low, high = [max(0, span.low)], [min(1, span.high)]
        marks.append(Mark([eps], [one.value], low=low, high=high, color=CURVES[name]))
    told = {NAMES[name]: figures.written(one, ".1%", bounds=(0, 1)) for name, one in held.items()}
    return Setting(f"{eps:g}", marks, told)


def overfitting(result: Record) -> FigureView:
    """The loss that was trained and the loss under a strong attack, epoch by epoch."""
    fig, ax = figures.new()
    rows = result.tables["overfit"][1:]
    epochs = [row["epoch"] for row in rows]
    for key, label, color in (
        ("training", "one step\n(trained)", "blue"),
        ("watched", "ten steps\n(watched)", "red"),
    ):
        ax.plot(epochs, [row[key] for row in rows], "-o", color=COLORS[color], markersize=4)
        ax.annotate(
            label, (epochs[-1], rows[-1][key]), xytext=(6, 0), textcoords="offset points",
            va="center", fontsize=10, color=figures.TEXT, annotation_clip=False,
        )  # fmt: skip
    alarm = result.value("overfit.epoch")
    if alarm:
        figures.reference(ax, alarm, "alarm", axis="x", color=COLORS["gray"])
    ax.set_ylim(0, None)
    ax.set_xlabel("epoch")
    ax.set_ylabel("loss under attack, nats")
    return figures.show(
        fig,
        alt=f"The loss under one step falls from epoch to epoch while that under ten steps rises "
        f"to {rows[-1]['watched']:.1f}: the network learns to beat one step and nothing else.",
        caption=f"FGSM training at eps = {result.value('overfit.eps'):g}, one seed; the watched "
        f"loss is of {result.config['watched']} pictures kept out of training.",
    )


def masking(reports: Mapping[str, MaskingReport], *, caption: str) -> TableView:
    """The checks of several models beside each other.

    Parameters
    ----------
    reports
        By the name of the column; all with the same checks.
    caption
        What stands behind them.
    """
    first = next(iter(reports.values()))
    rows = [
        {"check": check.name, "share of": check.meaning, "at most": f"{check.limit:.0%}"}
        | {
            name: f"{report.checks[place].measured:.1%}"
            + ("" if report.checks[place].passed else " FAILS")
            for name, report in reports.items()
        }
        for place, check in enumerate(first.checks)
    ]
    totals = {"check": "robust accuracy claimed", "share of": "inputs", "at most": ""}
    rows.append(totals | {name: f"{one.robust_accuracy:.1%}" for name, one in reports.items()})
    return figures.table(rows, caption=caption)


def beside_autoattack(result: Record) -> TableView:
    """Our PGD and AutoAttack on the same networks and pictures."""
    rows = [
        {
            "training": NAMES[name],
            "our PGD": figures.written(result[f"{name}.our-pgd"], ".1%", bounds=(0, 1)),
            "AutoAttack": figures.written(result[f"{name}.autoattack"], ".1%", bounds=(0, 1)),
            "ours above": f"{100 * result.value(f'{name}.pgd-above-autoattack'):+.0f} points",
        }
        for name in NAMES
    ]
    n = result["pgd.autoattack"].n
    return figures.table(
        rows,
        caption=f"Robust accuracy on the same {n} test pictures, first seed; exact 95 % intervals. "
        f"Parts of AutoAttack run here: {', '.join(result.config['parts'])}. Ours: 50 steps on "
        "the cross-entropy and on the margin, 2 restarts each.",
    )


def certificates(result: Record) -> FigureView:
    """Certified accuracy at each radius, trained with noise and plainly."""
    fig, ax = figures.new(height=2.9)
    grid = list(CERTIFIED_RADII)
    for name, label, color in (
        ("smoothed", "trained with noise", "blue"),
        ("plain", "trained plainly", "gray"),
    ):
        metrics = [result[f"certified.{name}.{radius:g}"] for radius in grid]
        spans = [one.interval or Interval(one.value, one.value) for one in metrics]
        figures.band(
            ax, grid, [one.value for one in metrics], [one.low for one in spans],
            [one.high for one in spans], label=label, color=COLORS[color],
        )  # fmt: skip
    ax.set_ylim(0, 1)
    ax.set_xticks(grid)
    ax.set_xlabel("Euclidean radius")
    ax.set_ylabel("certified accuracy")
    far, n = f"{grid[-1]:g}", result["certified.smoothed.0"].n
    return figures.show(
        fig,
        alt=f"At radius {far} the network trained with noise is certified right on "
        f"{result.value(f'certified.smoothed.{far}'):.0%} of the pictures, the one trained plainly "
        f"on {result.value(f'certified.plain.{far}'):.0%}.",
        caption=f"Noise {result.config['sigma']:g}, {result.config['draws']} draws for each of {n} "
        "pictures, each certificate wrong with probability of at most 0.001; one network each, "
        "exact 95 % bands.",
    )


def _attacked(result: Record) -> str:
    count = result.config["attacked"]
    return str(count) if count else "all"
