"""The figures of the fine-tuning page, each drawn from records alone."""

from __future__ import annotations

from typing import Any

from lablib import figures, record
from lablib.figures import COLORS, FigureView, TableView
from lablib.record import Record

PRETRAINING = "language-models/pretraining"
LABELS = "language-models/label-efficiency"
FEW = "language-models/few-shot"
_LINES = {
    "fine-tuned": ("fine-tuned", COLORS["blue"]),
    "features": ("frozen features", COLORS["green"]),
    "tfidf": ("TF-IDF", COLORS["orange"]),
}
_POINTS = {
    "small": ("small, random start", COLORS["red"], "s"),
    "shuffled": ("shuffled labels", COLORS["gray"], "x"),
}


def learning(result: Record) -> FigureView:
    """Training loss of both objectives over the steps, with the unigram's held-out loss."""
    fig, ax = figures.new()
    ends = {}
    for objective, color in (("causal", COLORS["blue"]), ("masked", COLORS["orange"])):
        rows = [r for r in result.tables["learning"] if r["objective"] == objective]
        steps, losses = [r["step"] for r in rows], [r["loss"] for r in rows]
        ax.plot(steps, losses, color=color)
        _label(ax, steps[-1], losses[-1], objective)
        ends[objective] = losses
    figures.reference(ax, result.value("unigram.loss"), "unigram", axis="y")
    ax.set_xlabel("training step")
    ax.set_ylabel("loss (nats a token)")
    ax.set_xlim(0, result.config["steps"] * 1.2)
    ax.set_ylim(min(min(v) for v in ends.values()) - 0.2, result.value("unigram.loss") + 0.9)
    config = result.config
    return figures.show(
        fig,
        alt="After the same number of steps the causal objective lies "
        f"{result.value('causal.below-unigram'):.2f} nats below the unigram model, the masked one "
        f"{result.value('masked.below-unigram'):.2f}.",
        caption=f"Training loss of one run each: {config['steps']} steps of "
        f"{config['batch_size']} windows of {config['context']} tokens, V = "
        f"{config['vocabulary']}, D = {config['width']}, {config['layers']} blocks. "
        "Line: the unigram model on held-out windows.",
    )


def curve(result: Record, *, reveal: str | None = None) -> FigureView:
    """Accuracy over the number of labels, with baseline, random start and control."""
    fig, ax = figures.new(width=6.0, height=3.8)
    counts = result.config["label_counts"]
    rows = [r for r in result.tables["curves"] if r["measure"] == "accuracy"]
    ends = {}
    for model, (label, color) in _LINES.items():
        mine = [r for r in rows if r["model"] == model]
        _band(ax, mine, color)
        ends[label] = mine[-1]["value"]
    for model, (label, color, marker) in _POINTS.items():
        mine = [r for r in rows if r["model"] == model]
        x = [r["labels"] for r in mine]
        ax.vlines(x, [r["low"] for r in mine], [r["high"] for r in mine], color=color, alpha=0.6)
        ax.plot(x, [r["value"] for r in mine], marker, color=color, linestyle="-", markersize=5)
        ends[label] = mine[-1]["value"]
    for (label, value), height in zip(ends.items(), apart(list(ends.values())), strict=True):
        x_end = counts[-1] * 1.12
        ax.plot([counts[-1], x_end], [value, height], color=COLORS["gray"], linewidth=0.6)
        _label(ax, x_end, height, label)
    majority = result.value(f"majority.at-{counts[-1]}.accuracy")
    ax.plot([counts[0], counts[-1]], [majority] * 2, "--", color=COLORS["gray"], linewidth=1.2)
    ax.annotate(
        "majority class", (counts[0], majority), xytext=(2, 4), textcoords="offset points",
        fontsize=10, color=figures.TEXT,
    )  # fmt: skip
    ax.set_xscale("log")
    ax.set_xticks(list(counts), [str(count) for count in counts])
    ax.minorticks_off()
    ax.set_xlim(counts[0] * 0.9, counts[-1] * 2.1)
    ax.set_ylim(0, None)
    ax.set_xlabel("labelled questions")
    ax.set_ylabel("accuracy, 20 specialties")
    last = counts[-1]
    return figures.show(
        fig,
        alt=f"With {last} labels the fine-tuned encoder reaches "
        f"{result.value(f'fine-tuned.at-{last}.accuracy'):.2f}, frozen features "
        f"{result.value(f'features.at-{last}.accuracy'):.2f}, TF-IDF "
        f"{result.value(f'tfidf.at-{last}.accuracy'):.2f}; the majority class has {majority:.2f}.",
        caption=f"Accuracy on {result.config['test_texts']} test questions a seed, "
        f"{len(result.seeds)} seeds that share no question; bands and bars: 95 % Student "
        "intervals. Random start: a small Transformer, all of it trained on the same labels.",
        reveal=reveal,
    )


def gains(result: Record) -> FigureView:
    """Fine-tuned minus each of the others, paired within seeds."""
    counts = result.config["label_counts"]
    names = {
        "tfidf": "TF-IDF", "features": "frozen features", "small": "small, random start",
        "scratch": "random start",
    }  # fmt: skip
    wanted = [(other, count) for other in names for count in counts]
    shown = [(o, c) for o, c in wanted if f"gain-over-{o}.at-{c}.accuracy" in result.metrics]
    metrics = [result[f"gain-over-{other}.at-{count}.accuracy"] for other, count in shown]
    fig, ax = figures.new(width=5.6, height=0.5 * len(shown) + 0.9)
    figures.points(
        ax,
        [f"{names[other]}, {count} labels" for other, count in shown],
        [metric.value for metric in metrics],
        [metric.interval for metric in metrics],
        baseline=("no gain", 0.0),
        decimals=2,
    )
    ax.set_xlabel("fine-tuned minus the other (accuracy)")
    zero = {
        other: sum(1 for (o, _), m in zip(shown, metrics, strict=True) if o == other and _above(m))
        for other in names
    }
    clear = ", ".join(f"{zero[o]} against {names[o]}" for o in names if o in {p[0] for p in shown})
    return figures.show(
        fig,
        alt=f"Of {len(shown)} comparisons of fine-tuning with another method, {sum(zero.values())} "
        f"have an interval above zero: {clear}.",
        caption=f"Paired within {len(result.seeds)} seeds, 95 % Student intervals.",
    )


