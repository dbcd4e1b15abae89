"""False alarms without a change, alarms and delay with one.

`words` is a score that a monitor could use; `raters` is what people said about each sentence, the
most that a score could know. `lot` is the control: the score of words, and a "change" to articles
chosen by lot, of which it must find no more than it alarms anyway.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lablib.applications.news.monitor import Monitor, calibrated, with_change
from lablib.applications.news.stream import Articles, WordScore, parted

Floats = NDArray[np.float64]
SCORES = ("words", "raters", "lot")
LOTS = 5  # choices by lot of the control
WORSE = 0.2  # the share of articles, by their raters, that a planted change makes frequent


@dataclass(frozen=True)
class Plan:
    """How streams are drawn.

    - length, at: items of a stream, and where a change is planted.
    - rate: share of streams without change that may have an alarm.
    - shares: chance that an item after a change is one of the worst articles.
    - streams: drawn for each number.
    """

    length: int = 80
    at: int = 40
    rate: float = 0.1
    shares: tuple[float, ...] = (0.25, 0.5, 1.0)
    streams: int = 500


@dataclass(frozen=True)
class Scored:
    """Mean score of each article: to set the alarm with, to measure on, and after a change.

    `worse` are choices of articles that a change makes frequent; streams are shared among them.
    """

    usual: Floats
    held: Floats
    worse: tuple[Floats, ...]


def scored(everything: Articles, *, seed: int) -> dict[str, Scored]:
    """Scores of one split of the articles, by name.

    Parameters
    ----------
    everything : Articles
        All of them.
    seed : int
        Of the split, and of what the control chooses.
    """
    learn, setting, held = parted(everything, seed=seed)
    score = WordScore(learn)
    usual, new = setting.means(score(setting.texts)), held.means(score(held.texts))
    truth = held.means(held.ratings)
    worst = np.argsort(truth)[: round(WORSE * len(truth))]
    rng = np.random.default_rng(seed)
    by_lot = [rng.choice(len(truth), len(worst), replace=False) for _ in range(LOTS)]
    return {
        "words": Scored(usual, new, (new[worst],)),
        "raters": Scored(setting.means(setting.ratings), truth, (truth[worst],)),
        "lot": Scored(usual, new, tuple(new[chosen] for chosen in by_lot)),
    }


def one_split(everything: Articles, *, seed: int, plan: Plan) -> dict[str, float]:
    """All numbers of one split, by `<score>.<quantity>`.

    - `false-alarms`: share of streams without change that have an alarm;
      `false-alarms-together` with `apart=False`, and `extra-alarms` their difference.
    - `found-<percent>`: share of streams with a change whose *first* alarm comes after it;
      `found-0` the same share where nothing changes.
    - `wait-<percent>`: mean number of items from the change to it, in these streams alone; absent
      where there are none.
    - `words.above-lot`: share found at the largest change, less that of the control.

    Parameters
    ----------
    everything, seed
        As for `scored`.
    plan : Plan
        How streams are drawn.
    """
    found: dict[str, float] = {}
    for name, scores in scored(everything, seed=seed).items():
        rule, together = (
            calibrated(scores.usual, length=plan.length, rate=plan.rate, streams=plan.streams,
                       seed=seed, apart=apart)
            for apart in (True, False)
        )  # fmt: skip
        calm = _streams(scores, 0.0, seed, plan)
        found[f"{name}.false-alarms"] = _alarms(rule, calm)
        found[f"{name}.false-alarms-together"] = _alarms(together, calm)
        extra = found[f"{name}.false-alarms-together"] - found[f"{name}.false-alarms"]
        found[f"{name}.extra-alarms"] = extra
        for share in (0.0, *plan.shares):
            first = rule.first_alarm(_streams(scores, share, seed, plan))
            late = (first >= plan.at) & (first < plan.length)
            label = f"{100 * share:.0f}"
            found[f"{name}.found-{label}"] = float(np.mean(late))
            if late.any():  # a stream that never alarms has no wait, however long it is
                found[f"{name}.wait-{label}"] = float(np.mean(first[late] - plan.at + 1))
    most = f"found-{100 * plan.shares[-1]:.0f}"
    found["words.above-lot"] = found[f"words.{most}"] - found[f"lot.{most}"]
    return found


def _streams(scores: Scored, share: float, seed: int, plan: Plan) -> Floats:
    parts = [
        with_change(
            scores.held, worse, at=plan.at, share=share, length=plan.length,
            streams=plan.streams // len(scores.worse), seed=seed + 7_919 + place,
        )
        for place, worse in enumerate(scores.worse)
    ]  # fmt: skip
    return np.concatenate(parts)


def _alarms(rule: Monitor, streams: Floats) -> float:
    return float(np.mean(rule.first_alarm(streams) < streams.shape[-1]))
