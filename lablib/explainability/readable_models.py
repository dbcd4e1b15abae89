"""Experiment: what does it cost to use a credit model that can be read, and to trust a stand-in?

For each seed the table is split anew. Every model is fitted on the same training rows and scored
on the same test rows, so differences to boosted trees are paired. Then trees are distilled from the
neural scorer and their agreement is measured on held-out rows and on accounts unlike the ones they
were fitted on. Controls: shuffled labels for two models, permuted scores for the surrogate.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from tqdm import tqdm

from lablib import record
from lablib.evaluation import Estimate, over_splits
from lablib.explainability import credit
from lablib.explainability.readable.comparison import GRIDS, SeedResult, one_split

NAME = "explainability/readable-models"
FIDELITY = ("agreement", "constant", "gain", "r2")


@dataclass(frozen=True)
class Config:
    """Settings of a run.

    - seeds: one split and one set of models each; at least two.
    - train_rows: training rows kept of a split; None keeps all.
    - tree_leaves, list_lengths, surrogate_leaves: sizes to try; a tree starts at 2 leaves.
    - reported_leaves: the surrogate whose fidelity under shift becomes a metric, and the size of
      the permuted control.
    - ebm_bags, ebm_interactions: explainable boosting machine, see `additive.fit_ebm`.
    - hidden, dropout, epochs, device: the neural scorer, see `scorers.fit_neural`.
    """

    seeds: tuple[int, ...] = (0, 1, 2, 3, 4)
    train_rows: int | None = None
    tree_leaves: tuple[int, ...] = (2, 4, 8, 16, 32, 64)
    list_lengths: tuple[int, ...] = (1, 2, 4, 8, 16)
    surrogate_leaves: tuple[int, ...] = (2, 4, 8, 16, 32, 64)
    reported_leaves: int = 16
    ebm_bags: int = 2
    ebm_interactions: int | float | str = 0
    hidden: tuple[int, ...] = (64, 64)
    dropout: float = 0.1
    epochs: int = 8
    device: str = "cpu"


CONFIGS = {
    "quick": Config(),
    "full": Config(
        seeds=tuple(range(20)), train_rows=None, ebm_bags=14, ebm_interactions="3x",
        hidden=(256, 256, 256), dropout=0.2, epochs=40, device="auto",
    ),
}  # fmt: skip

ACCEPTANCE = {
    "quick": {
        "boosted.auc": (0.765, 0.795),
        "ebm.auc": (0.76, 0.795),
        "neural.auc": (0.755, 0.795),
        "tree-8.auc": (0.73, 0.77),
        "shuffled-tree.auc": (0.46, 0.54),
        "shuffled-boosted.auc": (0.46, 0.54),
        "surrogate-16.r2": (0.75, 0.92),
        "surrogate-16.permuted.gain": (-0.15, 0.05),
    },
    "full": {
        "boosted.auc": (0.77, 0.79),
        "ebm.auc": (0.77, 0.79),
        "neural.auc": (0.765, 0.79),
        "tree-8.auc": (0.735, 0.765),
        "shuffled-tree.auc": (0.48, 0.52),
        "shuffled-boosted.auc": (0.48, 0.52),
        "surrogate-16.r2": (0.75, 0.92),
        "surrogate-16.permuted.gain": (-0.1, 0.05),
    },
}

CARD = {
    "intended_use": (
        "Teaching: to compare what readable and unreadable scores cost on one public table of "
        "credit card accounts, and to practise reading a refusal as a rule."
    ),
    "not_for": (
        "Decisions about real people, in credit or elsewhere; scoring accounts of another bank, "
        "country or year; giving a surrogate's rules to a person as the reasons of their refusal."
    ),
    "affected": (
        "Card holders whose limit, price or further credit would follow the score. A wrong "
        "refusal hits people with low limits most: they are refused most often, and there the "
        "surrogate and the model it explains disagree most."
    ),
    "limits": (
        "One bank in Taiwan in 2005, during a card debt crisis; only people who already held a "
        "card. Repayment codes 0 and -2 are undocumented. Sex, age, marital status and education "
        "are not features, but limits and payment patterns are proxies for them, and no group "
        "error is measured here. Associations only: changing a feature need not change the risk."
    ),
}


def run(config: Config, *, scale: str = "quick", progress: bool = False) -> record.Record:
    """Run every seed and return the record.

    Metrics are `<model>.<quantity>`; tables are `models`, `fidelity` and `curves`. Intervals are
    `splits.over_splits`, at 95 %.
    """
    if len(config.seeds) < 2:
        raise ValueError(f"seeds is {config.seeds}; an interval over splits needs at least two")
    data = credit.table()
    recorder = record.start(
        NAME, scale=scale, config=asdict(config), seeds=config.seeds,
        data={data.name: data.card.file_sha256},
    )  # fmt: skip
    results = []
    for seed in tqdm(config.seeds, disable=not progress, desc=NAME):
        parts = credit.parts(data, seed=seed, train_rows=config.train_rows)
        results.append(one_split(parts, seed, config))
    _record_models(recorder, results)
    _record_fidelity(recorder, results, config)
    _record_curves(recorder, results)
    return recorder.finish(baseline="majority.auc", control="shuffled-boosted.auc")


def _over(results: Sequence[SeedResult], values: Sequence[float]) -> Estimate:
    return over_splits(values, test_over_train=results[0].test_over_train)


def _record_models(recorder: record.Recorder, results: Sequence[SeedResult]) -> None:
    for name in results[0].metrics:
        values = [result.metrics[name] for result in results]
        if name.endswith(".size"):
            recorder.metric(name, sum(values) / len(values), n=len(values))
        else:
            recorder.estimate(name, _over(results, values))
    names = [name.removesuffix(".size") for name in recorder.metrics if name.endswith(".size")]
    rows = []
    for model in names:
        auc = recorder.metrics[f"{model}.auc"]
        rows.append(
            {"model": model, "family": model.split("-")[0], **_row(auc.value, auc.interval)}
            | {"size": recorder.metrics[f"{model}.size"].value}
        )
    recorder.table("models", rows)


def _record_fidelity(
    recorder: record.Recorder, results: Sequence[SeedResult], config: Config
) -> None:
    rows = []
    for place, leaves in results[0].fidelity:
        row: dict[str, Any] = {"place": place, "leaves": leaves}
        row["n"] = results[0].fidelity[place, leaves].n
        for quantity in FIDELITY:
            values = [getattr(r.fidelity[place, leaves], quantity) for r in results]
            estimate = _over(results, values)
            row[quantity] = estimate.value
            row[f"{quantity}.low"] = estimate.interval.low
            row[f"{quantity}.high"] = estimate.interval.high
            if place == "held-out" or leaves == config.reported_leaves:
                middle = "" if place == "held-out" else f"{place}."
                recorder.estimate(f"surrogate-{leaves}.{middle}{quantity}", estimate)
        rows.append(row)
    recorder.table("fidelity", rows)


def _record_curves(recorder: record.Recorder, results: Sequence[SeedResult]) -> None:
    rows = []
    for model, column in results[0].curves:
        for position, x in enumerate(GRIDS[column]):
            values = [float(result.curves[model, column][position]) for result in results]
            estimate = _over(results, values)
            rows.append({"model": model, "column": column, "x": x}
                        | _row(estimate.value, estimate.interval))  # fmt: skip
    recorder.table("curves", rows)


def _row(value: float, interval: Any) -> dict[str, float]:
    return {"value": value, "low": interval.low, "high": interval.high}
