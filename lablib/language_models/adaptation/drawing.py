"""The figures and tables of the page on parameter-efficient tuning, from its two records alone."""

from __future__ import annotations

from typing import Any

from lablib import figures, record
from lablib.figures import COLORS, FigureView, TableView
from lablib.language_models.adaptation.measures import TIMED_STEPS
from lablib.language_models.adaptation.methods import METHODS
from lablib.record import Metric, Record

TUNING = "language-models/parameter-efficient-tuning"
REMEDIES = "language-models/overfitting-remedies"
NAMES = {
    "probe": "linear probe",
    "full": "all weights",
    "lora": "LoRA",
    "adalora": "AdaLoRA",
    "bottleneck": "adapter",
    "prefix": "prefix",
    "prompt": "prompt",
}
RECIPE_NAMES = {
    "nothing": "nothing",
    "augmentation": "synonyms",
    "weight-decay": "weight decay",
    "dropout": "dropout",
    "early-stopping": "early stopping",
    "adversarial": "adversarial step",
    "low-rank": "low rank (LoRA)",
    "ensemble": "ensemble",
}
MARGIN = 0.005  # of accuracy: how near LoRA must come to full fine-tuning
SMALL = 0.01  # and with at most this share of the weights


def places() -> FigureView:
    """Where in a Transformer block each method puts its weights."""
    blue, orange, green, purple, sky = (
        COLORS[name] for name in ("blue", "orange", "green", "purple", "sky")
    )
    source = f"""digraph {{
      rankdir=BT; nodesep=0.3; ranksep=0.28; bgcolor="transparent";
      node [shape=box, style=rounded, fontsize=12, fontname="sans-serif", margin="0.12,0.05"];
      edge [arrowsize=0.6];
      words [label="token embeddings"]; attention [label="attention"];
      forward [label="feed-forward"]; head [label="mean, linear head"];
      words -> attention -> forward -> head;
      prompt [label="prompt: new tokens", color="{purple}", penwidth=2];
      prefix [label="prefix: keys, values", color="{orange}", penwidth=2];
      lora [label="LoRA: + s B A", color="{blue}", penwidth=2];
      adapter [label="adapter: after each half", color="{green}", penwidth=2];
      probe [label="probe: only this", color="{sky}", penwidth=2];
      {{rank=same; words; prompt}} {{rank=same; lora; attention; prefix}}
      {{rank=same; forward; adapter}} {{rank=same; head; probe}}
      edge [style=dashed];
      words -> prompt [dir=back]; lora -> attention; attention -> prefix [dir=back];
      forward -> adapter [dir=back]; head -> probe [dir=back];
    }}"""
    return figures.diagram(
        source,
        alt="A prompt adds tokens before the first block, a prefix adds keys and values to "
        "attention, LoRA adds a thin product to the matrices of attention, and adapters follow "
        "the attention and the feed-forward layer; a probe trains the head alone.",
        caption="What each method adds (coloured) to a block (black); s = alpha / r. All train "
        "the head.",
    )


def costs(result: Record) -> FigureView:
    """Memory that training needs beyond the weights, against the share that is trained."""
    fig, ax = figures.new(height=3.4)
    offsets = {"lora": (-7, 3), "prefix": (-7, -11), "bottleneck": (8, -5)}
    for name in METHODS:
        x, y = 100 * result.value(f"{name}.share"), result.value(f"{name}.memory")
        ax.plot([x], [y], "o", color=COLORS["gray" if name == "full" else "blue"])
        ax.annotate(
            NAMES[name], (x, y), xytext=offsets.get(name, (-4, 9)), textcoords="offset points",
            fontsize=10, color=figures.TEXT,
            ha="right" if name in ("full", "lora", "prefix") else "left",
        )  # fmt: skip
    ax.set_xscale("log")
    ax.set_ylim(0, None)
    ax.margins(y=0.15)
    ax.set_xticks([0.01, 0.1, 1, 10, 100], ["0.01 %", "0.1 %", "1 %", "10 %", "100 %"])
    ax.set_xlabel("share of the weights that is trained")
    ax.set_ylabel("training memory, MB")
    texts, tokens = result.config["cost_batch"]
    full, lora = result.value("full.memory"), result.value("lora.memory")
    return figures.show(
        fig,
        alt=f"Training all weights needs {full:.0f} MB beyond the weights themselves, LoRA "
        f"{lora:.0f} MB; methods that train a tenth as many weights as LoRA need no less.",
        caption=f"Largest memory of a training step beyond the weights, counted tensor by tensor "
        f"(exact, so without interval); whole encoder, {texts} texts of {tokens} tokens, AdamW.",
    )


