"""Experiment: which attributions can be believed, measured against random ones?

For each seed: networks and trees are fitted, test rows are explained by each method, and features
are removed in its order (`gap`, 0 for random orders). Beside it: exact cases, completeness, planted
features, destroyed layers, disagreement, retraining without what was named, and recourse.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from tqdm import tqdm

from lablib import record
from lablib.evaluation import Estimate, over_splits
from lablib.explainability import credit
from lablib.explainability.attribution import checks, tasks

NAME = "explainability/attributions"
TEST_OVER_TRAIN = 1 / 3


@dataclass(frozen=True)
class Config:
    """Settings of a run.

    - seeds: a split and a set of models each; at least two.
    - train_rows: credit accounts to train on; None takes all of a split.
    - rows: credit accounts explained a seed; the planted table, trees and digits take half.
    - samples, steps: of the attribution methods; text takes half of the samples,
      and a quarter of the steps is enough where completeness is not held to a bar.
    - text_steps: points of integrated gradients on texts.
    - hidden, epochs, digit_epochs, trees, background: the models and the trees' absent values.
    - layers, texts, reviews, most_words: encoder blocks, reviews encoded, reviews explained a seed
      and their longest. `reviews=0` leaves text out.
    - retrain_rows: accounts of each part that new trees are fitted to and judged on.
    - recourse_rows: refused accounts that get recourse.
    - device: where the credit networks train; explanations are made on the processor.
    """

    seeds: tuple[int, ...] = (0, 1, 2, 3, 4)
    train_rows: int | None = None
    rows: int = 24
    samples: int = 100
    steps: int = 600
    text_steps: int = 24
    hidden: tuple[int, ...] = (64, 64)
    epochs: int = 6
    digit_epochs: int = 20
    trees: int = 60
    background: int = 16
    layers: int | None = 2
    texts: int | None = 800
    reviews: int = 5
    most_words: int = 10
    retrain_rows: int = 2500
    recourse_rows: int = 30
    device: str = "cpu"


CONFIGS = {
    "quick": Config(),
    "full": Config(
        seeds=tuple(range(10)), rows=200, samples=1000, steps=2000, text_steps=64,
        hidden=(128, 128), epochs=20, digit_epochs=40, trees=150, background=50, layers=None,
        texts=None, reviews=40, most_words=20, retrain_rows=6000, recourse_rows=400, device="auto",
    ),
}  # fmt: skip

ACCEPTANCE = {
    scale: {
        "linear.difference": (0.0, 1e-6),
        "trees.leaves-difference": (0.0, 1e-9),
        "trees.shap-difference": (0.0, 1e-6),
        "credit.integrated-gradients.completeness": (0.0, 1e-3),
        "credit.integrated-gradients.over-random": (0.5, 3.0),
        "boosted.tree-shap.over-random": (0.5, 3.0),
        "credit.integrated-gradients.comprehensiveness": (0.6, 3.0),
        "credit.random.comprehensiveness": (0.1, 0.45),
        "credit.integrated-gradients.sufficiency": (-1.5, 0.4),
        "credit.random.sufficiency": (0.45, 0.9),
        "credit.random.gap": (-0.3, 0.3),
        "planted.random.top": (0.0, 0.35),
        "planted.integrated-gradients.top": (0.6, 1.0),
        "cascade.input-only": (0.99, 1.0),
        "recourse.accepted.valid": (0.8, 1.0),
    }
    for scale in CONFIGS
}

CARD = {
    "intended_use": (
        "Teaching: to compare attribution methods on small public models by tests that a wrong "
        "explanation fails, and to practise recourse on a credit score."
    ),
    "not_for": (
        "Explaining a real decision to a real person; choosing an attribution method for other "
        "models, data or baselines without repeating the tests there; advice on how to get credit."
    ),
    "affected": (
        "People who are told why a score refused them. An explanation that is believed but wrong "
        "sends them to change or contest the wrong thing, and hides a faulty model from auditors."
    ),
    "limits": (
        "Small networks, one table of card accounts in Taiwan in 2005, short English film "
        "reviews, tiny images. Removing features makes rows that may not exist. Every number "
        "depends on the baseline. Recourse changes the score, not the risk, and nobody tried it."
    ),
}


def run(config: Config, *, scale: str = "quick", progress: bool = False) -> record.Record:
    """Run every seed and return the record.

    Metrics are `<task>.<method>.<quantity>`; the tables are `faithfulness`, `planted`, `cascade`,
    `agreement` and `recourse`. Intervals are `splits.over_splits`, at 95 %.
    """
    if len(config.seeds) < 2:
        raise ValueError(f"seeds is {config.seeds}; an interval over splits needs at least two")
    data = credit.table()
    source = reviews_source(config) if config.reviews else None
    cards = {data.name: data.card.file_sha256}
    if source is not None:
        cards[source.data.name] = source.data.card.file_sha256
    recorder = record.start(
        NAME, scale=scale, config=asdict(config), seeds=config.seeds, data=cards
    )
    found: dict[str, list[float]] = defaultdict(list)
    for seed in tqdm(config.seeds, disable=None if progress else True, desc="seeds"):
        for name, value in one_seed(data, source, seed, config).items():
            found[name].append(value)
    exact = checks.exact_cases(credit.parts(data, seed=config.seeds[0]))
    for name, value in exact.items():
        recorder.metric(name, value)
    pooled: dict[str, Estimate] = {}
    for name, values in sorted(found.items()):
        pooled[name] = over_splits(values, test_over_train=TEST_OVER_TRAIN)
        recorder.metric(name, pooled[name].value, interval=pooled[name].interval,
                        n=len(config.seeds))  # fmt: skip
    for table, parts in checks.TABLES.items():
        recorder.table(table, list(_rows(pooled, *parts)))
    return recorder.finish(baseline="credit.occlusion.gap", control="credit.random.gap")


def reviews_source(config: Config) -> Any:
    """The encoded reviews; here, so that tables can be explained without transformers."""
    from lablib.explainability.attribution import reviews

    return reviews.reviews(layers=config.layers, texts=config.texts)


def one_seed(data: Any, source: Any, seed: int, config: Config) -> dict[str, float]:
    """All numbers of one seed, by metric name.

    Parameters
    ----------
    data, source
        The credit table; encoded reviews, or None to leave text out.
    seed, config
        Of the run.
    """
    parts = credit.parts(data, seed=seed, train_rows=config.train_rows)
    network = tasks.fit_credit_network(
        parts, hidden=config.hidden, epochs=config.epochs, seed=seed, device=config.device
    )
    planted = tasks.planted_parts(parts, seed=seed)
    fooled = tasks.fit_credit_network(
        planted, hidden=config.hidden, epochs=config.epochs, seed=seed, device=config.device
    )
    half = max(2, config.rows // 2)
    explained = [
        tasks.credit_task(network, parts, rows=config.rows),
        tasks.boosted_task(parts, trees=config.trees, rows=half, background=config.background),
        tasks.digits_task(hidden=(64,), epochs=config.digit_epochs, rows=half, seed=seed),
    ]
    if source is not None:
        from lablib.explainability.attribution import reviews

        explained.append(
            reviews.review_task(
                source, rows=config.reviews, most_words=config.most_words, seed=seed
            )
        )
    found: dict[str, float] = {}
    for task in explained:
        found |= checks.faithfulness(task, seed=seed, config=config)
    task = tasks.credit_task(fooled, planted, rows=half, name="planted")
    found |= checks.planted(task, seed=seed, config=config)
    found["planted.ignored"] = tasks.ignores_real_columns(fooled, planted, seed=seed)
    found |= checks.cascaded(network, explained[0], seed=seed)
    found |= checks.retrained(network, parts, rows=config.retrain_rows, seed=seed)
    return found | checks.recoursed(network, parts, data, seed=seed, config=config)


def _rows(pooled: dict[str, Estimate], prefix: str, quantity: str) -> Iterable[dict[str, Any]]:
    """Estimates named `<prefix...>.<quantity>` as rows for a figure."""
    for name, estimate in pooled.items():
        if name.startswith(prefix) and name.endswith(quantity):
            low, high = estimate.interval.low, estimate.interval.high
            yield {"name": name, "value": estimate.value, "low": low, "high": high}
