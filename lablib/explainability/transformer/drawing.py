"""The figures and tables of the page on Transformers, drawn from its record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lablib import figures
from lablib.figures import COLORS, FigureView, TableView
from lablib.record import Record

CLAIMS = {
    "attention": "attention, last block",
    "rollout": "rollout",
    "attention-x-gradient": "attention × gradient",
    "integrated-gradients": "integrated gradients",
}
WIRED = {
    "permuted": "weights permuted",
    "uniform": "all weights equal",
    "one": "one position only",
}


def claims(values: Mapping[str, Any]) -> dict[str, Any]:
    """Claims by the names that figures use, in the order of `CLAIMS`."""
    return {label: values[name] for name, label in CLAIMS.items() if name in values}


def faithful(result: Record, *, reveal: str | None = None) -> FigureView:
    """Removal tests (left) and agreement with leaving out one word (right), by method."""
    fig, axes = figures.new(width=6.4, height=2.9, ncols=2, sharey=True)
    lost = []
    for ax, quantity in zip(axes, ("over-random", "order"), strict=True):
        for row, name in zip(range(len(CLAIMS), 0, -1), CLAIMS, strict=True):
            metric = result[f"attention.{name}.{quantity}"]
            assert metric.interval is not None
            above = metric.interval.low > 0
            color = COLORS["blue" if above else "red"]
            ax.plot([metric.interval.low, metric.interval.high], [row, row], color=color)
            ax.plot([metric.value], [row], "o" if above else "X", color=color)
            if not above and quantity == "over-random":
                lost.append(CLAIMS[name])
        ax.axvline(0, color=COLORS["gray"], linestyle="--", linewidth=1.2)
        ax.set_ylim(0.4, len(CLAIMS) + 0.6)
    axes[0].set_yticks(range(len(CLAIMS), 0, -1), list(CLAIMS.values()))
    axes[0].tick_params(axis="y", length=0)
    axes[0].set_xlabel("gap beyond random orders")
    axes[1].set_xlabel("order agrees with leaving out")
    values = {name: result.value(f"attention.{name}.over-random") for name in CLAIMS}
    told = ", ".join(f"{CLAIMS[name]} {value:.2f}" for name, value in values.items())
    return figures.show(
        fig,
        alt=f"Gap beyond random orders: {told}. Not shown to beat random: "
        f"{', '.join(lost) if lost else 'none'}.",
        caption=f"{result.config['explained']} reviews a split, mean of {len(result.seeds)} "
        "splits, with 95 % intervals that allow for overlapping splits. Left: insertion minus "
        "deletion beyond random orders (dashed), over the mean change of the score; attention and "
        "rollout get each text's sign for free. Right: rank correlation of sizes with the change "
        "when one word is left out. Red crosses: includes zero.",
        reveal=reveal,
    )


def rewired(result: Record) -> TableView:
    """What is left of the decisions when the last block reads with other weights."""
    rows = [
        {
            "last block reads with": label,
            "decisions kept": figures.written(
                result[f"attention.{name}.kept"], ".0%", bounds=(0, 1)
            ),
            "score moves by": figures.written(result[f"attention.{name}.moved"], ".2f"),
        }
        for name, label in WIRED.items()
    ]
    return figures.table(
        rows,
        caption=f"{result.config['rewired']} short reviews a split, mean of {len(result.seeds)} "
        "splits with 95 % intervals. Second column in standard deviations of the scores. The last "
        "line is the control: it should do damage.",
    )


def copier(result: Record) -> FigureView:
    """Where the known token's information lies after each layer of the decoder that copies."""
    layers = range(result.config["copy_layers"] + 1)
    fig, ax = figures.new(width=5.2, height=3.0)
    for place, label, color, lift in (
        ("source", "the token's place", "orange", 0),
        ("last", "the last position", "blue", 0),
    ):
        _band(ax, result, [f"copy.state.{place}.{n}" for n in layers], layers, label, color, lift)
    ax.set_xticks(list(layers))
    ax.set_xlim(-0.1, layers[-1] * 1.42)
    ax.set_xlabel("blocks before the patch")
    ax.set_ylabel("restored share")
    first = result.value("copy.state.last.1")
    return figures.show(
        fig,
        alt="Before the first block everything lies at the token's own place; after it "
        f"{first:.2f} of the difference is restored by patching the last position instead.",
        caption=f"Decoder trained to copy; one token differs. Mean of {len(result.seeds)} "
        "decoders with 95 % bands.",
    )


