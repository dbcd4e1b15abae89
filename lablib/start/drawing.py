"""The figures of the opening page, each drawn from a record alone."""

from __future__ import annotations

from typing import Any

from lablib import figures
from lablib.evaluation import clopper_pearson
from lablib.figures import COLORS, ExploreView, FigureView, Mark, Prediction, Setting, TableView
from lablib.record import Record

SIZES = (50, 100, 200, 400, 800, 1600, 3200, 6400, 12800)


def single_runs(result: Record) -> FigureView:
    """The exact interval of each listed run, the long-run accuracy and the baseline."""
    runs = result.tables["runs"]
    truth, baseline = result.value("logistic.accuracy"), result.value("majority.accuracy")
    rows = result.config["test_rows"]
    missed = sum(not run["low"] <= truth <= run["high"] for run in runs)
    held = sum(run["low"] <= baseline <= run["high"] for run in runs)
    fig, ax = figures.new(height=3.6)
    for position, run in enumerate(runs):
        open_dot = run["low"] <= baseline <= run["high"]
        color = COLORS["orange"] if open_dot else COLORS["blue"]
        ax.plot([position] * 2, [run["low"], run["high"]], color=color)
        ax.plot([position], [run["value"]], "o", color=color, mfc="none" if open_dot else color)
    figures.reference(ax, truth, "long-run accuracy")
    figures.reference(ax, baseline, "majority class", color=COLORS["red"])
    ax.set_xlim(-0.8, len(runs) + 6.5)
    ax.set_xticks(range(0, len(runs), 5), [str(run["seed"]) for run in runs[::5]])
    ax.set_xlabel("seed")
    ax.set_ylabel(f"accuracy on {rows} test rows")
    return figures.show(
        fig,
        alt=f"Of {len(runs)} single runs, {missed} have an interval that misses the long-run "
        f"accuracy and {held} have one that still holds the accuracy of the majority class.",
        caption=f"Logistic regression: accuracy and exact 95 % interval of {len(runs)} single "
        f"runs, n = {rows} test rows each. Open orange dots: the interval holds the majority "
        f"class. Long-run accuracy: mean of {len(result.seeds)} seeds.",
    )


def spread(result: Record) -> FigureView:
    """Measured standard deviation over seeds against the binomial formula, by test size."""
    rows = result.tables["spread"]
    sizes = [row["rows"] for row in rows]
    fig, ax = figures.new()
    ax.plot(sizes, [row["formula"] for row in rows], "--", color=COLORS["gray"])
    _label(ax, sizes[-1], rows[-1]["formula"], "formula")
    _band(ax, rows, "rows", label="measured", color=COLORS["blue"])
    ax.set_xscale("log", base=2)
    ax.set_xticks(sizes, [str(size) for size in sizes])
    ax.set_ylim(0, None)
    ax.set_xlabel("test rows")
    ax.set_ylabel("sd of accuracy over seeds")
    first, last = rows[0], rows[-1]
    return figures.show(
        fig,
        alt=f"The standard deviation of accuracy over seeds falls from {first['value']:.3f} at "
        f"{sizes[0]} test rows to {last['value']:.3f} at {sizes[-1]}, near the binomial formula "
        "and a little below it for the larger sizes.",
        caption=f"Logistic regression, {len(result.seeds)} seeds; band: 95 % bootstrap interval "
        "over seeds. Dashed: sqrt(p(1-p)/N).",
    )


def rows_and_width(result: Record) -> ExploreView:
    """The exact interval around the long-run accuracy, by the number of test rows.

    Parameters
    ----------
    result : Record
        Gives the accuracy, the baseline, and the size from which the question starts.
    """
    p, baseline = result.value("logistic.accuracy"), result.value("majority.accuracy")
    start = result.config["test_rows"]
    sizes = sorted({*SIZES, start})
    ends = {n: clopper_pearson(round(p * n), n) for n in sizes}
    offered = [round(1.5 * start), 2 * start, 4 * start, 16 * start]
    wide = {n: width(result, n) for n in (*sizes, *offered)}
    fig, ax = figures.new(width=4.4, height=3.1)
    ax.plot(sizes, [ends[n].low for n in sizes], color=COLORS["gray"], linewidth=1)
    ax.plot(sizes, [ends[n].high for n in sizes], color=COLORS["gray"], linewidth=1)
    figures.reference(ax, baseline, "majority class", color=COLORS["red"])
    ax.set_xscale("log", base=2)
    ax.set_xticks(sizes[::2], [f"{n:,}" for n in sizes[::2]])
    ax.set(xlim=(sizes[0] / 1.3, sizes[-1] * 1.3), xlabel="test rows", ylabel="accuracy")
    ax.set_ylim(ends[sizes[0]].low - 0.02, ends[sizes[0]].high + 0.02)
    near = min(offered, key=lambda n: abs(wide[n] - wide[start] / 2))
    enough = next((n for n in sizes if ends[n].low > baseline), None)
    return figures.explore(
        fig,
        [
            Setting(
                f"{n:,}",
                [Mark([n], [round(p * n) / n], low=[ends[n].low], high=[ends[n].high])],
                {
                    "interval": f"{ends[n].low:.3f} to {ends[n].high:.3f}",
                    "width": f"{wide[n]:.1f} points",
                    "holds the majority class": "yes" if ends[n].low <= baseline else "no",
                },
            )
            for n in sizes
        ],
        control="test rows",
        default=sizes.index(start),
        predict=Prediction(
            f"With {start} test rows the interval is {wide[start]:.1f} points wide. How many rows "
            "does one of half that width take?",
            f"{near:,}, for a width of {wide[near]:.1f} points: half the width takes "
            f"{near / start:.0f} times the rows. "
            + (
                f"From {enough:,} rows on, it no longer holds the majority class." if enough else ""
            ),
            choices=[f"{n:,}" for n in offered],
            right=f"{near:,}",
        ),
        alt=f"The exact interval around an accuracy of {p:.3f} is {wide[sizes[0]]:.0f} points wide "
        f"with {sizes[0]} test rows, {wide[start]:.0f} with {start} and {wide[sizes[-1]]:.1f} "
        f"with {sizes[-1]:,}.",
        caption=f"Exact 95 % interval if the share of right rows is the long-run accuracy, {p:.3f} "
        f"(logistic regression, {len(result.seeds)} seeds). Gray: its ends at "
        "all sizes; the table itself has fewer rows than the larger ones.",
    )


