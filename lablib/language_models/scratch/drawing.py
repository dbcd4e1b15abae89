"""The figures of the from-scratch page, each drawn from a record alone."""

from __future__ import annotations

from lablib import figures
from lablib.evaluation import Interval
from lablib.figures import COLORS, FigureView, TableView
from lablib.record import Record

NAME = "language-models/from-scratch"


def models(result: Record) -> FigureView:
    """Bits per character of every model on the same held-out characters."""
    rows = {
        "control: shuffled tokens": "shuffled.bits",
        "gzip": "gzip.bits",
        "token frequencies": "frequency.bits",
        "byte n-gram, same amount of text": "same-text.bits",
        "Transformer": "transformer.bits",
        "byte n-gram, all training text": "ngram.bits",
    }
    order = sorted(rows, key=lambda label: -result.value(rows[label]))
    fig, ax = figures.new(width=5.6, height=3.3)
    figures.points(
        ax,
        order,
        [result.value(rows[label]) for label in order],
        [result[rows[label]].interval for label in order],
        decimals=2,
    )
    low = min(result.value(name) for name in rows.values())
    ax.set_xlim(low - 0.25, max(result.value(name) for name in rows.values()) + 0.3)
    ax.set_xlabel("bits per character (lower is better)")
    ours, last = result.value("transformer.bits"), order[-1]
    return figures.show(
        fig,
        alt=f"The Transformer needs {ours:.2f} bits per character, {last} "
        f"{result.value(rows[last]):.2f}, an n-gram given the same amount of text "
        f"{result.value('same-text.bits'):.2f}, gzip {result.value('gzip.bits'):.2f}. On "
        f"shuffled tokens a Transformer needs {result.value('shuffled.bits'):.2f}.",
        caption=f"The same {result.value('test.characters'):,.0f} held-out characters of "
        f"{result.value('test.documents'):.0f} documents. Lines: 95 % bootstrap interval over "
        f"documents. Transformer: mean of {len(result.seeds)} seeds. n-grams: order and k chosen "
        "on validation text. gzip has the last 32 kB of the training text before each document. "
        "Control: the same Transformer, one run, trained and scored on the same tokens in random "
        "order.",
    )


def text_and_bits(result: Record, *, reveal: str | None = None) -> FigureView:
    """What two counting models make of more text, and where the Transformer stands."""
    bytes_, pairs = result.tables["curve"], result.tables["pairs"]
    ours, read = result["transformer.bits"], result.value("transformer.characters-read")
    ends = ours.interval or Interval(ours.value, ours.value)
    fig, ax = figures.new(width=5.6, height=3.5)
    for rows, label, color, above in (
        (bytes_, "byte n-gram", COLORS["orange"], -2),
        (pairs, "token pairs", COLORS["green"], 6),
    ):
        columns = ([float(row[key]) for row in rows] for key in ("value", "low", "high"))
        figures.band(
            ax, [float(row["characters"]) for row in rows], *columns, label="", color=color
        )
        ax.annotate(
            label, (rows[0]["characters"], rows[0]["value"]), xytext=(10, above),
            textcoords="offset points", fontsize=10, color=figures.TEXT,
        )  # fmt: skip
    ax.plot([read, read], [ends.low, ends.high], color=COLORS["blue"], linewidth=3)
    ax.plot([read], [ours.value], "o", color=COLORS["blue"], markersize=8)
    ax.annotate(
        "Transformer", (read, ours.value), xytext=(60, 42), textcoords="offset points",
        fontsize=10, color=figures.TEXT,
        arrowprops={"arrowstyle": "-", "color": figures.TEXT, "linewidth": 0.8, "shrinkB": 6},
    )  # fmt: skip
    figures.reference(ax, result.value("frequency.bits"), "token frequencies", color=COLORS["red"])
    ax.set_xscale("log")
    ax.set_xlabel("characters read in training")
    ax.set_ylabel("bits per character")
    first, last, pair = bytes_[0], bytes_[-1], result.value("pairs-same-text.bits")
    return figures.show(
        fig,
        alt=f"From {first['characters']:,.0f} to {last['characters']:,.0f} characters the best "
        f"byte n-gram falls from {first['value']:.2f} to {last['value']:.2f} bits per character. "
        f"After {read:,.0f} characters the Transformer is at {ours.value:.2f}, and a table of "
        f"token pairs at {pair:.2f}.",
        caption="Held-out bits per character by the amount of training text. Byte n-gram: the "
        "best of several orders and k on validation text. Bands and line: 95 % bootstrap "
        f"interval over {result.value('test.documents'):.0f} documents; Transformer: mean of "
        f"{len(result.seeds)} seeds.",
        reveal=reveal,
    )