def probes(result: Record, *, reveal: str | None = None) -> FigureView:
    """Accuracy of probes on names and on the control task, by layer, trained and untrained."""
    layers = range(_depth(result) + 1)
    fig, axes = figures.new(width=6.4, height=3.4, ncols=2, sharey=True)
    for ax, encoder, title in zip(
        axes, ("probe", "untrained"), ("trained encoder", "untrained encoder"), strict=True
    ):
        for quantity, label, color in (
            ("real", "names", "blue"), ("control", "control", "red"),
        ):  # fmt: skip
            names = [f"{encoder}.{n}.{quantity}" for n in layers]
            _band(ax, result, names, layers, label, color, 0)
        ax.axhline(result.value("probe.lookup"), color=COLORS["gray"], linestyle="--",
                   linewidth=1.2)  # fmt: skip
        ax.set_title(title, fontsize=10.5, color=figures.TEXT)
        ax.set_xlim(-0.2, layers[-1] * 1.35)
        ax.set_xlabel("layer")
    axes[1].text(0, result.value("probe.lookup"), "word lookup", fontsize=9.5, va="top",
                 color=figures.TEXT)  # fmt: skip
    axes[0].set_ylabel("accuracy, unseen words")
    last = layers[-1]
    return figures.show(
        fig,
        alt=f"Trained encoder, layer {last}: {result.value(f'probe.{last}.real'):.2f} on names and "
        f"{result.value(f'probe.{last}.control'):.2f} on the control; untrained: "
        f"{result.value(f'untrained.{last}.real'):.2f} and "
        f"{result.value(f'untrained.{last}.control'):.2f}.",
        caption=f"{result.value('probe.words'):.0f} words of tweets, half of them in names; layer "
        f"0 are the embeddings. Mean of {len(result.seeds)} splits by tweet, each with its own "
        "control labels; 95 % bands that allow for overlapping splits.",
        reveal=reveal,
    )


def lens(result: Record, *, reveal: str | None = None) -> FigureView:
    """Share of prompts whose answer three lenses show, and the control, by layer."""
    rows = result.tables["lens"]
    fig, ax = figures.new(width=5.6, height=3.4)
    for name, color in (("shuffled", "red"), ("centred", "orange"), ("choice", "green"),
                        ("right", "blue")):  # fmt: skip
        _table_band(ax, rows, name, "", color, 0)
    last = rows[-1]["layer"]
    low = next(row["layer"] for row in rows if row["centred"] > 0.5)
    for text, at, side in (
        ("shared part removed,\namong capitals", (low - 0.7, 1.0), "right"),
        ("of all tokens", (last + 0.6, 0.9), "left"),
        ("among capitals", (last + 0.6, rows[-3]["choice"]), "left"),
        ("control: rows\nshuffled", (last + 0.6, rows[-1]["shuffled"]), "left"),
    ):
        ax.text(*at, text, ha=side, va="center", fontsize=9.5, color=figures.TEXT)
    ax.set_xlim(-0.5, last * 1.4)
    ax.set_xticks(range(0, rows[-1]["layer"] + 1, 5))
    ax.set_ylim(-0.05, 1.08)
    ax.set_xlabel("layer")
    ax.set_ylabel("share of prompts, answer first")
    told = {name: result.value(f"lens.{name}.settles") for name in ("right", "choice", "centred")}
    return figures.show(
        fig,
        alt=f"The answer is first of all tokens from layer {told['right']:.1f} on average, first "
        f"among the capitals from layer {told['choice']:.1f}, and from layer "
        f"{told['centred']:.1f} if the part that all prompts share is taken away; with shuffled "
        f"rows it is first in {result.value('lens.shuffled'):.0%} at the end.",
        caption=f"{result.value('lens.known'):.0f} prompts that the model answers rightly, last "
        "position, exact 95 % intervals; the control is the mean of "
        f"{len(result.seeds)} shuffles of the output matrix, shared part removed.",
        reveal=reveal,
    )


