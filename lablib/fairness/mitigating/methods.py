"""Every method of the comparison, fitted to one split: name to candidates that decide.

Before training: `balancing`, `reweighing`. During: `mixture` (our reduction), `exponentiated`
(fairlearn's), `regularised`, `adversarial`. After: `thresholds`. Names that end in `-odds` aim at
equalised odds, the others at demographic parity. Only thresholds need the group to decide.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, cast

import numpy as np
from numpy.typing import NDArray

from lablib.data import Splits
from lablib.evaluation import majority_class
from lablib.fairness.mitigating import _fairlearn, reductions, thresholds, weights
from lablib.fairness.mitigating.choice import Candidate, Decide
from lablib.fairness.tables import GroupedRows

if TYPE_CHECKING:
    from lablib.fairness.mitigation import Config
    from lablib.training.config import DeviceName

Floats = NDArray[np.float64]
Score = Callable[[GroupedRows], Floats]

TITLES = {
    "majority": "same answer for all",
    "linear": "linear",
    "balancing": "balancing",
    "reweighing": "reweighing",
    "mixture": "mixture (reduction)",
    "mixture-odds": "mixture (reduction), odds",
    "exponentiated": "exponentiated gradient",
    "exponentiated-odds": "exponentiated gradient, odds",
    "thresholds": "group thresholds",
    "thresholds-odds": "group thresholds, odds",
    "boosted": "boosted trees",
    "boosted-thresholds": "boosted, group thresholds",
    "boosted-thresholds-odds": "boosted, group thresholds, odds",
    "network": "network",
    "regularised": "network, regularised",
    "adversarial": "network, adversarial",
    "random-groups": "thresholds for random groups",
    "unbent-thresholds": "group thresholds, no steps",
}
PLAIN_OF = {
    "boosted-thresholds": "boosted", "boosted-thresholds-odds": "boosted",
    "regularised": "network", "adversarial": "network",
}  # fmt: skip
CRITERIA = reductions.CRITERIA


def criterion_of(method: str) -> str:
    """The gap that a method is chosen by: `dpd` or `eod`."""
    return "eod" if method.endswith("-odds") else "dpd"


def fitted(parts: Splits[GroupedRows], *, seed: int, config: Config) -> dict[str, list[Candidate]]:
    """Candidates of every method, by name; test rows are not touched.

    Parameters
    ----------
    parts : Splits of GroupedRows
        Models are fitted to `train`, group thresholds to scores of `validation`.
    seed : int
        Starts the fits and draws the lots.
    config : Config
        See `mitigation.Config`.
    """
    train, held = parts.train, parts.validation
    constant = int(majority_class(train.y, 1)[0])
    line = partial(linear_score, penalty=config.penalty)
    linear = line(train)
    found = {
        "majority": [Candidate(0.0, lambda rows: np.full(len(rows), constant))],
        "linear": [Candidate(0.0, _at_half(linear))],
        **_before(train, config),
        **_during(train, seed, config),
        **_after("", linear, known_scores(line, linear, parts, folds=config.folds), seed, config),
        "random-groups": _random_groups(linear, held, seed),
    }
    if config.trees:
        grow = partial(boosted_score, trees=config.trees, seed=seed)
        boosted = grow(train)
        found["boosted"] = [Candidate(0.0, _at_half(boosted))]
        known = known_scores(grow, boosted, parts, folds=config.folds)
        found |= _after("boosted-", boosted, known, seed, config)
    if config.unbent:
        straight = partial(linear_score, penalty=config.penalty, bent=False)
        plain = straight(train)
        known = known_scores(straight, plain, parts, folds=config.folds)
        name = "unbent-thresholds"
        found[name] = _after("unbent-", plain, known, seed, config)[name]
    if config.epochs:
        found |= _networks(train, seed, config)
    return found


def linear_score(
    train: GroupedRows, *, penalty: float, weight: Floats | None = None, bent: bool = True
) -> Score:
    """Logistic regression; probability of class 1.

    Parameters
    ----------
    train : GroupedRows
    penalty : float
        scikit-learn's C.
    weight : array (N,), optional
        Of the training rows.
    bent : bool
        Use the steps of numeric features too.
    """
    from sklearn.linear_model import LogisticRegression

    stop = None if bent else train.plain
    model = LogisticRegression(C=penalty, solver="newton-cholesky")
    model.fit(train.x[:, :stop], train.y, sample_weight=weight)
    return lambda rows: np.asarray(model.predict_proba(rows.x[:, :stop])[:, 1])


def boosted_score(train: GroupedRows, *, trees: int, seed: int) -> Score:
    """Gradient-boosted trees on the features without steps; probability of class 1.

    Parameters
    ----------
    train : GroupedRows
    trees : int
        Number of boosting rounds.
    seed : int
        Of the fit.
    """
    from sklearn.ensemble import HistGradientBoostingClassifier

    model = HistGradientBoostingClassifier(
        max_iter=trees, learning_rate=0.08, max_leaf_nodes=25, l2_regularization=1.0,
        early_stopping=False, random_state=seed,
    )  # fmt: skip
    model.fit(train.x[:, : train.plain], train.y)
    return lambda rows: np.asarray(model.predict_proba(rows.x[:, : rows.plain])[:, 1])


def _at_half(score: Score) -> Decide:
    return lambda rows: (score(rows) > 0.5).astype(np.int64)


def _before(train: GroupedRows, config: Config) -> dict[str, list[Candidate]]:
    balanced = linear_score(
        train, penalty=config.penalty, weight=weights.balancing(train.y, train.groups)
    )
    reweighed = [
        Candidate(s, _at_half(linear_score(
            train, penalty=config.penalty,
            weight=weights.reweighing(train.y, train.groups, strength=s),
        )))
        for s in config.reweighing
    ]  # fmt: skip
    return {"balancing": [Candidate(0.0, _at_half(balanced))], "reweighing": reweighed}


def _during(train: GroupedRows, seed: int, config: Config) -> dict[str, list[Candidate]]:
    found: dict[str, list[Candidate]] = {}
    for ending, criterion in zip(("", "-odds"), CRITERIA, strict=True):
        mixtures = reductions.fair_mixtures(
            train.x, train.y, train.groups, criterion=criterion, bounds=config.bounds,
            learner=reductions.logistic_learner(penalty=config.penalty),
            most_fits=config.most_fits,
        )  # fmt: skip
        found["mixture" + ending] = [
            Candidate(bound, partial(_by_mixture, mixture, seed))
            for bound, mixture in mixtures.items()
        ]
        if config.fairlearn_bounds and (config.fairlearn_odds or not ending):
            found["exponentiated" + ending] = [
                Candidate(bound, _by_chance(_fairlearn.exponentiated_gradient(
                    train.x, train.y, train.groups, criterion=criterion, bound=bound,
                    iterations=config.fairlearn_iterations, penalty=config.penalty,
                ), seed))
                for bound in config.fairlearn_bounds
            ]  # fmt: skip
    return found


def _by_mixture(mixture: reductions.Mixture, seed: int, rows: GroupedRows) -> NDArray[np.int64]:
    return mixture.decide(rows.x, seed=seed)


def _by_chance(chance: Callable[[Floats], Floats], seed: int) -> Decide:
    def decide(rows: GroupedRows) -> NDArray[np.int64]:
        lots = np.random.default_rng(seed).random(len(rows))
        return (chance(rows.x) > lots).astype(np.int64)

    return decide


def known_scores(
    fit: Callable[[GroupedRows], Score], score: Score, parts: Splits[GroupedRows], *, folds: int
) -> tuple[GroupedRows, Floats]:
    """Rows and scores of models that were not fitted to them, for finding thresholds.

    Parameters
    ----------
    fit, score : callable
        Fits a score to rows; the score fitted to all training rows.
    parts : Splits of GroupedRows
    folds : int
        With 2 or more the training rows come too, each scored by a model fitted to the other
        folds: four times the rows halve the chance in the thresholds. 0 takes validation alone.
    """
    held, train = parts.validation, parts.train
    if folds < 2:
        return held, score(held)
    fold, known = np.arange(len(train)) % folds, np.zeros(len(train))
    for number in range(folds):
        mine = fold == number
        known[mine] = fit(train.take(~mine))(train.take(mine))
    return train.joined(held), np.concatenate([known, score(held)])


def _after(
    family: str, score: Score, scored: tuple[GroupedRows, Floats], seed: int, config: Config
) -> dict[str, list[Candidate]]:
    """Group thresholds on one model's scores."""
    held, known = scored

    def by(rules: thresholds.GroupThresholds) -> Decide:
        return lambda rows: rules.decide(score(rows), rows.groups, seed=seed)

    sweep = thresholds.demographic_parity_sweep(held.y, known, held.groups, bounds=config.bounds)
    parity = [Candidate(bound, by(rules)) for bound, rules in sweep.items()]
    odds = thresholds.equalized_odds_thresholds(held.y, known, held.groups)
    return {
        f"{family}thresholds": parity,
        f"{family}thresholds-odds": [Candidate(0.0, by(odds))],
    }


