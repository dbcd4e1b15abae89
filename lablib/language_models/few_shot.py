"""A few labelled examples: shown to a chat model in its prompt, or used to train an encoder.

Four medical specialties, the same labelled questions for every method, test questions balanced.
Every seed has labelled and test questions of its own, so a Student interval over seeds covers both
draws. Beside the prompt stand the same shots with a wrong label each, and a prompt without shots.
Control: every answer scored for another test question, which must come down to chance.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from tqdm import tqdm

from lablib import record
from lablib.data import load
from lablib.data.text import TextData
from lablib.evaluation import across_seeds
from lablib.language_models.labels import fine_tuning, prompting
from lablib.language_models.labels.fine_tuning import Ints, Recipe
from lablib.models.pretrained import chat_model

NAME = "language-models/few-shot"
NOTHING = "N/A"  # a question without content, to see which label the prompt prefers by itself


def _words() -> Mapping[str, str]:
    return {
        "Dental": " teeth",
        "Pharmacology": " drugs",
        "Gynaecology Obstetrics": " pregnancy",
        "Ophthalmology": " eyes",
    }


@dataclass(frozen=True)
class Config:
    """Settings.

    `words` maps each specialty to the word that stands for it in the prompt. `shots` are labelled
    questions of each specialty, `test_texts` those each seed is tested on, of each specialty.
    """

    seeds: tuple[int, ...] = (0, 1, 2, 3, 4)
    data: str = "medical-questions"
    chat: str = "smollm2"
    encoder: str = "minilm"
    words: Mapping[str, str] = field(default_factory=_words)
    shots: tuple[int, ...] = (2,)
    test_texts: int = 4
    max_characters: int = 60
    trained_blocks: int = 1
    learning_rate: float = 1e-3
    min_steps: int = 12
    epochs: int = 6


CONFIGS = {
    "quick": Config(),
    "full": Config(
        seeds=tuple(range(10)), shots=(1, 2, 4, 8), test_texts=10, max_characters=120,
        trained_blocks=6, learning_rate=1e-4, min_steps=60, epochs=20,
    ),
}  # fmt: skip

CARD = {
    "intended_use": (
        "Teaching: to compare prompting a small chat model with training on the same few labels, "
        "on examination questions of four medical specialties."
    ),
    "not_for": (
        "Medical advice; sorting requests of patients; judging larger chat models, other prompts "
        "or other languages from these numbers."
    ),
    "affected": (
        "Nobody's record is in the data. A sorter of real requests that is right this seldom "
        "would send many people to the wrong place, and a prompt that favours one label would "
        "do so to the same people each time."
    ),
    "limits": (
        "A model of 135 M parameters, with weights of about four bits; one prompt format; four "
        "specialties chosen because one word names each; short questions only. What the chat "
        "model and the encoder have read is not known in detail and may include such questions."
    ),
}


@dataclass(frozen=True)
class Draw:
    """One seed's questions: labelled ones (the first n a class for n shots) and test ones."""

    labelled: Ints
    test: Ints


def draws(classes: Ints, *, seeds: int, shots: int, test: int) -> list[Draw]:
    """Give every seed `shots` labelled and `test` test rows of each class that no other seed has.

    Labelled rows go round the classes: the first K are one of each.

    Parameters
    ----------
    classes
        (N,) class of each row.
    seeds
        S, the number of draws.
    shots, test
        Rows of each class that a draw gets, to be labelled and to be tested.

    >>> [drawn.labelled.size for drawn in draws(np.array([0, 1] * 6), seeds=2, shots=1, test=2)]
    [2, 2]
    """
    rng = np.random.default_rng(0)
    need = seeds * (shots + test)
    parts = []
    for number in np.unique(classes):
        rows = rng.permutation(np.flatnonzero(classes == number))
        if len(rows) < need:
            raise ValueError(
                f"class {number} has {len(rows)} questions and {seeds} seeds need {need}; lower "
                "shots or test_texts, or raise max_characters"
            )
        parts.append(rows[:need].reshape(seeds, shots + test))
    return [
        Draw(
            np.stack([part[i, :shots] for part in parts]).T.ravel(),
            np.stack([part[i, shots:] for part in parts]).ravel(),
        )
        for i in range(seeds)
    ]


