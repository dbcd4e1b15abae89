"""The figures and tables of the page on DP-SGD, from its records alone."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from lablib import figures
from lablib.figures import COLORS, FigureView, TableView
from lablib.privacy.accounting import Guarantee
from lablib.record import Metric, Record

DIGITS = "privacy/dp-sgd"
TUNING = "privacy/dp-fine-tuning"
BUDGETS = ("tight", "middle", "loose")
PROGRAMS = {
    "right": "DP-SGD as it should be",
    "no-clipping": "no clipping",
    "noise-on-loss": "noise on the loss only",
    "clipped-mean": "mean clipped, not each",
    "divided-twice": "noise divided twice",
    "forgotten-norm": "noise without clipping norm",
    "same-noise": "same noise at each step",
    "fixed-batches": "fixed batches",
}
METHODS = {"head": "head only", "lora": "LoRA", "full": "all weights"}


def pipeline() -> FigureView:
    """The five steps of one release, and what each is needed for."""
    source = f"""digraph {{
      rankdir=LR; nodesep=0.25; ranksep=0.3; bgcolor="transparent";
      node [shape=box, style=rounded, fontsize=12, fontname="sans-serif", margin="0.1,0.06"];
      edge [arrowsize=0.6];
      coins [label="a coin for\\neach example"]; slopes [label="gradient of\\neach example"];
      cut [label="clip each\\nto norm C", color="{COLORS["blue"]}", penwidth=2];
      sum [label="add up"];
      noise [label="+ noise\\nsigma C", color="{COLORS["orange"]}", penwidth=2];
      step [label="divide by q N,\\nstep"];
      coins -> slopes -> cut -> sum -> noise -> step;
    }}"""
    return figures.diagram(
        source,
        alt="Each example is drawn by its own coin, its gradient is clipped to norm C, the clipped "
        "gradients are added, noise of spread sigma times C is added to the sum, and only then "
        "is it divided by the expected batch size.",
        caption="One step of DP-SGD. Clipping (blue) bounds what one example can do, noise "
        "(orange) hides it.",
    )


def curve(result: Record, *, reveal: str | None = None) -> FigureView:
    """Accuracy against epsilon, with plain SGD, pixels and shuffled labels as references."""
    fig, ax = figures.new(height=3.5)
    epsilons = [result.value(f"{name}.epsilon") for name in BUDGETS]
    metrics = [result[f"{name}.accuracy"] for name in BUDGETS]
    ends = [_ends(metric) for metric in metrics]
    figures.band(
        ax,
        epsilons,
        [metric.value for metric in metrics],
        [low for low, _ in ends],
        [high for _, high in ends],
        label="",
    )
    ax.annotate(
        "DP-SGD", (epsilons[0], metrics[0].value), xytext=(0, -20), textcoords="offset points",
        ha="left", fontsize=10, color=figures.TEXT,
    )  # fmt: skip
    for name, label, color in (
        ("plain", "no privacy", COLORS["gray"]),
        ("shuffled", "DP-SGD, shuffled labels", COLORS["red"]),
    ):
        metric = result[f"{name}.accuracy"]
        figures.reference(ax, metric.value, label, color=color)
        ax.axhspan(*_ends(metric), color=color, alpha=0.15, linewidth=0)
    pixels = result["pixels.accuracy"]
    ax.errorbar(
        [epsilons[1]],
        [pixels.value],
        yerr=[[pixels.value - _ends(pixels)[0]], [_ends(pixels)[1] - pixels.value]],
        fmt="s",
        color=COLORS["orange"],
    )
    ax.annotate(
        "DP-SGD on pixels", (epsilons[1], pixels.value), xytext=(8, -3),
        textcoords="offset points", fontsize=10, color=figures.TEXT,
    )  # fmt: skip
    ax.set_xscale("log")
    ax.set_xticks(epsilons, [f"{value:.1f}" for value in epsilons])
    ax.minorticks_off()
    ax.set_ylim(0, 1.05)
    ax.set_xlabel(f"epsilon (PRV, delta = {result.config['delta']:g})")
    ax.set_ylabel("accuracy")
    lowest, highest = metrics[0].value, metrics[-1].value
    return figures.show(
        fig,
        alt=f"Private accuracy rises from {lowest:.3f} at epsilon {epsilons[0]:.1f} to "
        f"{highest:.3f} at {epsilons[-1]:.1f}; without privacy it is "
        f"{result.value('plain.accuracy'):.3f}, with shuffled labels "
        f"{result.value('shuffled.accuracy'):.3f}.",
        caption=f"{result.value('train.pictures'):,.0f} training and "
        f"{result.value('test.pictures'):,.0f} test pictures; {_claims(result)}; "
        f"{_seeds(result)}.",
        reveal=reveal,
    )


def guarantees(result: Record) -> TableView:
    """What is claimed at each budget, with all that it rests on, and what it costs."""
    rows = [
        {
            "budget": row["budget"],
            "epsilon": f"{row['epsilon']:.2f}",
            "noise multiplier": f"{row['noise_multiplier']:g}",
            "accuracy": figures.written(result[f"{row['budget']}.accuracy"]),
            "below no privacy": figures.written(result[f"{row['budget']}.cost"]),
        }
        for row in result.tables["guarantees"]
    ]
    return figures.table(
        rows,
        caption=f"{_claims(result)}. {len(result.seeds)} seeds, 95 % intervals.",
    )


def who_loses(result: Record, *, reveal: str | None = None) -> FigureView:
    """Accuracy on the rare digit and on the others, without privacy and with."""
    fig, ax = figures.new(height=3.0)
    labels, metrics = [], []
    for budget, how in (("plain", "no privacy"), ("middle", "private")):
        for who, whom in (("common", "common digits"), ("rare", "rare digit")):
            labels.append(f"{whom}, {how}")
            metrics.append(result[f"{budget}.{who}"])
    figures.points(
        ax,
        labels,
        [metric.value for metric in metrics],
        [metric.interval for metric in metrics],
    )
    ax.set_xlim(-0.03, 1.05)
    ax.set_xlabel("accuracy")
    digit, share = result.config["rare_digit"], result.config["rare_share"]
    return figures.show(
        fig,
        alt=f"With privacy the rare digit falls from {result.value('plain.rare'):.2f} to "
        f"{result.value('middle.rare'):.2f}, the common ones from "
        f"{result.value('plain.common'):.2f} to {result.value('middle.common'):.2f}.",
        caption=f"{share:.0%} of the training pictures of the digit {digit} are kept. Private: "
        f"{_claim(result, 'guarantees', budget='middle')}. {_seeds(result)}.",
        reveal=reveal,
    )


def attacks(result: Record, *, reveal: str | None = None) -> FigureView:
    """Share of members found while one in a hundred others is accused."""
    fig, ax = figures.new(height=3.0)
    labels, metrics = [], []
    for kind, how in (("plain", "no privacy"), ("private", "private")):
        for whom, label in (("canaries", "wrong label"), ("ordinary", "right label")):
            labels.append(f"{label}, {how}")
            metrics.append(result[f"attack.{kind}.{whom}.found"])
    figures.points(
        ax,
        labels,
        [metric.value for metric in metrics],
        [metric.interval for metric in metrics],
        control=("others accused", result.value("attack.plain.canaries.accused")),
    )
    ax.set_xlim(-0.1, 1.05)
    ax.set_xlabel("share of training pictures found")
    return figures.show(
        fig,
        alt=f"Without privacy {result.value('attack.plain.canaries.found'):.0%} of the mislabelled "
        f"training pictures are found, with privacy "
        f"{result.value('attack.private.canaries.found'):.1%}.",
        caption=f"Threshold on the loss, set on others so that "
        f"{result.config['attack']['rate']:.0%} of them are accused; "
        f"{result['attack.plain.canaries.found'].n:,} mislabelled training pictures of "
        f"{len(result.seeds)} seeds; exact 95 % intervals. Private: {_claim(result, 'attacked')}.",
        reveal=reveal,
    )


def audits(result: Record, *, reveal: str | None = None) -> FigureView:
    """Lower bounds for epsilon of the right program and of the broken ones, beside the claim."""
    fig, ax = figures.new(height=3.9)
    names = list(PROGRAMS)
    for row, name in zip(range(len(names), 0, -1), names, strict=True):
        bounds = [one["bound"] for one in result.tables["audits"] if one["program"] == name]
        color = COLORS["blue" if name == "right" else "red"]
        ax.plot(bounds, [row] * len(bounds), "o", color=color)
        ax.annotate(
            f"{result.value(f'audit.{name}.bound'):.2f}",
            (result.value(f"audit.{name}.bound"), row),
            xytext=(0, 6), textcoords="offset points", ha="center", fontsize=9.5,
            color=figures.TEXT,
        )  # fmt: skip
    ax.set_yticks(range(len(names), 0, -1), [PROGRAMS[name] for name in names])
    ax.set_ylim(0.4, len(names) + 0.8)
    ax.set_xlim(-0.2, None)
    claim = result.value("audit.epsilon")
    figures.reference(ax, claim, f"claimed: {claim:.2f}", axis="x")
    ax.set_xlabel("epsilon is at least")
    exposed = min(result.value(f"audit.{name}.bound") for name in names[1:])
    trial = result.config["trial"]
    return figures.show(
        fig,
        alt=f"The audit proves at most {result.value('audit.right.bound'):.2f} of the right "
        f"program, below its claim of {claim:.2f}, and at least {exposed:.2f} of every broken one.",
        caption=f"Each dot is one audit with {trial['runs']:,} runs without and with a canary "
        f"({trial['steps']} steps, all gradients seen); a bound holds with confidence 95 %. "
        "Written out: the largest bound of the right program, the smallest of each broken one. "
        f"Claimed of all: {_claim(result, 'claim')}.",
        reveal=reveal,
    )


def tuned(result: Record, *, reveal: str | None = None) -> FigureView:
    """Accuracy of private fine-tuning by what is trained."""
    fig, ax = figures.new(height=3.4)
    plain = [name for name in METHODS if f"plain-{name}.accuracy" in result.metrics]
    labels = [f"{METHODS[name]}, no privacy" for name in plain]
    labels += [f"{METHODS[name]}, private" for name in METHODS]
    metrics = [result[f"plain-{name}.accuracy"] for name in plain]
    metrics += [result[f"{name}.accuracy"] for name in METHODS]
    figures.points(
        ax,
        labels,
        [metric.value for metric in metrics],
        [metric.interval for metric in metrics],
        baseline=("majority", result.value("majority.accuracy")),
        control=("shuffled labels", result.value("shuffled.accuracy")),
    )
    ax.set_xlabel(f"accuracy on {result.value('test.sentences'):,.0f} test sentences")
    return figures.show(
        fig,
        alt=f"Private tuning of the head reaches {result.value('head.accuracy'):.3f}, LoRA "
        f"{result.value('lora.accuracy'):.3f}, all weights {result.value('full.accuracy'):.3f}; "
        f"the head without privacy {result.value('plain-head.accuracy'):.3f}.",
        caption=f"{result.value('train.sentences'):,.0f} sentences. All private ones: "
        f"{_claim(result, 'guarantee')}. {len(result.seeds)} seeds with other noise, coins and "
        "initial weights, 95 % Student intervals. "
        f"{figures.full_note(TUNING, figures.full_record(TUNING))}",
        reveal=reveal,
    )


def at_larger_scale(result: Record) -> TableView:
    """What the page says of budgets, rare digits and attacks, beside the full record if there."""
    names: dict[str, str | Callable[[Record], str]] = {
        "training pictures": lambda one: f"{one.value('train.pictures'):,.0f}",
        **{f"accuracy, {budget} budget": partial(_at, budget=budget) for budget in BUDGETS},
        "the rare digit loses, beyond the others": "rare.extra-drop",
        "the other digits lose": "common.drop",
        "mislabelled found, no privacy": "attack.plain.canaries.found",
        "mislabelled found, private": "attack.private.canaries.found",
        "epsilon proved by a run, no privacy": partial(_bounds, kind="plain"),
        "epsilon proved by a run, private": partial(_bounds, kind="private"),
        "epsilon claimed of the private one": lambda one: f"{_attacked(one):.2f}",
    }
    full = figures.full_record(DIGITS)
    rests = f"This page: {_claims(result)}. Attacked: {_claim(result, 'attacked')}."
    if full:
        rests += f" Full: {_claims(full)}; {_seeds(full)}."
    return figures.beside_full(
        result, names, caption=f"{rests} This page: {_seeds(result)}; exact intervals for what is "
        "found.", options="--folder MNIST-FILES",
    )  # fmt: skip


def _at(result: Record, *, budget: str) -> str:
    accuracy = figures.written(result[f"{budget}.accuracy"])
    return f"{accuracy} at epsilon {result.value(f'{budget}.epsilon'):.2f}"


def _bounds(result: Record, *, kind: str) -> str:
    low, high = (result.value(f"attack.{kind}.bound.{end}") for end in ("lowest", "highest"))
    return f"{low:.2f} to {high:.2f}"


def _attacked(result: Record) -> float:
    return result.value("attack.private.epsilon")


def _claim(result: Record, table: str, *, budget: str | None = None) -> str:
    """Epsilon with all that it rests on, from a table of the record."""
    rows = [row for row in result.tables[table] if row.get("budget") == budget]
    return str(Guarantee(**{name: value for name, value in rows[0].items() if name != "budget"}))


def _claims(result: Record) -> str:
    """What the epsilons of the three budgets rest on."""
    rows = result.tables["guarantees"]
    noises = ", ".join(f"{row['noise_multiplier']:g}" for row in rows)
    first = rows[0]
    return (
        f"delta = {first['delta']:g}, {first['accountant'].upper()} accountant, Poisson sampling "
        f"at rate {first['sampling_rate']:.3g}, {first['steps']} steps, noise multipliers "
        f"{noises}; neighbours: {first['neighbours']}"
    )


def _ends(metric: Metric) -> tuple[float, float]:
    interval = metric.interval
    return (interval.low, interval.high) if interval else (metric.value, metric.value)


def _seeds(result: Record) -> str:
    """What the intervals speak of."""
    packaged = "mnist" in result.data  # the published files have a test part of their own
    what = "splits, noise and coins" if packaged else "noise and coins"
    kind = "corrected Student" if packaged else "Student"
    return f"{len(result.seeds)} seeds with other {what}, 95 % {kind} intervals"
