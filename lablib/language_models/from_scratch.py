"""A language model from nothing: tokenizer, Transformer, whole-split loss, samples, controls.

The same held-out characters are scored by the Transformer, by add-k n-grams (given all training
text, and given as much as the Transformer read), by token frequencies and by gzip. Control: text
whose tokens were shuffled, where nothing can beat frequencies unless it sees the future; a model
with a broken mask does, and is caught.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from torch import Tensor

from lablib import record
from lablib.evaluation import Estimate, across_seeds, bootstrap
from lablib.language_models.scratch import corpus, leaks, sampling, speed
from lablib.language_models.scratch.corpus import Corpus, Floats
from lablib.language_models.scratch.decoder_training import Config, train
from lablib.models.decoder import Decoder
from lablib.record import Record, Recorder
from lablib.training.language import split_nats

NAME = "language-models/from-scratch"


CONFIGS = {
    "quick": Config(),
    # The shape of the best-known small character model, on tokens instead of characters.
    "full": Config(
        vocabulary=4096,
        context=256,
        width=384,
        heads=6,
        layers=6,
        dropout=0.2,
        deviation=0.02,
        steps=2000,
        batch_size=64,
        learning_rate=1e-3,
        warmup_steps=100,
        weight_decay=0.1,
        patience=3,
        precision="bf16",
        compile=True,
        stride=128,
        other_strides=(256, 32),
        samples=200,
        new_tokens=120,
    ),
}


def run(config: Config, *, scale: str = "quick", progress: bool = False) -> Record:
    """Train every seed, score all models on the same characters, and run both controls."""
    text = corpus.read(vocabulary=config.vocabulary, seed=config.split_seed, sizes=config.sizes)
    recorder = record.start(
        NAME,
        scale=scale,
        config=config,
        seeds=config.seeds,
        data={"encyclopaedia": text.sha256},
    )
    rows = text.tokens(text.train), text.tokens(text.validation), text.tokens(text.test)
    characters = corpus.lengths(text.test)
    _sizes(recorder, text, rows, config)
    models = [
        train(text.vocabulary, rows[0], config, seed=seed, validation=rows[1], progress=progress)
        for seed in config.seeds
    ]
    scored = [
        split_nats(model, rows[2], context=config.context, stride=config.stride) for model in models
    ]
    ours = np.stack([corpus.per_document(nats, rows[2][1:], end=0) for nats in scored])  # (S, docs)
    recorder.metric("transformer.parameters", sum(p.numel() for p in models[0].parameters()))
    _transformer(recorder, ours, characters, len(rows[2]) - 1, config)
    _counting(recorder, text, ours, characters, config)
    _tokens(recorder, text, rows, ours, characters, config)
    _strides(recorder, models[0], rows[2], characters, config)
    leaks.measure(recorder, text.vocabulary, rows, characters, config)
    sampling.measure(recorder, models[0], text, config)
    speed.measure(recorder, models[0], rows[0], config)
    return recorder.finish(baseline="ngram.bits", control="shuffled.minus-frequency")


def _sizes(
    recorder: Recorder, text: Corpus, rows: tuple[Tensor, Tensor, Tensor], config: Config
) -> None:
    """What was read and what is held out."""
    total = float(corpus.lengths(text.train).sum())
    held = float(corpus.lengths(text.test).sum())
    shown = config.steps * config.batch_size * config.context
    recorder.metric("train.documents", len(text.train))
    recorder.metric("train.characters", total)
    recorder.metric("test.documents", len(text.test))
    recorder.metric("test.characters", held)
    recorder.metric("test.tokens", len(rows[2]) - 1)
    recorder.metric("characters-per-token", held / (len(rows[2]) - 1))
    recorder.metric("transformer.tokens-read", shown)
    recorder.metric("transformer.characters-read", shown * total / (len(rows[0]) - 1))


def _transformer(
    recorder: Recorder, ours: Floats, characters: Floats, tokens: int, config: Config
) -> None:
    """Bits over documents (seeds averaged) and over seeds (documents fixed), and perplexity."""
    recorder.estimate("transformer.bits", _over_documents(ours.mean(axis=0), characters, config))
    by_seed = [float(corpus.bits(row, characters)) for row in ours]
    if len(by_seed) > 1:
        recorder.estimate("transformer.bits.seeds", across_seeds(by_seed))
    recorder.metric("transformer.perplexity", float(np.exp(ours.mean(axis=0).sum() / tokens)))
    recorder.table(
        "seeds", [{"seed": s, "bits": b} for s, b in zip(config.seeds, by_seed, strict=True)]
    )


def _counting(
    recorder: Recorder, text: Corpus, ours: Floats, characters: Floats, config: Config
) -> None:
    """Byte n-grams of growing text, of all of it, and of as much as the Transformer read; gzip."""
    held = corpus.byte_row(text.validation), corpus.byte_row(text.test)
    total = recorder.metrics["train.characters"].value
    read = min(1.0, recorder.metrics["transformer.characters-read"].value / total)
    curve = []
    for share in sorted({*config.curve, read, 1.0}):
        given = corpus.byte_row(corpus.prefix(text.train, share * total))
        model = corpus.best_ngram(given, held[0], orders=config.orders, ks=config.ks)
        nats = corpus.per_document(model.nats(held[1]), held[1], end=corpus.END_BYTE)
        here = _over_documents(nats, characters, config)
        size = {"characters": share * total, "order": model.order, "k": model.k}
        curve.append({**size, **_row(here)})
        for name in [n for n, at in (("ngram", 1.0), ("same-text", read)) if at == share]:
            recorder.estimate(f"{name}.bits", here)
            recorder.metric(f"{name}.order", model.order)
            recorder.metric(f"{name}.perplexity", float(np.exp(nats.sum() / len(held[1]))))
            _against(recorder, name, nats, ours, characters, config)
    recorder.table("curve", curve)
    gzip = corpus.gzip_nats(text.train, text.test)
    recorder.estimate("gzip.bits", _over_documents(gzip, characters, config))
    _against(recorder, "gzip", gzip, ours, characters, config)


def _against(
    recorder: Recorder,
    name: str,
    nats: Floats,
    ours: Floats,
    characters: Floats,
    config: Config,
) -> None:
    """The Transformer's bits minus another's: over documents, and over seeds."""
    gap = _over_documents(ours.mean(axis=0) - nats, characters, config)
    recorder.estimate(f"transformer.minus-{name}", gap)
    if len(ours) > 1:
        gaps = [float(corpus.bits(row - nats, characters)) for row in ours]
        recorder.estimate(f"transformer.minus-{name}.seeds", across_seeds(gaps))


def _tokens(
    recorder: Recorder,
    text: Corpus,
    rows: tuple[Tensor, Tensor, Tensor],
    ours: Floats,
    characters: Floats,
    config: Config,
) -> None:
    """Counts over the same tokens: each by its frequency, and each after the one before it."""
    train, validation, test = (row.numpy() for row in rows)
    ks = (*config.ks, 1.0)

    def counted(given: Any, order: int) -> Floats:
        best = corpus.best_ngram(
            given, validation, orders=(order,), ks=ks, vocabulary=text.vocabulary
        )
        return corpus.per_document(best.nats(test)[1:], test[1:], end=0)

    nats = counted(train, 1)
    recorder.estimate("frequency.bits", _over_documents(nats, characters, config))
    _against(recorder, "frequency", nats, ours, characters, config)
    total = recorder.metrics["train.characters"].value
    read = min(1.0, recorder.metrics["transformer.tokens-read"].value / len(train))
    curve = []
    for share in sorted({*config.curve, read, 1.0}):
        nats = counted(train[: round(share * len(train))], 2)
        here = _over_documents(nats, characters, config)
        curve.append({"characters": share * total, **_row(here)})
        for name in [n for n, at in (("pairs", 1.0), ("pairs-same-text", read)) if at == share]:
            recorder.estimate(f"{name}.bits", here)
            _against(recorder, name, nats, ours, characters, config)
    recorder.table("pairs", curve)


def _strides(
    recorder: Recorder, model: Decoder, tokens: Tensor, characters: Floats, config: Config
) -> None:
    """The same weights under other strides, and the loss by how many tokens came before."""
    context = config.context
    for stride in dict.fromkeys((context, *config.other_strides)):
        row = split_nats(model, tokens, context=context, stride=stride).numpy()
        nats = corpus.per_document(row, tokens[1:].numpy(), end=0)
        recorder.estimate(f"stride.{stride}.bits", _over_documents(nats, characters, config))
        if stride == context:
            whole = len(row) // context * context
            windows = row[:whole].astype(np.float64).reshape(-1, context) / np.log(2)
    edges = [1]
    while 2 * edges[-1] <= context:
        edges.append(2 * edges[-1])
    table: list[dict[str, Any]] = []
    for low, high in zip(edges[:-1], [*edges[1:-1], context + 1], strict=True):
        means = windows[:, low - 1 : high - 1].mean(axis=1)  # a window's bits per token
        found = bootstrap(np.mean, means, seed=0, n_resamples=config.n_resamples, vectorized=True)
        table.append({"from": low, "to": high - 1, **_row(found)})
    recorder.table("position", table)
    for name, line in (("first", table[0]), ("last", table[-1])):
        recorder.metric(f"position.{name}", line["value"], unit="bits per token")
    pairs = recorder.metrics["pairs-same-text.bits"].value
    pairs *= recorder.metrics["characters-per-token"].value
    least = min(float(line["value"]) for line in table)
    recorder.metric("position.least-over-pairs", least - pairs, unit="bits per token")


def _over_documents(nats: Floats, characters: Floats, config: Config) -> Estimate:
    return corpus.estimate(nats, characters, resamples=config.n_resamples)


def _row(found: Estimate) -> dict[str, Any]:
    ends = found.interval
    return {"value": found.value, "low": ends.low, "high": ends.high, "n": found.n}


# Quick: set from runs with other seeds and splits, see the tests. Counting is exact but for the
# split. A Transformer that needed far fewer bits at this size would have seen the future, and so
# would one that beats frequencies on shuffled tokens. Full: wide, until a graphics card ran it.
_COUNTED = {"ngram.bits": (2.08, 2.2), "gzip.bits": (3.1, 3.3)}
ACCEPTANCE: dict[str, dict[str, tuple[float, float]]] = {
    "quick": {
        **_COUNTED,
        "transformer.bits": (2.52, 2.66),
        "transformer.minus-ngram": (0.38, 0.52),
        "transformer.minus-same-text": (-0.16, -0.03),
        "transformer.minus-pairs-same-text": (0.1, 0.23),
        "transformer.minus-frequency": (-0.82, -0.66),
        # Which side of zero the page's sentences say.
        "transformer.minus-gzip.high": (-0.7, -0.3),
        "transformer.minus-same-text.high": (-0.15, 0.0),
        "transformer.minus-ngram.low": (0.3, 0.5),
        "transformer.minus-pairs-same-text.low": (0.0, 0.23),
        "position.least-over-pairs": (0.0, 0.6),
        "shuffled.minus-frequency": (0.0, 0.03),
        "shuffled.minus-frequency.low": (0.0, 0.03),
        "broken.minus-frequency.high": (-3.3, -1.0),
        "shuffled.future-moves": (0.0, 0.0),
        "broken.minus-frequency": (-3.3, -1.0),
        "broken.future-moves": (0.5, 100.0),
        "plain.known": (0.45, 0.72),
        "greedy.distinct": (0.08, 0.45),
        "held-out.known": (0.9, 1.0),
    },
    "full": {
        **_COUNTED,
        "transformer.bits": (1.3, 2.1),
        "transformer.minus-ngram": (-0.8, 0.0),
        "shuffled.minus-frequency": (0.0, 0.15),
        "shuffled.future-moves": (0.0, 0.0),
        "broken.minus-frequency": (-3.3, -0.5),
        "speed.share": (0.02, 0.9),
    },
}
CARD = {
    "intended_use": (
        "Lessons about how a language model is built and measured, on extracts of an English "
        "encyclopaedia."
    ),
    "not_for": (
        "Writing anything that a person will read as fact. The model continues text with likely "
        "tokens and knows nothing else; at quick scale it does not even spell."
    ),
    "affected": (
        "People whom a generated sentence names: the corpus holds biographies, and a continuation "
        "can put a real name beside an invented deed."
    ),
    "limits": (
        "One corpus, one language, one split of its documents. Bits per character measure "
        "prediction of this text, not truth or usefulness. Near copies of a document may lie on "
        "both sides of the split."
    ),
}
