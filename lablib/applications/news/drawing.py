"""Figures of the news monitor."""

from __future__ import annotations

from lablib import figures
from lablib.applications.news.monitor import Monitor, with_change
from lablib.applications.news.study import WORSE, Scored
from lablib.evaluation.intervals import Interval
from lablib.figures import COLORS, FigureView
from lablib.record import Record

LINES = {
    "raters": ("raters", "green"),
    "words": ("words", "blue"),
    "lot": ("by lot", "red"),
}


def one_stream(rule: Monitor, scores: Scored, *, at: int, length: int, seed: int) -> FigureView:
    """The sum along one stream with a change, and along the same stream without it.

    Parameters
    ----------
    rule : Monitor
        With its limit.
    scores : Scored
        Of held-out articles.
    at, length, seed : int
        Where the change begins, items, and the seed of the stream.
    """
    fig, ax = figures.new(width=5.4, height=3.2)
    first = {}
    for share, color, label in ((0.0, "gray", "no change"), (1.0, "orange", "with a change")):
        stream = with_change(scores.held, scores.worse[0], at=at, share=share, length=length,
                             streams=1, seed=seed)  # fmt: skip
        ax.plot(range(1, length + 1), rule.sums(stream)[0], color=COLORS[color], label=label)
        first[share] = int(rule.first_alarm(stream)[0]) + 1
    figures.reference(ax, rule.limit, "alarm")
    figures.reference(ax, at, "change", axis="x")
    ax.set_xlabel("article of the stream")
    ax.set_ylabel("sum of drops")
    ax.set_ylim(0, max(ax.get_ylim()[1], 1.5 * rule.limit))  # room for the legend above the line
    ax.legend(labelcolor=figures.TEXT, frameon=False, loc="upper left")
    alarm = f"at article {first[1.0]}" if first[1.0] <= length else "not within the stream"
    return figures.show(
        fig,
        alt=f"With a change after article {at} the sum rises and the alarm comes {alarm}; without "
        "it the same stream stays lower.",
        caption=f"One stream of {length} held-out articles, seed {seed}. After the change all "
        f"articles are from the {100 * WORSE:.0f} % that raters found most negative.",
    )


def found(result: Record, *, reveal: str | None = None) -> FigureView:
    """Share of streams with a first alarm after the change, against how large it is.

    Parameters
    ----------
    result : Record
        Of this experiment.
    reveal : str, optional
        A question that hides the figure.
    """
    shares = [0.0, *result.config["plan"]["shares"]]
    fig, ax = figures.new(width=5.6, height=3.6)
    for name, (label, color) in LINES.items():
        metrics = [result[f"news-{name}.found-{100 * share:.0f}"] for share in shares]
        ends = [metric.interval or Interval(metric.value, metric.value) for metric in metrics]
        figures.band(
            ax, [100 * share for share in shares], [metric.value for metric in metrics],
            [max(0.0, end.low) for end in ends], [min(1.0, end.high) for end in ends],
            label=label, color=COLORS[color],
        )  # fmt: skip
    ax.set_xlabel("after the change, % of articles from the worst fifth")
    ax.set_ylabel("streams with an alarm after it")
    ax.set_xlim(0, 118)
    ax.set_ylim(0, 1.02)
    plan = result.config["plan"]
    return figures.show(
        fig,
        alt="When all articles come from the worst fifth, the score of words raises an alarm in "
        f"{result.value('news-words.found-100'):.2f} of the streams, the raters' own scores in "
        f"{result.value('news-raters.found-100'):.2f}, and with a change by lot "
        f"{result.value('news-lot.found-100'):.2f}.",
        caption=f"Held-out articles, mean of {len(result.config['news_seeds'])} splits of 498, "
        f"{plan['streams']} streams of {plan['length']} articles each, change after {plan['at']}. "
        "95 % intervals, which allow for overlapping splits.",
        reveal=reveal,
    )
