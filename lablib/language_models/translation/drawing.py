"""The figures of the sequence-to-sequence page, each drawn from a record alone."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from lablib import figures
from lablib.evaluation import Interval
from lablib.figures import COLORS, TEXT, FigureView, TableView
from lablib.record import Record

LABELS = {"translator": "translator", "dictionary": "dictionary", "nearest": "nearest name"}
PLACES = {"concept": "split by concept", "name": "split by name"}


def listed(result: Record, split: str) -> TableView:
    """Test names drawn by chance, what is true, and what each system wrote."""
    rows = [
        {"English": row["name"], "true": row["true"]}
        | {label: row[system] or "(nothing)" for system, label in LABELS.items()}
        for row in result.tables[f"listed.{split}"]
    ]
    return figures.table(
        rows,
        caption=f"{len(rows)} test names drawn by chance, seed {result.seeds[0]}, "
        f"{PLACES[split]}. □: the model's sign for a character it does not know.",
    )


def two_splits(result: Record, *, reveal: str | None = None) -> FigureView:
    """Exact match and chrF of each system, under both splits."""
    fig, axes = figures.new(width=5.6, height=3.5, ncols=2, sharey=True)
    kinds = (("exact", "names right as a whole", 3), ("chrf", "chrF", 2))
    for ax, (key, title, decimals) in zip(axes, kinds, strict=True):
        for split, shift, color in (("name", 0.16, "orange"), ("concept", -0.16, "blue")):
            for height, row in zip((3, 2, 1), result.tables[f"scores.{split}"], strict=True):
                ends = [max(row[f"{key}.low"], 0.0), row[f"{key}.high"]]
                ax.plot(ends, [height + shift] * 2, color=COLORS[color])
                ax.plot([row[key]], [height + shift], "o", color=COLORS[color])
                _beside(ax, ends[1], height + shift, f"{row[key]:.{decimals}f}")
        ax.set_xlim(-0.04, 1.25)
        ax.set_xticks([0, 0.5, 1])
        ax.set_xlabel(title)
    axes[0].set_yticks([3, 2, 1], list(LABELS.values()))
    axes[0].set_ylim(0.5, 3.75)
    for split, color in (("name", "orange"), ("concept", "blue")):
        axes[0].plot([], [], "o-", color=COLORS[color], label=PLACES[split])
    axes[0].legend(loc="lower right", fontsize=9.5, labelcolor=TEXT)
    by_name, by_concept = (result.value(f"{s}.translator.exact") for s in ("name", "concept"))
    seeds = result.config["by_name_seeds"]
    return figures.show(
        fig,
        alt=f"Split by name, the translator writes {by_name:.0%} of the test names exactly right "
        f"and leads both baselines; split by concept it writes {by_concept:.1%}, and its chrF is "
        "below that of the dictionary.",
        caption=f"{result.value('concept.test'):.0f} test names a split; 95 % intervals that allow "
        f"for overlapping splits, over {len(result.seeds)} seeds by concept and {seeds} by name.",
        reveal=reveal,
    )


def parts(result: Record) -> FigureView:
    """What is right about a name: next token, tone, all before the tone, the whole."""
    quantities = {
        "next-token": "next character,\nbeginning given",
        "tone": "skin tone",
        "before-tone": "all before the tone",
        "exact": "whole name",
    }
    fig, ax = figures.new(width=5.6, height=3.5)
    for split, shift, color in (("name", 0.16, "orange"), ("concept", -0.16, "blue")):
        for height, name in zip((4, 3, 2, 1), quantities, strict=True):
            metric = result[f"{split}.translator.{name}"]
            ends = metric.interval or Interval(metric.value, metric.value)
            span = [max(ends.low, 0.0), min(ends.high, 1.0)]
            ax.plot(span, [height + shift] * 2, color=COLORS[color])
            ax.plot([metric.value], [height + shift], "o", color=COLORS[color])
            _beside(ax, span[1], height + shift, f"{metric.value:.2f}")
        ax.plot([], [], "o-", color=COLORS[color], label=PLACES[split])
    ax.set_yticks([4, 3, 2, 1], list(quantities.values()))
    ax.set_xlim(-0.03, 1.16)
    ax.set_ylim(0.5, 4.6)
    ax.set_xlabel("share right")
    ax.legend(loc="upper left", fontsize=9.5, labelcolor=TEXT)
    tone, rest, forced = (
        result.value(f"concept.translator.{name}") for name in ("tone", "before-tone", "next-token")
    )
    return figures.show(
        fig,
        alt=f"Split by concept the translator gets {tone:.0%} of the skin tones right and "
        f"{rest:.1%} of what stands before them; with the true beginning given, it predicts "
        f"{forced:.0%} of the next characters.",
        caption="Translator, mean over seeds with 95 % intervals that allow for overlapping "
        f"splits. Tone and what stands before it: the {result.value('concept.toned'):.0f} test "
        "names with a skin tone; next character: all test names.",
    )


def bits(result: Record) -> FigureView:
    """Bits a token of the true names: alone, as a language, shuffled, and with the source read."""
    labels = {
        "unigram": "characters one by one",
        "shuffled": "control: shuffled pairs",
        "writer": "control: decoder alone",
        "translator": "translator",
    }
    found = {row["system"]: row for row in result.tables["bits"]}
    rows = [found[system] for system in labels]
    fig, ax = figures.new(width=5.6, height=2.9)
    figures.points(
        ax,
        list(labels.values()),
        [row["value"] for row in rows],
        [Interval(row["value.low"], row["value.high"]) for row in rows],
        decimals=2,
    )
    ax.set_xlabel("bits a character of the true names (less is better)")
    return figures.show(
        fig,
        alt=f"A translator trained on shuffled pairs needs {rows[1]['value']:.2f} bits a "
        f"character, about as much as a decoder that reads nothing ({rows[2]['value']:.2f}); with "
        f"true pairs it needs {rows[3]['value']:.2f}.",
        caption=f"Split by concept, one run each (seed {result.seeds[0]}), "
        f"{result.value('concept.test'):.0f} test names; 95 % bootstrap intervals over "
        f"{result.value('concept.test.concepts'):.0f} concepts. The end of a name counts as one "
        "character.",
    )


def maps(result: Record) -> FigureView:
    """Cross-attention of two right names: one row a character, one column a word."""
    found = result.tables["maps"]
    fig, axes = figures.new(width=5.4, height=4.2, ncols=len(found))
    for ax, one in zip(np.atleast_1d(axes), found, strict=True):
        weights = np.array(one["weights"])
        for row, column in np.ndindex(*weights.shape):
            _cell(ax, row, column, float(weights[row, column]))
        ax.set_xlim(-0.5, weights.shape[1] - 0.5)
        ax.set_ylim(weights.shape[0] - 0.5, -0.5)
        ax.set_xticks(range(weights.shape[1]), one["words"], rotation=45, ha="left")
        ax.set_yticks(range(weights.shape[0]), one["characters"])
        ax.tick_params(length=0, top=False, labeltop=True, bottom=False, labelbottom=False)
        ax.tick_params(axis="y", labelsize=13)
        for side in ax.spines.values():
            side.set_visible(False)
    one = found[0]
    weights = np.array(one["weights"])
    top = weights[: len(one["characters"]) - 1].argmax(axis=1)
    told = "; ".join(
        f"{character} reads {one['words'][column]} ({weights[row, column]:.0%})"
        for row, (character, column) in enumerate(zip(one["characters"], top, strict=False))
    )
    with warnings.catch_warnings():
        # The SVG holds text, which the reader's fonts draw; matplotlib's own font is not asked.
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        return _shown_maps(result, fig, told, one)


def _shown_maps(result: Record, fig: Any, told: str, one: dict[str, Any]) -> FigureView:
    return figures.show(
        fig,
        alt=f"Most attended word of each character of {''.join(one['characters'][:-1])}: {told}.",
        caption=f"Cross-attention of the last layer, mean over heads, seed {result.seeds[0]}, "
        "split by name: two test names that were written right, drawn by chance. The larger "
        "a square, the more a character (row) was read from a word (column).",
    )


def pointing(result: Record) -> FigureView:
    """How often attention, and hiding a word, name the dictionary's word; control and chance."""
    rows = [
        ("by name: hiding a word", "name.hiding", "name.hiding.chance"),
        ("by name: attention", "name.attention", "name.uniform"),
        ("by concept: hiding a word", "concept.hiding", "concept.hiding.chance"),
        ("by concept: attention", "concept.attention", "concept.uniform"),
        ("control, shuffled: attention", "shuffled.attention", "shuffled.uniform"),
    ]
    metrics = [result[name] for _, name, _ in rows]
    fig, ax = figures.new(width=5.4, height=3.3)
    figures.points(
        ax,
        [label for label, _, _ in rows],
        [metric.value for metric in metrics],
        [metric.interval for metric in metrics],
        decimals=2,
    )
    for height, (_, _, chance) in zip(range(len(rows), 0, -1), rows, strict=True):
        place = result.value(chance)
        ax.plot([place] * 2, [height - 0.26, height + 0.08], color=COLORS["red"], linewidth=1.6)
    ax.annotate(
        "at random", (result.value(rows[0][2]), len(rows) + 0.08), xytext=(0, 2),
        textcoords="offset points", ha="center", va="bottom", fontsize=9.5, color=TEXT,
    )  # fmt: skip
    ax.set_xlim(0, 1)
    ax.set_xlabel("names the dictionary's word")
    return figures.show(
        fig,
        alt=f"The largest attention weight lies on the dictionary's word for "
        f"{result.value('name.attention'):.0%} of the characters, uniform attention for "
        f"{result.value('name.uniform'):.0%}; hiding words one by one finds it for "
        f"{result.value('name.hiding'):.0%}, a word at random for "
        f"{result.value('name.hiding.chance'):.0%}. With shuffled pairs attention finds it for "
        f"{result.value('shuffled.attention'):.0%}.",
        caption=f"Characters that the dictionary can place: "
        f"{result.value('concept.characters'):,.0f} by concept and "
        f"{result.value('name.characters'):,.0f} by name for the first seed. 95 % intervals over "
        f"{len(result.seeds)} seeds by concept and {result.config['by_name_seeds']} by name that "
        "allow for overlapping splits; the control is one run, its interval is over concepts. "
        "Short upright lines: a choice at random, among the words; for attention the end of the "
        "name is one choice more.",
    )