def _random_groups(score: Score, held: GroupedRows, seed: int) -> list[Candidate]:
    """The control: the same thresholds, found and used for groups drawn by lot."""

    def drawn(rows: GroupedRows) -> NDArray[np.str_]:
        return np.random.default_rng([seed, len(rows)]).permutation(rows.groups)

    rules = thresholds.demographic_parity_thresholds(held.y, score(held), drawn(held), bound=0.0)
    return [Candidate(0.0, lambda rows: rules.decide(score(rows), drawn(rows), seed=seed))]


def _networks(train: GroupedRows, seed: int, config: Config) -> dict[str, list[Candidate]]:
    from lablib.fairness.mitigating import networks
    from lablib.training import TrainingConfig

    settings = TrainingConfig(
        epochs=config.epochs, batch_size=config.batch_size, learning_rate=config.learning_rate,
        schedule="cosine", device=cast("DeviceName", config.device), seed=seed,
    )  # fmt: skip

    def candidate(kind: str, strength: float) -> Candidate:
        result = networks.fit_network(
            train.x, train.y, train.groups, kind=kind, criterion=CRITERIA[0], strength=strength,
            config=settings, hidden=config.hidden,
        )  # fmt: skip
        return Candidate(strength, _at_half(lambda rows: networks.scores(result, rows.x)))

    plain = candidate("regularised", 0.0)
    found = {"network": [plain]}
    for kind, strengths in (
        ("regularised", config.regularised),
        ("adversarial", config.adversarial),
    ):
        found[kind] = [plain, *(candidate(kind, strength) for strength in strengths)]
    return found
