"""How many labels each way of learning needs, on medical questions and their specialty.

Every seed has test texts of its own and, as long as there are enough, labelled texts of its own:
so the results of two seeds share no text, and a Student interval over seeds covers the draw of
labels, the test texts and the training. Where labels are too many for that, the interval is
widened for the overlap (Nadeau and Bengio, 2003). Control: the same with shuffled labels.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from sklearn.metrics import f1_score
from tqdm import tqdm

from lablib import record
from lablib.data import load
from lablib.data.text import TextData
from lablib.evaluation import shuffled_labels
from lablib.evaluation.splits import over_splits
from lablib.language_models.labels import fine_tuning
from lablib.language_models.labels.fine_tuning import Ints, Recipe, Start

NAME = "language-models/label-efficiency"
RIVALS = ("tfidf", "features", "small", "scratch", "shuffled")


@dataclass(frozen=True)
class Config:
    """Settings.

    `label_counts` are nested: fewer labels are the first of more. `scratch_counts` and
    `control_counts` are those at which the encoder from random weights and the shuffled labels
    are trained. `trained_blocks` blocks of `layers` (None: all) are trained, from the top. A
    small network, all of it trained from random weights, is trained at every count.
    """

    seeds: tuple[int, ...] = (0, 1, 2, 3, 4)
    data: str = "medical-questions"
    encoder: str = "minilm"
    layers: int | None = None
    trained_blocks: int = 1
    max_tokens: int = 16
    label_counts: tuple[int, ...] = (15, 45, 135)
    scratch_counts: tuple[int, ...] = ()
    control_counts: tuple[int, ...] = (135,)
    test_texts: int = 100
    learning_rate: float = 1e-3
    epochs: int = 3
    min_steps: int = 12
    small_width: int = 64
    small_layers: int = 1
    small_steps: int = 60
    precision: str = "fp32"

    @property
    def recipe(self) -> Recipe:
        """How the encoder is fine-tuned."""
        return Recipe(
            self.trained_blocks, self.learning_rate, self.epochs, self.min_steps,
            precision=self.precision,
        )  # fmt: skip


_FULL = (20, 40, 80, 160, 320, 640, 1280, 9000)
CONFIGS = {
    "quick": Config(),
    "full": Config(
        trained_blocks=6,
        max_tokens=64,
        label_counts=_FULL,
        scratch_counts=_FULL,
        control_counts=(1280,),
        test_texts=500,
        learning_rate=1e-4,
        epochs=5,
        min_steps=100,
        small_width=128,
        small_layers=2,
        small_steps=300,
    ),
}

CARD = {
    "intended_use": (
        "Teaching: to compare how many labels four ways of learning need, on examination "
        "questions sorted into medical specialties."
    ),
    "not_for": (
        "Sending patients, letters or records to a department; any text that is not an "
        "examination question; deciding which labels a hospital need not collect."
    ),
    "affected": (
        "Nobody's record is in the data. Were such a sorter used on real requests, patients "
        "with problems of the rare specialties would wait longest: those classes have the "
        "fewest labels and are hardly ever predicted."
    ),
    "limits": (
        "Questions of Indian entrance examinations, in English, with many spelling errors; one "
        "specialty each, although many fit several. The packaged encoder was trained on over a "
        "billion sentence pairs from the web, which may include questions like these. "
        "Hyperparameters were fixed once, by hand, on a few hundred of these questions; they "
        "were not tuned anew for each number of labels."
    ),
}


@dataclass(frozen=True)
class Draw:
    """The rows of one seed: what may be labelled, what is tested, and whether seeds share rows."""

    labelled: Ints
    test: Ints


def draws(rows: int, *, seeds: tuple[int, ...], count: int, test: int) -> tuple[list[Draw], bool]:
    """Give every seed test rows of its own and `count` labelled rows.

    Returns the draws and whether labelled rows are disjoint, too. Each seed has an equal block of
    the rows that no test needs; where `count` is more than that, rows of the other seeds' blocks
    and tests are added. A seed's fewer rows are always the first of its more.

    Parameters
    ----------
    rows
        N, all the rows there are.
    seeds
        One draw each.
    count, test
        Rows of a draw to be labelled, and to be tested.

    >>> apart, disjoint = draws(20, seeds=(0, 1), count=3, test=5)
    >>> disjoint, len(set(apart[0].labelled) & set(apart[1].labelled))
    (True, 0)
    """
    size = len(seeds)
    if test * size > rows or test + count > rows:
        raise ValueError(
            f"label_counts up to {count} and test_texts={test} for {size} seeds need more than "
            f"the {rows} texts there are; lower one of them"
        )
    order = np.random.default_rng(0).permutation(rows)
    tests, pool = order[: test * size].reshape(size, test), order[test * size :]
    block = len(pool) // size
    own = pool[: block * size].reshape(size, block)
    if count <= block:
        return [Draw(own[i, :count], tests[i]) for i in range(size)], True
    made = []
    for place, seed in enumerate(seeds):
        mine = np.concatenate([own[place], tests[place]])
        others = np.random.default_rng(seed + 1).permutation(np.setdiff1d(order, mine))
        made.append(Draw(np.concatenate([own[place], others])[:count], tests[place]))
    return made, False


def plan(config: Config, rows: int) -> dict[int, tuple[list[Draw], bool]]:
    """For every number of labels its draws from `rows` texts, as from `draws`."""
    return {
        count: draws(rows, seeds=config.seeds, count=count, test=config.test_texts)
        for count in config.label_counts
    }


def run(config: Config, *, scale: str = "quick", progress: bool = False) -> record.Record:
    """Train every model of every seed at every number of labels, and return the record."""
    data = load(config.data)
    recorder = record.start(
        NAME, scale=scale, config=config, seeds=config.seeds, data={config.data: _sha(data)}
    )
    plans = plan(config, len(data))
    used = np.unique(
        np.concatenate([np.concatenate([d.labelled, d.test]) for p, _ in plans.values() for d in p])
    )
    world = _World(config, data.take(used))
    place = np.full(len(data), -1)
    place[used] = np.arange(len(used))
    for count, (drawn, disjoint) in plans.items():
        scores: dict[str, list[float]] = {}
        for seed, draw in tqdm(
            list(zip(config.seeds, drawn, strict=True)),
            disable=not progress,
            desc=f"{count} labels",
        ):
            found = world.seed(Draw(place[draw.labelled], place[draw.test]), seed)
            for name, value in found.items():
                scores.setdefault(name, []).append(value)
        overlap = 0.0 if disjoint else config.test_texts / count
        _keep(recorder, scores, count, overlap)
    _curves(recorder)
    recorder.metric("tfidf.beaten-from", _beaten_from(recorder, config), unit="labels")
    recorder.metric("case.texts", len(data))
    recorder.metric("case.cut", world.cut)
    recorder.metric("case.classes", len(data.classes))
    recorder.metric("case.steps", config.recipe.steps(config.label_counts[-1]))
    last = f"at-{max(config.control_counts)}"
    return recorder.finish(
        baseline=f"majority.{last}.accuracy", control=f"shuffled.{last}.accuracy"
    )


class _World:
    """The texts in use with their two starts, and one seed's results on them."""

    def __init__(self, config: Config, data: TextData) -> None:
        self.config, self.data = config, data
        self.pretrained, self.random = fine_tuning.starts(
            config.encoder,
            data.texts,
            layers=config.layers,
            max_tokens=config.max_tokens,
            blocks=config.trained_blocks,
            seed=0,
            random=bool(config.scratch_counts),
        )
        self.tokens, self.cut = fine_tuning.tokens(
            config.encoder, data.texts, layers=config.layers, max_tokens=config.max_tokens
        )
        self.small = fine_tuning.Small(config.small_width, config.small_layers, config.small_steps)

    def seed(self, draw: Draw, seed: int) -> dict[str, float]:
        """Accuracy and macro-F1 of every model, under `<model>.<measure>`."""
        target = self.data.target
        labels, truth, count = target[draw.labelled], target[draw.test], len(draw.labelled)
        makers: dict[str, Callable[[], Ints]] = {
            "fine-tuned": lambda: self._tuned(self.pretrained, draw, labels, seed),
            "features": lambda: self._frozen(draw, labels),
            "small": lambda: self._small(draw, labels, seed),
            "tfidf": lambda: self._tfidf(draw, labels),
            "majority": lambda: np.full(len(truth), np.bincount(labels).argmax()),
        }
        if count in self.config.scratch_counts:
            makers["scratch"] = lambda: self._tuned(self.random, draw, labels, seed)
        if count in self.config.control_counts:
            mixed = shuffled_labels(labels, seed=seed)
            makers["shuffled"] = lambda: self._tuned(self.pretrained, draw, mixed, seed)
        out = {}
        for name, make in makers.items():
            said = make()
            out[f"{name}.accuracy"] = float((said == truth).mean())
            out[f"{name}.f1"] = float(
                f1_score(truth, said, labels=np.unique(truth), average="macro", zero_division=0)
            )
        return out

    def _tuned(self, start: Start, draw: Draw, labels: Ints, seed: int) -> Ints:
        model = fine_tuning.fine_tune(
            start, draw.labelled, labels,
            classes=len(self.data.classes), recipe=self.config.recipe, seed=seed,
        )  # fmt: skip
        return fine_tuning.predictions(model, start.encoding, draw.test)

    def _frozen(self, draw: Draw, labels: Ints) -> Ints:
        rows = np.concatenate([draw.labelled, draw.test])
        x = fine_tuning.features(self.pretrained, rows, blocks=self.config.trained_blocks)
        model = fine_tuning.feature_regression(x[: len(labels)], labels)
        return np.asarray(model.predict(x[len(labels) :]))

    def _small(self, draw: Draw, labels: Ints, seed: int) -> Ints:
        classes = len(self.data.classes)
        return fine_tuning.train_small(
            self.tokens, draw.labelled, labels, draw.test,
            classes=classes, small=self.small, seed=seed,
        )  # fmt: skip

    def _tfidf(self, draw: Draw, labels: Ints) -> Ints:
        texts = self.data.texts
        model = fine_tuning.tfidf_regression([texts[i] for i in draw.labelled], labels)
        return np.asarray(model.predict([texts[i] for i in draw.test]))