def search(result: Record) -> TableView:
    """Greedy, beam and sampling side by side."""
    names = {
        "greedy": "greedy: likeliest next character",
        "beam": f"beam search, {result.config['beams']} beginnings",
        "sampling": "sampling, temperature 1",
    }
    rows = [
        {
            "how": names[row["search"]],
            "right as a whole": _span(row, "exact", 3),
            "log-probability, nats": _span(row, "likely", 2),
        }
        for row in result.tables["search"]
    ]
    return figures.table(
        rows,
        caption=f"One run: one translator, split by name, seed {result.seeds[0]}, "
        f"{result.value('name.test'):.0f} test names; 95 % bootstrap intervals over concepts.",
    )


def at_full_scale(result: Record) -> TableView:
    """Quick beside full, or the command that makes the full record."""
    return figures.beside_full(
        result,
        {
            "pairs of names": lambda one: f"{one.value('pairs'):,.0f}",
            "by name: translator, exact": "name.translator.exact",
            "by name: dictionary, exact": "name.dictionary.exact",
            "by concept: translator, exact": "concept.translator.exact",
            "by concept: dictionary, exact": "concept.dictionary.exact",
            "by concept: translator, chrF": "concept.translator.chrf",
            "by concept: dictionary, chrF": "concept.dictionary.chrf",
            "by concept: nearest name, chrF": "concept.nearest.chrf",
            "by concept: attention on the right word": "concept.attention",
            "by concept: uniform attention": "concept.uniform",
        },
        caption="Mean over seeds with its 95 % interval.",
    )


def _cell(ax: Any, row: int, column: int, weight: float) -> None:
    """A square whose side and shade grow with the weight: it reads in light and dark."""
    side = 0.92 * np.sqrt(weight)
    ax.fill(
        column + side / 2 * np.array([-1, 1, 1, -1]),
        row + side / 2 * np.array([-1, -1, 1, 1]),
        color=COLORS["blue"],
        alpha=0.35 + 0.65 * weight,
        linewidth=0,
    )


def _beside(ax: Any, x: float, y: float, text: str) -> None:
    ax.annotate(text, (x, y), xytext=(6, 0), textcoords="offset points", va="center",
                fontsize=9.5, color=TEXT)  # fmt: skip


def _span(row: dict[str, Any], key: str, decimals: int) -> str:
    value, low, high = (row[f"{key}{end}"] for end in ("", ".low", ".high"))
    return f"{value:.{decimals}f} [{low:.{decimals}f}, {high:.{decimals}f}]"
