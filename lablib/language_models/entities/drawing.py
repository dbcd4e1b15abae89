"""Figures of the entity page, each drawn from a record alone."""

from __future__ import annotations

from collections.abc import Sequence

from lablib import figures
from lablib.evaluation import Interval
from lablib.figures import COLORS, FigureView, TableView
from lablib.record import Record

LABELS = {
    "shuffled": "control: shuffled tags",
    "outside": "says only O",
    "dictionary": "dictionary",
    "linear": "linear, hand features",
    "encoder": "fine-tuned encoder",
}


def pieces(
    tokens: Sequence[str],
    words: Sequence[str],
    word_of_piece: Sequence[int | None],
    labels: Sequence[int],
    names: Sequence[str],
) -> TableView:
    """One line a piece: the word it belongs to, and the label it is trained on.

    Parameters
    ----------
    tokens, word_of_piece, labels
        T pieces, the position of each one's word or None, and its label or -100.
    words, names
        The words of the sentence and the tags that the labels number.
    """
    rows = [
        {
            "piece": token,
            "word": "none" if word is None else words[word],
            "label": "-100" if label < 0 else f"{label} ({names[label]})",
        }
        for token, word, label in zip(tokens, word_of_piece, labels, strict=True)
    ]
    return figures.table(rows, caption="Pieces of six words; -100 is not scored.")


def two_scores(result: Record, *, reveal: str | None = None) -> FigureView:
    """Every tagger under token micro-F1 and under entity F1, on one axis."""
    rows = result.tables["models"]
    found = {(row["model"], row["quantity"]): row for row in rows}
    fig, ax = figures.new(height=3.3)
    for height, model in zip(range(len(LABELS), 0, -1), LABELS, strict=True):
        for quantity, mark, color in (("token-f1", "s", "gray"), ("f1", "o", "blue")):
            row = found[model, quantity]
            ax.plot([row["low"], row["high"]], [height] * 2, color=COLORS[color])
            ax.plot([row["value"]], [height], mark, color=COLORS[color])
            ax.annotate(f"{row['value']:.2f}", (row["value"], height), xytext=(0, 6), ha="center",
                        textcoords="offset points", fontsize=9.5, color=figures.TEXT)  # fmt: skip
    top = len(LABELS) + 0.75
    for x, text in ((0.95, "over words"), (0.2, "over entities")):
        ax.text(x, top, text, ha="center", fontsize=10, color=figures.TEXT)
    ax.set_xlim(-0.05, 1.05)
    ax.set_ylim(0.4, top)
    ax.set_yticks(range(len(LABELS), 0, -1), list(LABELS.values()))
    ax.tick_params(axis="y", length=0)
    ax.set_xlabel("F1")
    low, high = (f(r["value"] for r in rows if r["quantity"] == "token-f1") for f in (min, max))
    encoder, linear = (result.value(f"{model}.f1") for model in ("encoder", "linear"))
    controls = min(result.config["controls"], len(result.seeds))
    return figures.show(
        fig,
        alt=f"Token micro-F1 puts all five taggers between {low:.2f} and {high:.2f}, also the "
        f"one that says only O and the control; entity F1 gives these two 0, the linear tagger "
        f"{linear:.2f} and the encoder {encoder:.2f}.",
        caption=f"Squares: micro-F1 over words, O counted. Dots: strict F1 over entities. Mean of "
        f"{len(result.seeds)} seeds with 95 % intervals; {result.value('test.sentences'):.0f} test "
        f"tweets each. Control: the encoder trained under tags of other tweets, {controls} "
        f"{'run' if controls == 1 else 'runs'}.",
        reveal=reveal,
    )