def cost_table(result: Record) -> TableView:
    """Trainable weights, share, memory and time of a step for each method."""
    full = result.value("full.step")
    rows = [
        {
            "method": NAMES[name],
            "trained weights": f"{result.value(f'{name}.trainable'):,.0f}",
            "share": f"{result.value(f'{name}.share'):.3%}",
            "training memory": f"{result.value(f'{name}.memory'):.0f} MB",
            "time of a step": f"{result.value(f'{name}.step') / full:.2f} of full",
            "learning rate": f"{result.value(f'{name}.learning-rate'):.0e}",
        }
        for name in METHODS
    ]
    texts, tokens = result.config["cost_batch"]
    return figures.table(
        rows,
        caption=f"Whole encoder, {texts} texts of {tokens} tokens a step. Full tuning takes "
        f"{full:.2f} s a step here; times are medians of {TIMED_STEPS} steps and vary from build "
        "to build. Learning rates are those of the trainings below.",
    )


def accuracies(result: Record, *, reveal: str | None = None) -> FigureView:
    """Accuracy of each method with its interval; probe as baseline, shuffled labels as control."""
    fig, ax = figures.new(height=3.9)
    metrics = [result[f"{name}.accuracy"] for name in METHODS]
    probe, control = result["probe.accuracy"], result["shuffled.accuracy"]
    figures.points(
        ax,
        [NAMES[name] for name in METHODS],
        [metric.value for metric in metrics],
        [metric.interval for metric in metrics],
        baseline=("linear probe", probe.value),
        control=("shuffled labels", control.value),
    )
    _shade(ax, probe, COLORS["gray"])
    _shade(ax, control, COLORS["red"])
    ax.set_xlabel(f"accuracy on {result.config['tests']} test sentences")
    low, high = (pick(metric.value for metric in metrics) for pick in (min, max))
    return figures.show(
        fig,
        alt=f"All six methods lie between {low:.3f} and {high:.3f}, the linear probe at "
        f"{probe.value:.3f}; with shuffled labels LoRA stays at {control.value:.3f}.",
        caption=f"{_trained(result)}; {_seeds(result)}, 95 % Student intervals over them (shaded "
        "for the two lines); the same test sentences for all.",
        reveal=reveal,
    )


def remedies(result: Record, *, reveal: str | None = None) -> FigureView:
    """Test log loss and accuracy under each remedy, with doing nothing and shuffled labels."""
    fig, axes = figures.new(width=6.4, height=4.0, ncols=2, sharey=True)
    names = list(RECIPE_NAMES)
    for ax, quantity, decimals in zip(axes, ("log-loss", "accuracy"), (2, 3), strict=True):
        metrics = [result[f"{name}.{quantity}"] for name in names]
        figures.points(
            ax,
            [RECIPE_NAMES[name] for name in names],
            [metric.value for metric in metrics],
            [metric.interval for metric in metrics],
            decimals=decimals,
        )
    figures.reference(axes[0], result.value("majority.log-loss"), "majority class", axis="x")
    figures.reference(
        axes[1], result.value("shuffled.accuracy"), "shuffled labels", axis="x", color=COLORS["red"]
    )
    axes[0].set_xlabel("log loss, nats (less is better)")
    axes[1].set_xlabel("accuracy (more is better)")
    best = min(names, key=lambda name: result.value(f"{name}.log-loss"))
    worst = max(names, key=lambda name: result.value(f"{name}.log-loss"))
    start = result.value("nothing.log-loss")
    return figures.show(
        fig,
        alt=f"Doing nothing gives a log loss of {start:.2f}; the best remedy, "
        f"{RECIPE_NAMES[best]}, gives {result.value(f'{best}.log-loss'):.2f}, the worst, "
        f"{RECIPE_NAMES[worst]}, {result.value(f'{worst}.log-loss'):.2f}.",
        caption=f"{result.config['labels']} labels, {result.config['tests']} test sentences, "
        f"{len(result.seeds)} seeds with other training sentences; 95 % Student intervals.",
        reveal=reveal,
    )


def remedy_table(result: Record) -> TableView:
    """What each remedy changes against doing nothing, with intervals of the paired differences."""
    rows = [
        {
            "remedy": RECIPE_NAMES[name],
            "training accuracy": f"{result.value(f'{name}.train-accuracy'):.3f}",
            "test accuracy, change": _signed(result[f"{name}.accuracy.difference"]),
            "test log loss, change": _signed(result[f"{name}.log-loss.difference"]),
        }
        for name in RECIPE_NAMES
        if name != "nothing"
    ]
    return figures.table(
        rows,
        caption=f"Against no remedy on the same sentences; {len(result.seeds)} seeds, 95 % "
        "Student intervals of the differences.",
    )