def _keep(
    recorder: record.Recorder, scores: dict[str, list[float]], count: int, overlap: float
) -> None:
    """Record every model at this number of labels, and fine-tuning minus each of the others."""
    for name, values in scores.items():
        model, measure = name.split(".")
        estimate = over_splits(values, test_over_train=overlap)
        recorder.estimate(f"{model}.at-{count}.{measure}", estimate)
    for other in RIVALS:
        for measure in ("accuracy", "f1"):
            name = f"{other}.{measure}"
            if name in scores:
                gaps = np.subtract(scores[f"fine-tuned.{measure}"], scores[name])
                gap = over_splits(gaps, test_over_train=overlap)
                recorder.estimate(f"gain-over-{other}.at-{count}.{measure}", gap)


def _beaten_from(recorder: record.Recorder, config: Config) -> int:
    """Smallest number of labels from which on fine-tuning beats TF-IDF, zero excluded; or 0."""
    found = 0
    for count in sorted(config.label_counts, reverse=True):
        gap = recorder.metrics[f"gain-over-tfidf.at-{count}.accuracy"].interval
        if gap is None or gap.low <= 0:
            break
        found = count
    return found


def _curves(recorder: record.Recorder) -> None:
    """The same numbers as rows: one a model, measure and number of labels."""
    rows = []
    for name, metric in recorder.metrics.items():
        ends = metric.interval
        if ends is not None:
            model, at, measure = name.split(".")
            rows.append(
                {"model": model, "labels": int(at.removeprefix("at-")), "measure": measure,
                 "value": metric.value, "low": ends.low, "high": ends.high}
            )  # fmt: skip
    recorder.table("curves", rows)


