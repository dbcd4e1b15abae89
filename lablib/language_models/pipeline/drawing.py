"""The figures of the page on text data, each drawn from a record alone."""

from __future__ import annotations

from lablib import figures
from lablib.figures import COLORS, FigureView, TableView
from lablib.language_models.text_data import NAME
from lablib.record import Metric, Record

MODELS = {
    "linear": "linear classifier",
    "smooth": "naive Bayes, smooth",
    "sharp": "naive Bayes, sharp",
    "lookup": "look-up of the line",
}

PIPELINE = """
digraph {
  rankdir=LR; node [shape=box];
  texts [label="texts"]; clean [label="normalise,\\ndrop unusable"];
  groups [label="find copies,\\nlabel groups"]; split [label="split\\nby group"];
  train [label="training"]; test [label="validation,\\ntest"];
  fit [label="augment,\\nvocabulary, fit"]; score [label="score"];
  texts -> clean -> groups -> split; split -> train; split -> test;
  train -> fit -> score; test -> score;
}
"""


def pipeline() -> FigureView:
    """The order of the steps: whatever learns from texts comes after the split."""
    return figures.diagram(
        PIPELINE,
        alt="Texts are normalised, then grouped by copies, then split by group; augmentation, "
        "vocabulary and fitting come after the split and use the training part alone.",
        caption="Order of a text pipeline. Everything that learns or multiplies texts stands to "
        "the right of the split and touches the training part only.",
    )


def copies(result: Record) -> TableView:
    """How many texts are different, by ever more tolerant ways of comparing."""
    ways = {
        "distinct.lines": "the lines themselves",
        "distinct.normalised": "after normalising",
        "distinct.letters": "letters and digits only",
        "distinct.groups": f"near-duplicates, similarity {result.config['threshold']} or more",
    }
    rows = [
        {
            "compared by": label,
            "different texts": f"{result.value(name):,.0f}",
            "share of lines": f"{result.value(name) / result.value('rows'):.1%}",
        }
        for name, label in ways.items()
    ]
    return figures.table(
        rows, caption=f"Different texts among {result.value('rows'):,.0f} Chinese reviews."
    )


def two_tests(result: Record, *, reveal: str | None = None) -> FigureView:
    """Each model on both test parts, with the control and the baseline."""
    fig, ax = figures.new(width=6.0, height=3.6)
    names = [*MODELS, "random"]
    for position, name in enumerate(reversed(names)):
        colors = ("gray", "gray") if name == "random" else ("red", "blue")
        pair = [
            (f"{name}.leaky", COLORS[colors[0]], "none"),
            (f"{name}.fresh", COLORS[colors[1]], COLORS[colors[1]]),
        ]
        for metric, color, fill in pair:
            value, low, high = _ends(result[metric])
            ax.plot([low, high], [position] * 2, color=color)
            ax.plot([value], [position], "o", color=color, mfc=fill)
    labels = [*MODELS.values(), "linear, random groups"]
    ax.set_yticks(range(len(labels)), list(reversed(labels)))
    top = len(labels) - 1
    for metric, text, color in (("leaky", "lines", "red"), ("fresh", "groups", "blue")):
        ax.annotate(
            text, (result.value(f"linear.{metric}"), top), xytext=(0, 8), ha="center",
            textcoords="offset points", color=COLORS[color], fontsize=10,
        )  # fmt: skip
    figures.reference(ax, result.value("majority.fresh"), "majority class", axis="x")
    ax.set_ylim(-0.6, top + 0.7)
    ax.set_xlim(0.5, 1.0)
    ax.set_xlabel("accuracy on the test part")
    linear = [result.value(f"linear.{part}") for part in ("leaky", "fresh")]
    return figures.show(
        fig,
        alt=f"The linear classifier scores {linear[0]:.2f} on a test part split by lines and "
        f"{linear[1]:.2f} on one split by groups; a look-up of training lines falls from "
        f"{result.value('lookup.leaky'):.2f} to the majority class; with random groups nothing "
        "falls.",
        caption=f"Accuracy of models fitted once and scored twice: open circles, test lines split "
        f"at random; full circles, test groups without a copy in training; gray, the control with "
        f"random groups. Mean and 95 % interval over {len(result.seeds)} splits, about "
        f"{result.value('rows') / 5:,.0f} test lines each.",
        reveal=reveal,
    )