def context(result: Record) -> FigureView:
    """Loss by the number of tokens that the model could look back on."""
    rows = result.tables["position"]
    labels = [
        str(row["from"]) if row["from"] == row["to"] else f"{row['from']}–{row['to']}"
        for row in rows
    ]
    places = [float(place) for place in range(len(rows))]
    fig, ax = figures.new(width=5.6)
    columns = ([float(row[key]) for row in rows] for key in ("value", "low", "high"))
    figures.band(ax, places, *columns, label="", color=COLORS["blue"])
    length = result.value("characters-per-token")
    frequency, pairs = (
        length * result.value(name) for name in ("frequency.bits", "pairs-same-text.bits")
    )
    figures.reference(ax, frequency, "no token before it: frequencies", color=COLORS["red"])
    ax.axhline(pairs, color=COLORS["gray"], linestyle="--", linewidth=1.2)
    ax.annotate(
        "one token before it: counted pairs", (places[-1], pairs), xytext=(0, -6),
        textcoords="offset points", ha="right", va="top", fontsize=9.5, color=figures.TEXT,
    )  # fmt: skip
    ax.set_ylim(0, 1.15 * frequency)
    ax.set_xticks(places, labels)
    ax.set_xlabel("tokens before the predicted one")
    ax.set_ylabel("bits per token")
    first, last = rows[0], rows[-1]
    return figures.show(
        fig,
        alt=f"With one token before it a token costs {first['value']:.2f} bits, with "
        f"{last['from']} to {last['to']} tokens before it {last['value']:.2f}; counted pairs of "
        f"tokens need {pairs:.2f}.",
        caption=f"Held-out loss by position in a window, one model (seed {result.seeds[0]}), n = "
        f"{rows[0]['n']} windows side by side; bands: 95 % bootstrap interval over windows. "
        "Pairs: counted over as many tokens as the model read.",
    )


def samples(result: Record, *, reveal: str | None = None) -> FigureView:
    """Known words against distinct words, by how the next token was drawn."""
    rows = result.tables["samples"]
    labels = [row["drawn"] for row in rows]
    fig, axes = figures.new(width=6.4, height=3.9, ncols=2, sharey=True)
    for ax, name in zip(axes, ("known", "distinct"), strict=True):
        figures.points(
            ax,
            labels,
            [row[name] for row in rows],
            [Interval(row[f"{name}.low"], row[f"{name}.high"]) for row in rows],
            decimals=2,
            color=COLORS["blue"] if name == "known" else COLORS["green"],
        )
        ax.set_xlim(0.1, 1.06)
        ax.axvline(rows[0][name], color=COLORS["gray"], linestyle="--", linewidth=1.2)
        ax.set_xlabel(f"{name} words, share")
    by = {row["drawn"]: row for row in rows}
    cold, hot = by["greedy"], by["temperature 1.3"]
    return figures.show(
        fig,
        alt=f"Greedy text has {cold['known']:.0%} known and {cold['distinct']:.0%} distinct words; "
        f"at temperature 1.3 it is {hot['known']:.0%} and {hot['distinct']:.0%}. Held-out text has "
        f"{rows[0]['known']:.0%} and {rows[0]['distinct']:.0%}.",
        caption=f"Words of {rows[0]['samples']} continuations a row, one model (seed "
        f"{result.seeds[0]}). Known: occurs in the training text. Distinct: different words in a "
        "continuation. Lines: 95 % bootstrap interval over continuations; dashed: held-out text.",
        reveal=reveal,
    )


def texts(result: Record) -> TableView:
    """One continuation a setting, after the same beginning of a held-out document."""
    rows = result.tables["texts"]
    return figures.table(
        [{"drawn": row["drawn"], "continuation": " ".join(row["text"].split())} for row in rows],
        caption=f"Continuations of “{rows[0]['prompt']}” by one model (seed {result.seeds[0]}). "
        "Not chosen: the first held-out document that is long enough.",
    )


def at_full_scale(result: Record) -> TableView:
    """Quick beside full, or the command that makes the full record."""
    return figures.beside_full(
        result,
        {
            "Transformer, bits per character": "transformer.bits",
            "byte n-gram, all text": "ngram.bits",
            "Transformer minus n-gram, all text": "transformer.minus-ngram",
            "Transformer minus n-gram, same amount": "transformer.minus-same-text",
            "Transformer minus token pairs, same amount": "transformer.minus-pairs-same-text",
            "shuffled text minus frequencies": "shuffled.minus-frequency",
            "known words at temperature 1": "plain.known",
            "parameters": lambda one: figures.written(one["transformer.parameters"], ",.0f"),
            "speed": lambda one: f"{one.value('speed.tokens'):,.0f} {one['speed.tokens'].unit}",
            "share of the matrix-product ceiling": "speed.share",
        },
        caption="95 % intervals over documents.",
    )


def full_texts() -> TableView:
    """What the model of the full record writes, or that it has written nothing yet."""
    full = figures.full_record(NAME)
    if full:
        return texts(full)
    return figures.table(
        [{"drawn": "all settings", "continuation": "open: the full record has not been made"}],
        caption=f"Whether the larger model writes readable text is open until it is trained: "
        f"lablib run {NAME} --scale full --save",
    )