def _above(metric: record.Metric) -> bool:
    return metric.interval is not None and metric.interval.low > 0


def few_shot(result: Record, *, reveal: str | None = None) -> FigureView:
    """Prompting against training on the same few labels, with both controls."""
    shots = result.config["shots"][-1]
    names = {
        f"prompt.at-{shots}": "prompt with shots",
        f"wrong.at-{shots}": "shots, labels wrong",
        "empty.at-0": "prompt without shots",
        f"fine-tuned.at-{shots}": "fine-tuned encoder",
        f"features.at-{shots}": "frozen features",
        f"tfidf.at-{shots}": "TF-IDF",
        f"other-question.at-{shots}": "other question",
    }
    metrics = {label: result[f"{name}.accuracy"] for name, label in names.items()}
    fig, ax = figures.new(width=5.6, height=3.6)
    figures.points(
        ax,
        list(metrics),
        [metric.value for metric in metrics.values()],
        [metric.interval for metric in metrics.values()],
        baseline=("majority class", result.value("majority.accuracy")),
        decimals=2,
    )
    ax.set_xlim(0.05, 0.9)
    ax.set_xlabel("accuracy, four specialties")
    values = [metric.value for metric in metrics.values()]
    return figures.show(
        fig,
        alt=f"With {shots} labels a specialty the prompt reaches {values[0]:.2f}, the same prompt "
        f"with wrong labels {values[1]:.2f} and without any shot {values[2]:.2f}; the "
        f"fine-tuned encoder reaches {values[3]:.2f} and TF-IDF {values[5]:.2f}.",
        caption=f"{result.value('case.tests'):.0f} test questions over {len(result.seeds)} seeds "
        f"that share no question, {shots} labelled questions of each specialty; 95 % Student "
        "intervals over seeds. Other question (control): each answer of the prompt, scored for "
        "another test question.",
        reveal=reveal,
    )


def at_full_scale() -> TableView:
    """Accuracy by number of labels in the full record, or the commands that make the records."""
    names = (PRETRAINING, LABELS, FEW)
    missing = [name for name in names if "full" not in record.available(name)]
    todo = "; ".join(f"lablib run {name} --scale full --save" for name in missing)
    note = f" Not run yet, one command each: {todo}." if todo else ""
    full = figures.full_record(LABELS)
    if full is None:
        rows = [{"record": name, "full": "no" if name in missing else "yes"} for name in names]
        return figures.table(rows, caption=f"Full records.{note}")
    shown = ("fine-tuned", "features", "scratch", "small", "tfidf")
    rows = [
        {"labels": f"{count:,}"}
        | {model: _cell(full, f"{model}.at-{count}.accuracy") for model in shown}
        | {"fine-tuned minus TF-IDF": _cell(full, f"gain-over-tfidf.at-{count}.accuracy")}
        for count in full.config["label_counts"]
    ]
    return figures.table(
        rows,
        caption="Accuracy on 20 specialties, all blocks trained, with 95 % intervals over "
        f"{len(full.seeds)} seeds. {figures.full_note(LABELS, full)}{note}",
    )


def _cell(result: Record, name: str) -> str:
    return figures.written(result[name]) if name in result.metrics else "-"


def apart(values: list[float], *, least: float = 0.03) -> list[float]:
    """Heights for labels of `values`: in their order, and at least `least` from each other.

    >>> apart([0.40, 0.41, 0.2], least=0.03)
    [0.39, 0.42, 0.2]
    """
    order = sorted(range(len(values)), key=values.__getitem__)
    groups: list[list[int]] = []
    for row in order:  # merge neighbours until the groups' labels, spread evenly, do not touch
        groups.append([row])
        while len(groups) > 1 and _top(values, groups[-2], least) + least > _bottom(
            values, groups[-1], least
        ):
            groups[-2:] = [groups[-2] + groups[-1]]
    heights = [0.0] * len(values)
    for group in groups:
        for place, row in enumerate(group):
            heights[row] = round(_bottom(values, group, least) + place * least, 4)
    return heights


def _bottom(values: list[float], group: list[int], least: float) -> float:
    return sum(values[row] for row in group) / len(group) - (len(group) - 1) * least / 2


def _top(values: list[float], group: list[int], least: float) -> float:
    return _bottom(values, group, least) + (len(group) - 1) * least


def _band(ax: Any, rows: list[dict[str, Any]], color: str) -> None:
    x = [row["labels"] for row in rows]
    ax.fill_between(
        x, [r["low"] for r in rows], [r["high"] for r in rows], color=color, alpha=0.18, lw=0
    )
    ax.plot(x, [row["value"] for row in rows], "-o", color=color, markersize=4)


def _label(ax: Any, x: float, y: float, text: str) -> None:
    ax.annotate(
        text, (x, y), xytext=(4, 0), textcoords="offset points", va="center", fontsize=10,
        color=figures.TEXT, annotation_clip=False,
    )  # fmt: skip