def choice(result: Record) -> FigureView:
    """Sharp minus smooth naive Bayes on both test parts: the sign turns."""
    fig, ax = figures.new(height=2.3)
    metrics = [result[f"choice.{part}"] for part in ("leaky", "fresh")]
    figures.points(
        ax,
        ["split by lines", "split by groups"],
        [m.value for m in metrics],
        [m.interval for m in metrics],
    )
    figures.reference(ax, 0.0, "equal", axis="x")
    ax.set_xlabel("accuracy: sharp minus smooth")
    return figures.show(
        fig,
        alt=f"Split by lines, the sharp model looks better by {metrics[0].value:.3f}; split by "
        f"groups it is worse by {-metrics[1].value:.3f}.",
        caption=f"Two naive Bayes models compared on two test parts; mean difference and 95 % "
        f"interval over {len(result.seeds)} splits.",
    )


def augmentation(result: Record, *, reveal: str | None = None) -> FigureView:
    """Gain of each way to augment over plain training, beside unchanged repetition."""
    labels = result.config["label_counts"][0]
    rows = [row for row in result.tables["augmentation"] if row["labels"] == labels]
    names = {"repeat": "repeated unchanged\n(control)", "swap": "words swapped"}
    names |= {"synonyms": "synonyms", "deletion": "words deleted"}
    fig, ax = figures.new(height=2.9)
    metrics = [result[f"{row['way']}.difference"] for row in rows]
    figures.points(
        ax,
        [names[row["way"]] for row in rows],
        [m.value for m in metrics],
        [m.interval for m in metrics],
    )
    figures.reference(ax, 0.0, "plain", axis="x")
    ax.set_xticks([-0.005, 0, 0.005, 0.01])
    ax.set_xlabel("accuracy minus plain training")
    by_way = {row["way"]: row["value"] for row in rows}
    return figures.show(
        fig,
        alt=f"Synonyms change the accuracy by {by_way['synonyms']:+.3f}, deletion by "
        f"{by_way['deletion']:+.3f}, swaps by {by_way['swap']:+.3f}; repeating the texts unchanged "
        f"changes it by {by_way['repeat']:+.3f}.",
        caption=f"Movie reviews, {labels} training texts, each with {result.config['copies']} "
        f"changed versions; mean difference and 95 % interval over "
        f"{len(result.config['augmentation_seeds'])} splits.",
        reveal=reveal,
    )


def at_full_scale(result: Record) -> TableView:
    """Quick beside full: the same quantities, or the command that makes them."""
    full = figures.full_record(NAME)
    more = f", {len(full.config['augmentation_seeds'])} in full" if full else ""
    return figures.beside_full(
        result,
        {
            "linear: split by lines minus split by groups": "linear.gap",
            "the same with random groups (control)": "random.gap",
            "sharp minus smooth, split by lines": "choice.leaky",
            "sharp minus smooth, split by groups": "choice.fresh",
            "normalising, split by groups": "normalise.difference",
            "synonyms minus repetition": "synonyms.over-repeat",
            "swaps minus repetition": "swap.over-repeat",
        },
        caption="Mean difference and 95 % interval over splits, one a seed; the last two over "
        f"{len(result.config['augmentation_seeds'])} seeds on this page{more}.",
        heading="difference in accuracy",
        form="+.4f",
    )


def _ends(metric: Metric) -> tuple[float, float, float]:
    ends = metric.interval
    return metric.value, ends.low if ends else metric.value, ends.high if ends else metric.value