def _sha(data: TextData) -> str:
    return data.card.file_sha256 if data.card else ""


ACCEPTANCE: dict[str, dict[str, tuple[float, float]]] = {
    "quick": {
        "fine-tuned.at-135.accuracy": (0.32, 0.5),
        "features.at-135.accuracy": (0.34, 0.48),
        "tfidf.at-135.accuracy": (0.2, 0.31),
        "small.at-135.accuracy": (0.15, 0.33),
        "shuffled.at-135.accuracy": (0.05, 0.27),
        "gain-over-tfidf.at-15.accuracy.low": (0.0, 0.1),
        "gain-over-tfidf.at-45.accuracy.low": (0.0, 0.12),
        "gain-over-tfidf.at-135.accuracy": (0.08, 0.22),
        "gain-over-tfidf.at-135.accuracy.low": (0.0, 0.18),
        "gain-over-small.at-135.accuracy.low": (0.0, 0.2),
        "gain-over-features.at-135.accuracy.low": (-0.15, 0.0),
        "tfidf.beaten-from": (15, 15),
    },
    "full": {
        "fine-tuned.at-1280.accuracy": (0.5, 0.68),
        "tfidf.at-1280.accuracy": (0.4, 0.55),
        "tfidf.at-9000.accuracy": (0.6, 0.7),
        "tfidf.at-9000.f1": (0.4, 0.58),
        "shuffled.at-1280.accuracy": (0.1, 0.3),
        "majority.at-1280.accuracy": (0.22, 0.3),
        "gain-over-tfidf.at-1280.accuracy": (0.03, 0.2),
    },
}