def types(result: Record) -> TableView:
    """Precision, recall and F1 of the encoder for each type, with the number of test entities."""
    found = {(row["type"], row["quantity"]): row for row in result.tables["types"]}
    kinds = sorted({kind for kind, _ in found})  # so that equal ones keep this order
    kinds.sort(key=lambda kind: -found[kind, "f1"]["value"])
    rows = []
    for kind in kinds:
        f1 = found[kind, "f1"]
        rows.append(
            {
                "type": kind,
                "precision": f"{found[kind, 'precision']['value']:.2f}",
                "recall": f"{found[kind, 'recall']['value']:.2f}",
                "F1": f"{f1['value']:.2f} [{f1['low']:.2f}, {f1['high']:.2f}]",
                "entities in test": f"{result.value(f'test.type.{kind}'):.0f}",
                "in training": f"{result.value(f'train.type.{kind}'):.0f}",
            }
        )
    trained = sum(result.value(f"train.type.{kind}") for kind in kinds)
    rows.append(
        {
            "type": "all (micro average)",
            "precision": f"{result.value('encoder.precision'):.2f}",
            "recall": f"{result.value('encoder.recall'):.2f}",
            "F1": figures.written(result["encoder.f1"], ".2f"),
            "entities in test": f"{result.value('test.entities'):.0f}",
            "in training": f"{trained:.0f}",
        }
    )
    return figures.table(
        rows,
        caption=f"The encoder by type: means of {len(result.seeds)} seeds; F1 with its 95 % "
        "interval, cut at 0 and 1; a type of which nothing is named counts as precision 0.",
    )


def seen(result: Record, *, reveal: str | None = None) -> FigureView:
    """Recall on entities that stood in the training tweets, and on new ones."""
    rows = result.tables["seen"]
    fig, ax = figures.new(height=2.9)
    order = [(part, model) for part in ("seen", "unseen")
             for model in ("dictionary", "linear", "encoder")]  # fmt: skip
    heights = (7, 6, 5, 3, 2, 1)
    for height, (part, model) in zip(heights, order, strict=True):
        row = next(r for r in rows if (r["part"], r["model"]) == (part, model))
        color = COLORS["orange" if part == "seen" else "blue"]
        ax.plot([row["low"], row["high"]], [height] * 2, color=color)
        ax.plot([row["value"]], [height], "o", color=color)
        ax.annotate(f"{row['value']:.2f}", (row["value"], height), xytext=(0, 5), ha="center",
                    textcoords="offset points", fontsize=9.5, color=figures.TEXT)  # fmt: skip
    names = {"seen": "in training", "unseen": "new"}
    ax.set_yticks(heights, [f"{names[part]}: {model}" for part, model in order])
    ax.tick_params(axis="y", length=0)
    ax.set_xlim(-0.04, 1.08)
    ax.set_ylim(0.3, 7.9)
    ax.set_xlabel("recall")
    dictionary, encoder = (result.value(f"{m}.unseen-recall") for m in ("dictionary", "encoder"))
    return figures.show(
        fig,
        alt=f"On entities of the training tweets the dictionary finds nearly all; on new ones it "
        f"finds {dictionary:.0%} and the encoder {encoder:.0%}.",
        caption=f"Recall on test entities whose words stood as an entity in the training tweets, "
        f"and on all others ({result.value('encoder.unseen-share'):.0%} of them). Mean of "
        f"{len(result.seeds)} seeds, 95 % intervals.",
        reveal=reveal,
    )


def names(result: Record) -> FigureView:
    """Recall of template names by list."""
    rows = result.tables["names"]
    fig, ax = figures.new(height=2.3)
    figures.points(
        ax,
        [f"list “{row['group']}”" for row in rows],
        [row["value"] for row in rows],
        [Interval(row["low"], row["high"]) for row in rows],
        decimals=2,
        baseline=("persons in tweets", result.value("encoder.type.person.recall")),
    )
    ax.set_xlim(-0.03, 1.0)
    ax.set_xlabel("names found, share")
    low, high = min(rows, key=lambda r: r["value"]), max(rows, key=lambda r: r["value"])
    return figures.show(
        fig,
        alt=f"Of the names of the list {high['group']} the encoder finds {high['value']:.0%}, of "
        f"the list {low['group']} {low['value']:.0%}.",
        caption=f"Share of names found as a person with both ends right: "
        f"{result.config['names']} names a list and seed in four sentences, mean of "
        f"{len(result.seeds)} seeds with 95 % intervals. Dashed: recall on persons in test tweets.",
    )


def at_full_scale(result: Record) -> TableView:
    """Quick beside full, or the command that makes the full record."""
    return figures.beside_full(
        result,
        {
            "entity F1, dictionary": "dictionary.f1",
            "entity F1, linear": "linear.f1",
            "entity F1, encoder": "encoder.f1",
            "encoder minus linear": "encoder.minus-linear",
            "recall on new entities, encoder": "encoder.unseen-recall",
            "entity F1, control": "shuffled.f1",
            "token micro-F1, control": "shuffled.token-f1",
        },
        caption="Mean and 95 % interval over seeds.",
    )