def wrong_labels(labels: Ints, *, seed: int) -> Ints:
    """The same labels in an order in which every single one is wrong.

    Parameters
    ----------
    labels
        (n,) classes, none of which makes up more than half.
    seed
        Which of the orders.

    >>> wrong_labels(np.array([0, 0, 1, 1]), seed=0).tolist()
    [1, 1, 0, 0]
    """
    if 2 * np.bincount(labels).max() > len(labels):
        raise ValueError(
            "labels has a class with more than half of them, so some label must stay right; "
            "pass a set that is closer to balance"
        )
    rng = np.random.default_rng(seed)
    mixed = rng.permutation(labels)
    while len(same := np.flatnonzero(mixed == labels)):
        here = same[0]
        there = rng.choice(np.flatnonzero((labels != mixed[here]) & (mixed != labels[here])))
        mixed[[here, there]] = mixed[[there, here]]
    return mixed


def run(config: Config, *, scale: str = "quick", progress: bool = False) -> record.Record:
    """Prompt and train with the same questions of every seed, and return the record."""
    data = load(config.data)
    recorder = record.start(
        NAME, scale=scale, config=config, seeds=config.seeds,
        data={config.data: data.card.file_sha256 if data.card else ""},
    )  # fmt: skip
    texts, classes = _four(data, config)
    plan = draws(classes, seeds=len(config.seeds), shots=max(config.shots), test=config.test_texts)
    scores: dict[str, list[float]] = {}
    _prompt(scores, plan, texts, classes, config, progress)
    _train(scores, plan, texts, classes, config, progress)
    for name, values in scores.items():
        _keep(recorder, f"{name}.accuracy", values)
    for shots in config.shots:
        for other in ("wrong", "fine-tuned", "tfidf", "features"):
            gaps = np.subtract(scores[f"prompt.at-{shots}"], scores[f"{other}.at-{shots}"])
            _keep(recorder, f"prompt-over-{other}.at-{shots}", gaps)
        empty = np.subtract(scores[f"prompt.at-{shots}"], scores["empty.at-0"])
        _keep(recorder, f"prompt-over-empty.at-{shots}", empty)
        corrected = scores[f"corrected-prompt.at-{shots}"]
        gain = np.subtract(corrected, scores[f"prompt.at-{shots}"])
        _keep(recorder, f"corrected-over-prompt.at-{shots}", gain)
    rows = [
        {"model": name.split(".")[0], "shots": int(name.split("-")[-1]), "value": m.value,
         "low": m.interval.low, "high": m.interval.high}
        for name, m in ((n, recorder.metrics[f"{n}.accuracy"]) for n in scores) if m.interval
    ]  # fmt: skip
    recorder.table("methods", rows)
    recorder.metric("majority.accuracy", 1 / len(config.words))
    recorder.metric("case.tests", len(config.seeds) * config.test_texts * len(config.words))
    recorder.metric("case.labels", max(config.shots) * len(config.words))
    control = f"other-question.at-{max(config.shots)}.accuracy"
    return recorder.finish(baseline="majority.accuracy", control=control)


def _keep(recorder: record.Recorder, name: str, values: object) -> None:
    recorder.estimate(name, across_seeds(np.asarray(values, dtype=np.float64)))


def _four(data: TextData, config: Config) -> tuple[list[str], Ints]:
    """Short questions of the specialties in `words`, and their numbers in its order."""
    places = {data.classes.index(name): place for place, name in enumerate(config.words)}
    rows = [
        row
        for row, text in enumerate(data.texts)
        if int(data.target[row]) in places and len(text) <= config.max_characters
    ]
    return [data.texts[row] for row in rows], np.array([places[int(data.target[r])] for r in rows])