def at_larger_scale(result: Record) -> TableView:
    """The tuning record of this page beside larger ones, and whether the target was met."""
    columns = {"this page": result}
    for scale in ("medium", "full"):
        if scale in record.available(TUNING):
            columns[scale] = record.load(TUNING, scale=scale)
    rows = [
        {
            "quantity": label,
            **{column: _cell(one, name, percent) for column, one in columns.items()},
        }
        for label, name, percent in (
            ("training sentences a seed", "training.texts", False),
            ("test sentences", "test.texts", False),
            ("upper blocks trained", "blocks", False),
            ("LoRA, share of weights", "lora.share", True),
            *((f"{NAMES[name]}, accuracy", f"{name}.accuracy", False) for name in NAMES),
            ("LoRA minus all weights, over seeds", "lora.difference", False),
            ("LoRA minus all weights, over test sentences", "lora.difference.rows", False),
        )
    ]
    verdict = {"quantity": "within 0.5 points at 1 % or less"}
    rows.append(verdict | {column: _verdict(one) for column, one in columns.items()})
    made = (
        "The full record trains the whole encoder on all labels."
        if "full" in columns
        else f"The full record has not been made: lablib run {TUNING} --scale full --save "
        "makes it on a GPU."
    )
    return figures.table(
        rows,
        caption="95 % intervals in brackets; over seeds unless named otherwise. "
        + "; ".join(f"{scale}: {_seeds(one)}" for scale, one in columns.items())
        + f". {made}",
    )


def remedies_at_larger_scale(result: Record) -> TableView:
    """What each remedy changes, here and in larger records, with intervals that hold together."""
    columns = {"this page": result}
    for scale in ("medium", "full"):
        if scale in record.available(REMEDIES):
            columns[scale] = record.load(REMEDIES, scale=scale)
    rows = [
        {"remedy": RECIPE_NAMES[name], "change of": quantity.replace("-", " ")}
        | {
            at: _signed(one[f"{name}.{quantity}.difference.together"])
            for at, one in columns.items()
        }
        for quantity in ("accuracy", "log-loss")
        for name in RECIPE_NAMES
        if name != "nothing"
    ]
    trained = "; ".join(
        f"{scale}: {one.config['blocks']} of 6 blocks trained, {one.config['tests']} test sentences"
        for scale, one in columns.items()
    )
    made = "" if "full" in columns else f" Not made yet: lablib run {REMEDIES} --scale full --save."
    return figures.table(
        rows,
        caption=f"Against no remedy; Student intervals over seeds, widened so that all {len(rows)} "
        f"hold together at 95 % (Bonferroni). {trained}.{made}",
    )


def _verdict(result: Record) -> str:
    """The target read off both intervals, over seeds and over test rows."""
    ends = [result[name].interval for name in ("lora.difference", "lora.difference.rows")]
    known = [one for one in ends if one is not None]
    if len(known) < len(ends):
        return "not decided"
    if result.value("lora.share") > SMALL or any(one.high < -MARGIN for one in known):
        return "missed"
    return "met" if all(one.low >= -MARGIN for one in known) else "not decided"


def _cell(result: Record, name: str, percent: bool) -> str:
    if name == "blocks":
        return f"{result.config['blocks']} of 6"
    metric = result[name]
    if percent:
        return f"{metric.value:.2%}"
    if metric.interval is None:
        return f"{metric.value:,.0f}"
    return figures.written(metric)


def _signed(metric: Metric) -> str:
    return figures.written(metric, "+z.3f")


def _shade(ax: Any, metric: Metric, color: str) -> None:
    if metric.interval is not None:
        ax.axvspan(metric.interval.low, metric.interval.high, color=color, alpha=0.15, linewidth=0)


def _trained(result: Record) -> str:
    blocks = result.config["blocks"]
    inside = "" if blocks == 6 else ", so that prompts and prefixes enter there and not below"
    return (
        f"{result.value('training.texts'):,.0f} labels a seed, upper {blocks} of 6 blocks "
        f"trained{inside}"
    )


def _seeds(result: Record) -> str:
    """What differs between seeds: with all labels used, the training sentences do not."""
    what = "initial weights and order" if result.config["labels"] is None else "training sentences"
    return f"{len(result.seeds)} seeds with other {what}"