def width(result: Record, rows: int) -> float:
    """Width, in points, of the exact interval around the long-run accuracy with `rows` test rows.

    Parameters
    ----------
    result : Record
        Gives the accuracy of the logistic regression.
    rows : int
        At least 1.
    """
    ends = clopper_pearson(round(result.value("logistic.accuracy") * rows), rows)
    return 100 * (ends.high - ends.low)


def wrong_winner(result: Record, *, reveal: str | None = None) -> FigureView:
    """How often the higher mean over k seeds names the model that is worse in the long run."""
    rows = result.tables["wrong"]
    fig, ax = figures.new()
    _band(ax, rows, "seeds", label="higher mean wins", color=COLORS["blue"])
    figures.reference(ax, 0.5, "tossing a coin")
    _seed_axis(ax, rows)
    ax.set_ylim(-0.02, 0.58)
    ax.set_ylabel("wrong winner")
    return figures.show(
        fig,
        alt=f"With one seed the higher accuracy belongs to the wrong model in "
        f"{rows[0]['value']:.0%} of comparisons; with {rows[-1]['seeds']} seeds in "
        f"{rows[-1]['value']:.0%}.",
        caption=f"Logistic regression against a small forest, {result.config['test_rows']} test "
        f"rows. From {rows[0]['n']} comparisons of one seed to {rows[-1]['n']} of "
        f"{rows[-1]['seeds']}; bands: exact 95 % intervals.",
        reveal=reveal,
    )


def rules(result: Record) -> FigureView:
    """What two rules declare on two copies of one model, and what caution costs elsewhere."""
    rows = result.tables["rules"]
    kinds = (
        ("copies", "higher wins", "copies: higher mean wins", COLORS["red"]),
        ("models", "interval", "two models: interval", COLORS["blue"]),
        ("copies", "interval", "copies: interval", COLORS["green"]),
    )
    fig, ax = figures.new(width=6.0, height=3.6)
    lines = []
    for pair, rule, label, color in kinds:
        line = [row for row in rows if (row["pair"], row["rule"]) == (pair, rule)]
        _band(ax, line, "seeds", label=label, color=color)
        lines.append(line)
    ax.axhline(0.05, color=COLORS["gray"], linestyle="--", linewidth=1.2)
    _seed_axis(ax, lines[0])
    ax.set_ylim(-0.03, 1.03)
    ax.set_ylabel("a winner is declared")
    loud, found, quiet = lines
    return figures.show(
        fig,
        alt=f"Between two copies of one model the higher mean declares a winner in at least "
        f"{min(row['value'] for row in loud):.0%} of comparisons, the interval rule in at most "
        f"{max(row['value'] for row in quiet):.0%}. Between two different models the interval "
        f"rule finds the better one in {found[0]['value']:.0%} with one seed and in "
        f"{found[-1]['value']:.0%} with {found[-1]['seeds']}.",
        caption=f"Share of comparisons that declare a winner, {result.config['test_rows']} test "
        f"rows, {len(result.seeds)} seeds in disjoint groups; bands: exact 95 % intervals; "
        "dashed: 5 %. For two models only right winners count. Interval rule: bootstrap over "
        "test rows with one seed, Student interval over seeds with more.",
    )


def at_full_scale(result: Record) -> TableView:
    """Quick beside full: the same shares with their intervals, or the command that makes them."""
    return figures.beside_full(
        result,
        {
            "wrong winner, 1 seed": "wrong.1",
            "wrong winner, 5 seeds": "wrong.5",
            "wrong winner, 20 seeds": "wrong.20",
            "copies: interval over rows finds a winner": "copies.interval.1",
            "copies: interval over 5 seeds finds a winner": "copies.interval.5",
            "interval over 20 seeds finds the better model": "interval.right.20",
            "exact interval holds the long-run accuracy": "coverage.exact",
        },
        caption="Share with its exact 95 % interval.",
        heading="share of comparisons or runs",
    )


def _band(ax: Any, rows: list[dict[str, Any]], x: str, *, label: str, color: str) -> None:
    columns = {key: [float(row[key]) for row in rows] for key in (x, "value", "low", "high")}
    figures.band(
        ax, columns[x], columns["value"], columns["low"], columns["high"], label=label, color=color
    )


def _label(ax: Any, x: float, y: float, text: str) -> None:
    ax.annotate(
        text, (x, y), xytext=(6, 4), textcoords="offset points", fontsize=10, color=figures.TEXT,
        annotation_clip=False,
    )  # fmt: skip


def _seed_axis(ax: Any, rows: list[dict[str, Any]]) -> None:
    sizes = [row["seeds"] for row in rows]
    ax.set_xscale("log", base=2)
    ax.set_xticks(sizes, [str(size) for size in sizes])
    ax.set_xlabel("seeds in one comparison")
