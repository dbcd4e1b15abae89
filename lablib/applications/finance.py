"""Experiment: one credit decision under every intervention, and all that each of them changes.

For each seed 30,000 accounts are split anew; models are fitted to training rows, calibrated and cut
on validation rows, and measured on test rows: an interventions x properties matrix. Beside it a
monitor of news sentiment, whose false alarms and delay are counted on streams drawn by lot.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field

from tqdm import tqdm

from lablib import record
from lablib.applications.credit import accounts, reasons
from lablib.applications.credit.measures import decider, group_properties, properties
from lablib.applications.credit.models import Recipe, fitted, one_answer
from lablib.applications.news.stream import articles
from lablib.applications.news.study import Plan, one_split
from lablib.data import Splits, card
from lablib.evaluation import Estimate, over_splits

NAME = "applications/finance"
TEST_OVER_TRAIN = 1 / 3
HELD_OVER_REST = 3 / 7  # articles to measure on, over those to learn from and set the alarm with
# An intervention, and the row without it.
BESIDE = {
    "thresholds-sex": "boosted",
    "thresholds-age": "boosted",
    "network": "boosted",
    "private": "network",
    "hardened": "network",
    "int8": "network",
}
COMPARED = ("auc", "cost", "dpd-sex", "eod-sex", "eod-age", "turned")


@dataclass(frozen=True)
class Config:
    """Settings of a run.

    - seeds: a split of the accounts and a set of fits each; at least two.
    - rows: accounts that are used; 0 takes all 30,000.
    - ratio: price of an accepted default, in refused payers.
    - moved_rows: test rows that small changes are tried on.
    - explained_rows: refusals whose reasons are tested.
    - recipe: how models are fitted.
    - news_seeds: splits of the articles; none leaves the monitor out.
    - plan: how streams are drawn.
    """

    seeds: tuple[int, ...] = (0, 1, 2, 3, 4)
    rows: int = 0
    ratio: float = 3.0
    moved_rows: int = 600
    explained_rows: int = 100
    recipe: Recipe = field(default_factory=Recipe)
    news_seeds: tuple[int, ...] = tuple(range(10))
    plan: Plan = field(default_factory=Plan)


CONFIGS = {
    "quick": Config(),
    "full": Config(
        seeds=tuple(range(20)), moved_rows=6_000, explained_rows=500,
        news_seeds=tuple(range(40)), plan=Plan(streams=2_000),
    ),
}  # fmt: skip

ACCEPTANCE: dict[str, dict[str, tuple[float, float]]] = {"quick": {}, "full": {}}

CARD = {
    "intended_use": (
        "Teaching: to see on one real table what each intervention of this course changes, in all "
        "columns at once and with intervals, before anybody speaks of a trustworthy model."
    ),
    "not_for": (
        "Decisions about people. Setting or refusing a credit limit; a claim that any row of the "
        "matrix is fair, private or robust as such; a forecast of markets from news."
    ),
    "affected": (
        "People who hold or ask for a card. Refused by mistake they lose credit or pay more, and "
        "most could not show it; people with a thin or irregular record are hit first. People and "
        "firms that are written about, if a monitor moves money because of a turn of phrase."
    ),
    "limits": (
        "Accounts of one bank in Taiwan in 2005, of people who had a card already: nothing is "
        "known about those who were refused, and nothing about another year. The price of errors, "
        "the range of small changes and all limits are choices of this course. The private "
        "guarantee covers the training rows, not the rows that calibrate and set the threshold. "
        "The news articles have no dates, so streams are drawn by lot."
    ),
}


def run(config: Config, *, scale: str = "quick", progress: bool = False) -> record.Record:
    """Run every split and return the record.

    Metrics are `<row>.<property>`, for the interventions of `BESIDE` also `<property>-change`
    against the row beside it, paired by split; `saved` is the cost of the best single answer less
    that of the row. `news-<score>.<quantity>` are those of the monitor. Intervals: `over_splits`.
    """
    if len(config.seeds) < 2:
        raise ValueError(f"seeds is {config.seeds}; an interval over splits needs at least two")
    data = accounts.table()
    names = ("credit-default", *(("news-sentences",) if config.news_seeds else ()))
    recorder = record.start(
        NAME, scale=scale, config=asdict(config), seeds=config.seeds,
        data={name: card(name).file_sha256 for name in names},
    )  # fmt: skip
    bar = tqdm(
        total=len(config.seeds) + len(config.news_seeds),
        disable=None if progress else True, desc="splits",
    )  # fmt: skip
    values: dict[str, list[float]] = defaultdict(list)
    for seed in config.seeds:
        parts = accounts.parts(data, seed=seed, rows=config.rows or None)
        for name, value in one_matrix(parts, seed=seed, config=config).items():
            values[name].append(value)
        bar.update()
    pooled = _pooled(values, TEST_OVER_TRAIN)
    news: dict[str, list[float]] = defaultdict(list)
    text = articles() if config.news_seeds else None
    for seed in config.news_seeds:
        if text is not None:
            for name, value in one_split(text, seed=seed, plan=config.plan).items():
                news[f"news-{name}"].append(value)
        bar.update()
    bar.close()
    for name, estimate in (pooled | _pooled(news, HELD_OVER_REST)).items():
        recorder.metric(name, estimate.value, interval=estimate.interval, n=estimate.n)
    return recorder.finish(baseline="one-answer.cost", control="shuffled.auc")


def one_matrix(parts: Splits[accounts.Accounts], *, seed: int, config: Config) -> dict[str, float]:
    """All numbers of one split of the accounts, by `<row>.<property>`.

    Parameters
    ----------
    parts : Splits of Accounts
        From `accounts.parts`.
    seed, config
        Of the run.
    """
    found: dict[str, dict[str, float]] = {}
    ratio = config.ratio
    models = {"one-answer": one_answer(parts.train)}
    models |= dict(fitted(parts, seed=seed, recipe=config.recipe))
    for name, model in models.items():
        rule = decider(model, parts.validation, ratio=ratio)
        # Whoever accepts nearly all has hardly a decision to turn.
        moved = 0 if name == "shuffled" else config.moved_rows
        found[name] = properties(
            rule, parts, ratio=ratio, share=config.recipe.share, rows=moved, seed=seed
        )
        if name == "boosted":
            for group in accounts.GROUPS:
                found[f"thresholds-{group}"] = group_properties(
                    rule, parts, ratio=ratio, group=group, seed=seed
                )
            found["reasons"] = reasons.tested(
                rule, parts.train, parts.test, rows=config.explained_rows, seed=seed
            )
    _compare(found)
    return {f"{row}.{name}": value for row, line in found.items() for name, value in line.items()}


def _compare(found: dict[str, dict[str, float]]) -> None:
    """Add what was saved, and the changes against the row beside each intervention."""
    for row, line in found.items():
        if "cost" in line and row != "one-answer":
            line["saved"] = found["one-answer"]["cost"] - line["cost"]
    for row, plain in BESIDE.items():
        changes = {
            f"{name}-change": found[row][name] - found[plain][name]
            for name in COMPARED
            if name in found[row]
        }
        found[row] |= changes


def _pooled(values: Mapping[str, Sequence[float]], overlap: float) -> dict[str, Estimate]:
    return {name: over_splits(found, test_over_train=overlap) for name, found in values.items()}