def _prompt(
    scores: dict[str, list[float]],
    plan: list[Draw],
    texts: list[str],
    classes: Ints,
    config: Config,
    progress: bool,
) -> None:
    """Score the label words with and without shots, with true and with wrong labels."""
    tokenizer, model = chat_model(config.chat)
    words = list(config.words.values())

    def answer(prefix: str, draw: Draw, seed: int) -> tuple[float, float, float]:
        asked = [prompting.ask(text) for text in [*(texts[i] for i in draw.test), NOTHING]]
        out = prompting.score_labels(tokenizer, model, asked, words=words, prefix=prefix)
        truth = classes[draw.test]
        plain, corrected = out[:-1].argmax(1).numpy(), (out[:-1] - out[-1]).argmax(1).numpy()
        order = np.random.default_rng(seed).permutation(len(truth))
        others = plain[np.roll(order, 1)] == truth[order]  # each answer meets another question
        right = (plain == truth, corrected == truth, others)
        return tuple(float(kind.mean()) for kind in right)  # type: ignore[return-value]

    for seed, draw in tqdm(
        list(zip(config.seeds, plan, strict=True)), disable=not progress, desc="prompts"
    ):
        prefixes = {"empty.at-0": ""}
        for shots in config.shots:
            shown = draw.labelled[: shots * len(words)]
            rng = np.random.default_rng([seed, shots])
            shown = rng.permutation(shown)
            mixed = wrong_labels(classes[shown], seed=seed)
            chosen = [texts[i] for i in shown]
            prefixes[f"prompt.at-{shots}"] = prompting.shots(chosen, classes[shown].tolist(), words)
            prefixes[f"wrong.at-{shots}"] = prompting.shots(chosen, mixed.tolist(), words)
        for name, prefix in prefixes.items():
            plain, corrected, others = answer(prefix, draw, seed)
            scores.setdefault(name, []).append(plain)
            scores.setdefault(f"corrected-{name}", []).append(corrected)
            if name.startswith("prompt"):
                kept = name.replace("prompt", "other-question")
                scores.setdefault(kept, []).append(others)


def _train(
    scores: dict[str, list[float]],
    plan: list[Draw],
    texts: list[str],
    classes: Ints,
    config: Config,
    progress: bool,
) -> None:
    """Fine-tune, and fit the two logistic regressions, on the questions that were the shots."""
    used = np.unique(np.concatenate([np.concatenate([d.labelled, d.test]) for d in plan]))
    place = np.full(len(texts), -1)
    place[used] = np.arange(len(used))
    start, _ = fine_tuning.starts(
        config.encoder, [texts[i] for i in used],
        layers=None, max_tokens=48, blocks=config.trained_blocks, seed=0, random=False,
    )  # fmt: skip
    recipe = Recipe(
        config.trained_blocks, config.learning_rate, config.epochs, config.min_steps, batch_size=8
    )
    for seed, draw in tqdm(
        list(zip(config.seeds, plan, strict=True)), disable=not progress, desc="training"
    ):
        for shots in config.shots:
            rows = draw.labelled[: shots * len(config.words)]
            labels, truth = classes[rows], classes[draw.test]
            model = fine_tuning.fine_tune(
                start, place[rows], labels, classes=len(config.words), recipe=recipe, seed=seed
            )
            both = np.concatenate([rows, draw.test])
            x = fine_tuning.features(start, place[both], blocks=config.trained_blocks)
            counts = fine_tuning.tfidf_regression([texts[i] for i in rows], labels)
            linear = fine_tuning.feature_regression(x[: len(rows)], labels)
            said = {
                "fine-tuned": fine_tuning.predictions(model, start.encoding, place[draw.test]),
                "features": linear.predict(x[len(rows) :]),
                "tfidf": counts.predict([texts[i] for i in draw.test]),
            }
            for name, answers in said.items():
                key = f"{name}.at-{shots}"
                scores.setdefault(key, []).append(float((answers == truth).mean()))


ACCEPTANCE: dict[str, dict[str, tuple[float, float]]] = {
    "quick": {
        "prompt.at-2.accuracy": (0.45, 0.75),
        "empty.at-0.accuracy": (0.38, 0.65),
        "wrong.at-2.accuracy": (0.28, 0.55),
        "other-question.at-2.accuracy": (0.1, 0.38),
        "fine-tuned.at-2.accuracy": (0.4, 0.7),
        "tfidf.at-2.accuracy": (0.18, 0.43),
        "prompt-over-wrong.at-2.low": (0.0, 0.15),
        "prompt-over-empty.at-2.low": (-0.25, 0.0),
        "prompt-over-empty.at-2.high": (0.0, 0.4),
        "prompt-over-tfidf.at-2.low": (0.0, 0.3),
        "prompt-over-fine-tuned.at-2.low": (-0.4, 0.0),
        "prompt-over-fine-tuned.at-2.high": (0.0, 0.5),
        "corrected-over-prompt.at-2.low": (-0.35, 0.0),
        "corrected-over-prompt.at-2.high": (0.0, 0.4),
    },
    "full": {
        "prompt.at-2.accuracy": (0.42, 0.75),
        "empty.at-0.accuracy": (0.38, 0.7),
        "fine-tuned.at-8.accuracy": (0.55, 0.92),
        "tfidf.at-2.accuracy": (0.2, 0.45),
        "other-question.at-8.accuracy": (0.12, 0.36),
    },
}
