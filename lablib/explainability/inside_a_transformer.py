"""Experiment: which looks into a Transformer tell the truth about it?

Five parts, each beside a baseline and a control that fails: a decoder that copies, where place and
head of the work are known; attention beside random orders; probes beside control tasks; the logit
lens and activation patching on a chat model. Training parts repeat with seeds; the chat model is
one set of weights, and there a seed means other prompts.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict, dataclass
from typing import Any, cast

import numpy as np
import torch
from tqdm import tqdm

from lablib import record
from lablib.data import card
from lablib.evaluation import Estimate, across_seeds, bootstrap, clopper_pearson, over_splits
from lablib.explainability.transformer import attention_tests as attention
from lablib.explainability.transformer import measures, prompts
from lablib.explainability.transformer.patching import Pairs, everything_and_nothing
from lablib.explainability.transformer.probe_words import tagged_words, untrained, word_states
from lablib.explainability.transformer.states import blocks_of

NAME = "explainability/inside-a-transformer"
LENSES = ("right", "choice", "centred")
REVIEWS_TEST_OVER_TRAIN, TWEETS_TEST_OVER_TRAIN = 1 / 4, 1 / 2


@dataclass(frozen=True)
class Config:
    """Settings of a run.

    - seeds: copiers trained; splits of reviews and tweets; draws of prompts; at least two.
    - copy_layers, copy_heads, copy_width, copy_steps, copy_pairs: the decoder that copies, its
      training, and sequences patched for each position.
    - layers, texts, explained, rewired, most_words: encoder blocks and reviews of the classifier;
      reviews whose words are removed, and reviews scored with other weights, a seed; the
      longest of them in words.
    - steps, draws: points of integrated gradients; random orders a review.
    - pieces, rows: word pieces of a long text, and rows of each head that get other weights.
    - tweets, penalty: tweets that words are taken from (None: all with an entity) and the ridge
      penalty of the probes.
    - prompts, pairs, patched_layers: facts asked (None: all), pairs a seed, and how far apart the
      patched layers of the chat model lie.
    - device: where encoders run for the probes; the rest runs on the processor.
    """

    seeds: tuple[int, ...] = (0, 1, 2, 3, 4)
    copy_layers: int = 3
    copy_heads: int = 2
    copy_width: int = 24
    copy_steps: int = 120
    copy_pairs: int = 15
    layers: int | None = 2
    texts: int | None = 500
    explained: int = 10
    rewired: int = 30
    most_words: int = 10
    steps: int = 16
    draws: int = 2
    pieces: int = 150
    rows: int = 4
    tweets: int | None = 250
    penalty: float = 0.1
    prompts: int | None = None
    pairs: int = 3
    patched_layers: int = 4
    device: str = "cpu"


CONFIGS = {
    "quick": Config(),
    "full": Config(
        seeds=tuple(range(10)), copy_layers=4, copy_heads=4, copy_width=32, copy_steps=400,
        copy_pairs=100, layers=None, texts=None, explained=24, rewired=150, most_words=20,
        steps=32, draws=3, rows=8, tweets=None, pairs=8, patched_layers=1, device="auto",
    ),
}  # fmt: skip

EXACT = {
    "copy.everything": (0.0, 1e-3),
    "copy.nothing": (0.0, 1e-6),
    "copy.state.source.0": (0.999, 1.001),
    "attention.same.change": (0.0, 1e-3),
    "lens.exact": (0.0, 1e-3),
    "lens.twice": (1.0, 200.0),
    "patch.everything": (0.0, 1e-3),
    "patch.nothing": (0.0, 1e-6),
    "patch.subject.first": (0.999, 1.001),
    "patch.last.end": (0.999, 1.001),
}
ACCEPTANCE = {
    "quick": EXACT
    | {
        "copy.accuracy": (0.98, 1.0),
        "copy.head-found.low": (0.2, 1.0),  # above one head in six
        "copy.attention-found.low": (0.2, 1.0),
        "copy.head.beyond.low": (0.05, 1.0),
        "copy.state.last.1": (0.9, 1.05),
        "attention.random.gap": (-0.4, 0.4),
        "attention.attention.over-random.low": (-1.0, 0.0),
        "attention.attention.over-random.high": (0.0, 0.6),
        "attention.rollout.over-random.low": (-1.0, 0.0),
        "attention.rollout.over-random.high": (0.0, 0.6),
        "attention.attention-x-gradient.over-random.low": (0.0, 1.0),
        "attention.integrated-gradients.over-random.low": (0.1, 1.5),
        "attention.attention.order.low": (-1.0, 0.0),
        "attention.rollout.order.low": (-1.0, 0.0),
        "attention.attention-x-gradient.over-attention.low": (0.0, 1.0),
        "attention.integrated-gradients.order.low": (0.4, 0.95),
        "attention.permuted.moved.high": (0.1, 0.51),
        "attention.one.moved.low": (0.51, 1.5),
        "attention.same.gone": (0.5, 0.9),
        "probe.3.real": (0.84, 0.94),
        "probe.3.over-embedding.low": (0.0, 0.2),
        "probe.3.new": (0.75, 0.95),
        "probe.middle-over-last.low": (0.0, 0.2),
        "probe.selectivity-over-untrained.low": (0.05, 0.4),
        "probe.over-lookup.low": (0.0, 0.4),
        "untrained.6.selectivity.low": (-0.3, 0.0),
        "untrained.6.selectivity.high": (0.0, 0.15),
        "untrained.6.control": (0.55, 0.75),
        "lens.known": (15, 27),
        "lens.right.last-but-one.high": (0.0, 0.35),
        "lens.plain": (0.0, 0.2),
        "lens.centred.settles": (20.0, 27.0),
        "lens.centred.sooner.low": (2.0, 12.0),
        "lens.shuffled.high": (0.0, 0.3),
        "patch.subject.middle": (0.9, 1.1),
        "patch.last.middle": (-0.1, 0.15),
        "patch.unrelated.subject.middle": (0.2, 0.8),
        "patch.subject.beyond.low": (0.1, 0.9),
    },
    "full": EXACT
    | {
        "copy.accuracy": (0.98, 1.0),
        "attention.random.gap": (-0.2, 0.2),
        "attention.integrated-gradients.over-random.low": (0.0, 2.0),
        "probe.3.real": (0.8, 0.97),
        "probe.selectivity-over-untrained.low": (0.0, 0.5),
        "lens.centred.settles": (20.0, 27.0),
        "lens.shuffled.high": (0.0, 0.3),
        "patch.subject.middle": (0.9, 1.1),
        "patch.subject.beyond.low": (0.1, 0.9),
    },
}

CARD = {
    "intended_use": (
        "Teaching: to test attention maps, probes, the logit lens and activation patching on "
        "models small enough to be checked, each beside something that fails."
    ),
    "not_for": (
        "Explaining a decision about a person; certifying that a model does or does not hold some "
        "knowledge; claims about larger models."
    ),
    "affected": (
        "People whose case a reviewer judges by a coloured attention map, or about whom a model is "
        "said not to know something because a probe or a lens did not find it."
    ),
    "limits": (
        "A toy decoder, a small sentence encoder with a few blocks, a chat model of 135 million "
        "rounded weights, prompts on capitals in one wording, tweets of one year in English. A "
        "result at one layer is not a circuit, and what patching restores is not all that exists."
    ),
}


def run(config: Config, *, scale: str = "quick", progress: bool = False) -> record.Record:
    """Run every part and return the record.

    Metrics are `<part>.<quantity>`, with parts `copy`, `attention`, `probe`, `untrained`, `lens`
    and `patch`; the tables `lens` and `patch` hold a row a layer. Intervals: Student's over
    copiers and draws of prompts, `over_splits` where splits share rows, and over prompts the
    bootstrap, at 95 %.
    """
    if len(config.seeds) < 2:
        raise ValueError(f"seeds is {config.seeds}; an interval over seeds needs at least two")
    cards = ("movie-reviews", "minilm", "tweet-entities", "smollm2")
    recorder = record.start(
        NAME, scale=scale, config=asdict(config), seeds=config.seeds,
        data={name: card(name).file_sha256 for name in cards},
    )  # fmt: skip
    parts = (_copier, _attention, _probes, _chat)
    for part in tqdm(parts, disable=None if progress else True, desc="parts"):
        part(recorder, config)
    return recorder.finish(baseline="attention.random.gap", control="copy.head.unrelated")


def _copier(recorder: record.Recorder, config: Config) -> None:
    """Decoders that copy: one a seed."""
    found = [
        measures.copier(
            layers=config.copy_layers, heads=config.copy_heads, width=config.copy_width,
            steps=config.copy_steps, pairs=config.copy_pairs, seed=seed,
        )
        for seed in config.seeds
    ]  # fmt: skip
    for name in found[0]:
        values = [one[name] for one in found]
        if name in ("everything", "nothing", "chance"):
            recorder.metric(f"copy.{name}", max(values))
        elif name.endswith("-found"):
            hits = int(sum(values))
            recorder.metric(f"copy.{name}", hits / len(values), n=len(values),
                            interval=clopper_pearson(hits, len(values)))  # fmt: skip
        else:
            _add(recorder, f"copy.{name}", across_seeds(values))


def _attention(recorder: record.Recorder, config: Config) -> None:
    """The review classifier: removal in the order of attention, and other weights."""
    from lablib.explainability.attribution import reviews

    source = reviews.reviews(layers=config.layers, texts=config.texts)
    found: dict[str, list[float]] = defaultdict(list)
    for seed in config.seeds:
        task = reviews.review_task(
            source, rows=config.rewired, most_words=config.most_words, seed=seed
        )
        told = {"quality": task.quality}
        told |= attention.removal_tests(
            task, texts=config.explained, steps=config.steps, draws=config.draws, seed=seed
        )
        told |= attention.rewired(task, seed=seed)
        case = attention.long_case(source, pieces=config.pieces, seed=seed)
        told |= attention.same_output(task.model, case, rows=config.rows)
        for name, value in told.items():
            found[name].append(value)
    for name, values in found.items():
        if name == "same.change":
            recorder.metric(f"attention.{name}", max(values))
        else:
            _add(recorder, f"attention.{name}",
                 over_splits(values, test_over_train=REVIEWS_TEST_OVER_TRAIN))  # fmt: skip


def _probes(recorder: record.Recorder, config: Config) -> None:
    """Probes of the encoder's layers and of an untrained encoder's, with control tasks."""
    from lablib.models.pretrained import load_encoder
    from lablib.training.device import choose_device

    tokenizer, encoder = load_encoder("minilm")
    encoder = encoder.to(choose_device(cast(Any, config.device)))
    words = tagged_words(tokenizer, tweets=config.tweets)
    random = untrained(encoder, seed=config.seeds[0]).to(next(encoder.parameters()).device)
    layers = {"probe": word_states(encoder, words), "untrained": word_states(random, words)}
    found: dict[str, list[float]] = defaultdict(list)
    for seed in config.seeds:
        told = {f"probe.{n}": v for n, v in measures.looked_up(words, seed=seed).items()}
        for name, states in layers.items():
            measured = measures.probes(states, words, penalty=config.penalty, seed=seed)
            told |= {f"{name}.{quantity}": value for quantity, value in measured.items()}
        last = len(layers["probe"]) - 1
        for quantity in ("real", "selectivity"):
            told[f"probe.{quantity}-over-untrained"] = (
                told[f"probe.{last}.{quantity}"] - told[f"untrained.{last}.{quantity}"]
            )
        told["probe.middle-over-last"] = (
            told[f"probe.{last // 2}.real"] - told[f"probe.{last}.real"]
        )
        told["probe.over-lookup"] = told[f"probe.{last}.real"] - told["probe.lookup"]
        for name, value in told.items():
            found[name].append(value)
    for name, values in found.items():
        _add(recorder, name, over_splits(values, test_over_train=TWEETS_TEST_OVER_TRAIN))
    recorder.metric("probe.words", len(words.words))


def _chat(recorder: record.Recorder, config: Config) -> None:
    """The logit lens and activation patching on the chat model."""
    from lablib.models.pretrained import chat_model

    tokenizer, model = chat_model()
    asked = prompts.facts(tokenizer, most=config.prompts)
    facts = prompts.known(model, asked)
    recorder.metric("lens.asked", len(asked))
    recorder.metric("lens.known", len(facts))
    _lens(recorder, model, facts, config)
    pairs = [prompts.country_pairs(facts, count=config.pairs, seed=seed) for seed in config.seeds]
    _patch(
        recorder, model, prompts.joined(pairs), prompts.strangers(tokenizer, config.pairs), config
    )


def _lens(recorder: record.Recorder, model: Any, facts: prompts.Facts, config: Config) -> None:
    read = measures.lens_layers(model, facts, seeds=config.seeds)
    layers = len(read["right"])
    settled = {name: measures.settling(read[name]) for name in LENSES}
    for name, found in settled.items():
        _add(recorder, f"lens.{name}.settles", bootstrap(np.mean, found, seed=0, vectorized=True))
    sooner = settled["right"] - settled["centred"]
    _add(recorder, "lens.centred.sooner", bootstrap(np.mean, sooner, seed=0, vectorized=True))
    for name in ("exact", "twice", "plain", "shared"):
        recorder.metric(f"lens.{name}", read[name])
    recorder.metric("lens.layers", layers - 1)
    _add(recorder, "lens.shuffled", across_seeds(read["shuffled"][:, -1]))
    rows = []
    for layer in range(layers):
        row: dict[str, Any] = {"layer": layer}
        for name in LENSES:
            hits = int(read[name][layer].sum())
            interval = clopper_pearson(hits, len(facts))
            row |= {name: hits / len(facts), f"{name}.low": interval.low,
                    f"{name}.high": interval.high}  # fmt: skip
            if layer == layers - 2:
                recorder.metric(f"lens.{name}.last-but-one", row[name], interval=interval,
                                n=len(facts))  # fmt: skip
        control = across_seeds(read["shuffled"][:, layer])
        row |= {"shuffled": control.value, "shuffled.low": control.interval.low,
                "shuffled.high": control.interval.high}  # fmt: skip
        rows.append(row)
    recorder.table("lens", rows)


def _patch(
    recorder: record.Recorder, model: Any, pairs: Pairs, unrelated: torch.Tensor, config: Config
) -> None:
    """Restored shares a layer; a seed's value is the mean over its own pairs."""
    blocks = len(blocks_of(model))
    layers = sorted({*range(0, blocks, config.patched_layers), blocks})
    strangers = unrelated.repeat(len(config.seeds), 1)
    shares = measures.chat_patching(model, pairs, strangers, layers=layers)
    everything, nothing = everything_and_nothing(model, pairs, layer=layers[len(layers) // 2])
    recorder.metric("patch.everything", everything)
    recorder.metric("patch.nothing", nothing)
    rows = []
    for number, layer in enumerate(layers):
        row: dict[str, Any] = {"layer": layer}
        for name, share in shares.items():
            one = across_seeds(share[number].reshape(len(config.seeds), -1).mean(1))
            row |= {name: one.value, f"{name}.low": one.interval.low,
                    f"{name}.high": one.interval.high}  # fmt: skip
            where = {0: "first", layers[len(layers) // 2]: "middle", blocks: "end"}.get(layer)
            if where:
                _add(recorder, f"patch.{name}.{where}", one)
        rows.append(row)
    middle = len(layers) // 2
    beyond = shares["subject"][middle] - shares["unrelated.subject"][middle]
    by_draw = beyond.reshape(len(config.seeds), -1).mean(1)
    _add(recorder, "patch.subject.beyond", across_seeds(by_draw))
    recorder.table("patch", rows)


def _add(recorder: record.Recorder, name: str, estimate: Estimate) -> None:
    recorder.metric(name, estimate.value, interval=estimate.interval, n=estimate.n)