def patched(result: Record, *, reveal: str | None = None) -> FigureView:
    """Restored share by layer and place in the chat model, with the control."""
    rows = result.tables["patch"]
    fig, axes = figures.new(width=6.4, height=3.3, ncols=2, sharey=True)
    panels = (
        ("the country", (("subject", "", "blue", 0),
                         ("unrelated.subject", "", "red", 0))),
        ("the last position", (("last", "clean run", "blue", 0),
                               ("unrelated.last", "unrelated", "red", 0))),
    )  # fmt: skip
    for ax, (title, lines) in zip(axes, panels, strict=True):
        for name, label, color, lift in lines:
            _table_band(ax, rows, name, label, color, lift)
        ax.set_title(f"patched at {title}", fontsize=10.5, color=figures.TEXT)
        ax.set_xlim(-0.5, rows[-1]["layer"] * (1.05 if title == "the country" else 1.5))
        ax.set_xlabel("layer")
    axes[0].set_ylabel("restored share")
    for name, label in (("subject", "clean run"), ("unrelated.subject", "unrelated")):
        axes[0].annotate(label, (0, rows[0][name]), xytext=(2, 6), textcoords="offset points",
                         fontsize=9.5, color=figures.TEXT)  # fmt: skip
    ends = {name: result.value(f"patch.{name}") for name in ("subject.first", "last.end")}
    return figures.show(
        fig,
        alt=f"Patching the country restores {ends['subject.first']:.2f} at layer 0 and nothing at "
        f"the end; patching the last position the reverse. A state of an unrelated prompt at the "
        f"country restores {result.value('patch.unrelated.subject.first'):.2f} too.",
        caption=f"{result.config['pairs']} pairs of capitals for each of {len(result.seeds)} "
        "draws, which may share countries; 95 % bands over draws. 1 is the clean run, 0 the "
        "corrupted one. Red: the state comes from a prompt about something else.",
        reveal=reveal,
    )


def at_full_scale(result: Record) -> TableView:
    """Quick beside full, or the command that makes the full record."""
    return figures.beside_full(
        result,
        {
            "decoders whose working head patching finds": "copy.head-found",
            "attention beyond random": "attention.attention.over-random",
            "rollout beyond random": "attention.rollout.over-random",
            "integrated gradients beyond random": "attention.integrated-gradients.over-random",
            "selectivity beyond an untrained encoder's": "probe.selectivity-over-untrained",
            "lens: layer from which the answer is on top": "lens.right.settles",
            "restored at the country, middle layer": "patch.subject.middle",
            "the same from an unrelated prompt": "patch.unrelated.subject.middle",
        },
        caption="Mean and 95 % interval.",
        form="z.2f",
    )


def _depth(result: Record) -> int:
    return max(int(name.split(".")[1]) for name in result.metrics
               if name.startswith("untrained.") and name.endswith(".real"))  # fmt: skip


def _band(
    ax: Any, result: Record, names: Sequence[str], x: Sequence[int], label: str, color: str,
    lift: float,
) -> None:  # fmt: skip
    rows = []
    for at, name in zip(x, names, strict=True):
        metric = result[name]
        interval = metric.interval
        rows.append({
            "layer": at, "y": metric.value,
            "y.low": interval.low if interval else metric.value,
            "y.high": interval.high if interval else metric.value,
        })  # fmt: skip
    _table_band(ax, rows, "y", label, color, lift)


def _table_band(
    ax: Any, rows: Sequence[Mapping[str, Any]], name: str, label: str, color: str, lift: float
) -> None:
    columns = [[row[key] for row in rows] for key in ("layer", name, f"{name}.low", f"{name}.high")]
    figures.band(ax, *columns, label="", color=COLORS[color])
    ax.annotate(
        label, (columns[0][-1], columns[1][-1]), xytext=(6, lift - 3), textcoords="offset points",
        fontsize=9.5, color=figures.TEXT, annotation_clip=False,
    )  # fmt: skip
