"""An encoder-decoder learns to name emoji in Chinese, and a careless split flatters it.

Many names are variants of one: split name by name, and almost every test name has a twin in
training. The same translator is scored on both splits, beside a dictionary and the nearest name.
Controls: shuffled pairs, and a decoder that reads nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from tqdm import tqdm

from lablib import record
from lablib.data import load
from lablib.data.pair import PairData
from lablib.evaluation.translation import exact_matches
from lablib.language_models.translation.alignment import Alignment, align
from lablib.language_models.translation.beam import beam_search, sample
from lablib.language_models.translation.measures import (
    by_concept,
    concepts_of,
    listed,
    maps,
    mean_by_concept,
    over,
    overlap_of,
    row_of,
    share,
)
from lablib.language_models.translation.name_pairs import short_names, shuffled_targets
from lablib.language_models.translation.runs import (
    SYSTEMS,
    OneRun,
    bits,
    one_run,
    unigram_bits,
)
from lablib.language_models.translation.translator import Shape, train_translator, train_writer
from lablib.record import Record, Recorder

NAME = "language-models/sequence-to-sequence"
SPLITS = {"concept": False, "name": True}  # whether the split goes name by name


@dataclass(frozen=True)
class Config:
    """Settings: a seed is one split of the pairs and one training.

    `by_name_seeds`: so many of the seeds are run on the leaking split as well. `longest` and
    `fewest_words` choose the pairs; `sizes` are the parts; `least` is the smallest Dice of a
    dictionary entry that attention is tested against, on the first `aligned` test names;
    `listed` names are shown.
    """

    seeds: tuple[int, ...] = (0, 1, 2, 3, 4)
    by_name_seeds: int = 5
    longest: int = 12
    fewest_words: int = 2
    sizes: tuple[float, float, float] = (0.65, 0.1, 0.25)
    shape: Shape = field(default_factory=Shape)
    least: float = 0.5
    aligned: int = 250
    beams: int = 4
    listed: int = 8
    n_resamples: int = 1000


CONFIGS = {
    "quick": Config(),
    "full": Config(
        longest=20,
        fewest_words=1,
        shape=Shape(
            width=128,
            layers=2,
            dropout=0.1,
            epochs=20,
            batch_size=32,
            learning_rate=1e-3,
            warmup_steps=100,
        ),
    ),
}

CARD = {
    "intended_use": (
        "Teaching: to see an encoder, a decoder and cross-attention work on real pairs, and to see "
        "what a split that leaks does to a score."
    ),
    "not_for": (
        "Translating anything for anybody. It has seen a few thousand labels of pictures, and for "
        "a word that it does not know it writes another, fluently."
    ),
    "affected": (
        "Whoever would read its Chinese without reading the English: a wrong name looks like a "
        "right one. Names speak of gender, skin tone, countries and religions, and a wrong word "
        "can call a person or a place something they are not."
    ),
    "limits": (
        "Short noun phrases of one list, one language pair, one reference a name. Exact match "
        "counts other right names as wrong. The quick scale leaves out names of one word and long "
        "names. Splits share names, so intervals over seeds allow for overlap and speak of this "
        "list only."
    ),
}


def run(config: Config, *, scale: str = "quick", progress: bool = False) -> Record:
    """Train on both splits for every seed, then score, test attention, and run the controls."""
    everything = load("emoji-names")
    pairs = short_names(everything, longest=config.longest, fewest_words=config.fewest_words)
    sha = everything.card.archive_sha256 if everything.card else ""
    recorder = record.start(
        NAME, scale=scale, config=config, seeds=config.seeds, data={"emoji-names": sha}
    )
    plan = [("concept", seed) for seed in config.seeds]
    plan += [("name", seed) for seed in config.seeds[: config.by_name_seeds]]
    runs: dict[str, list[OneRun]] = {split: [] for split in SPLITS}
    for split, seed in tqdm(plan, desc=NAME, disable=not progress):
        runs[split].append(
            one_run(
                pairs,
                config.shape,
                seed=seed,
                by_name=SPLITS[split],
                sizes=config.sizes,
                least=config.least,
                aligned=config.aligned,
            )
        )
    _sizes(recorder, everything, pairs, runs)
    for split, found in runs.items():
        _scores(recorder, split, found)
        _parts(recorder, split, found)
        _attention(recorder, split, [one.alignment for one in found], overlap_of(found))
    _controls(recorder, runs["concept"][0], config)
    _search(recorder, runs["name"][0], config)
    _listed(recorder, runs, config)
    return recorder.finish(baseline="concept.dictionary.chrf", control="shuffled.bits")


def _sizes(
    recorder: Recorder, everything: PairData, pairs: PairData, runs: dict[str, list[OneRun]]
) -> None:
    recorder.metric("pairs.all", len(everything))
    recorder.metric("pairs", len(pairs))
    recorder.metric("concepts", _count(pairs))
    for split, found in runs.items():
        train, test = found[0].parts.train, found[0].parts.test
        twins = np.isin(concepts_of(test), concepts_of(train))
        recorder.metric(f"{split}.train", len(train))
        recorder.metric(f"{split}.test", len(test))
        recorder.metric(f"{split}.test.concepts", _count(test))
        recorder.metric(f"{split}.twins", float(twins.mean()), n=len(test))
        recorder.metric(f"{split}.known", float(found[0].known.mean()), n=len(test))


def _scores(recorder: Recorder, split: str, found: Sequence[OneRun]) -> None:
    """Exact match and chrF of every system, and the translator's lead over the baselines."""
    overlap, rows = overlap_of(found), []
    for system in SYSTEMS:
        answers = [one.answers[system] for one in found]
        exact = over([a.exact.mean() for a in answers], overlap)
        chrf = over([a.chrf for a in answers], overlap)
        recorder.estimate(f"{split}.{system}.exact", exact)
        recorder.estimate(f"{split}.{system}.chrf", chrf)
        rows.append(
            {"split": split, "system": system, **row_of(exact, "exact"), **row_of(chrf, "chrf")}
        )
    recorder.table(f"scores.{split}", rows)
    for other in SYSTEMS[1:]:
        pairs = [(one.answers["translator"], one.answers[other]) for one in found]
        lead = {
            "exact": [mine.exact.mean() - theirs.exact.mean() for mine, theirs in pairs],
            "chrf": [mine.chrf - theirs.chrf for mine, theirs in pairs],
        }
        for name, values in lead.items():
            recorder.estimate(f"{split}.lead-over-{other}.{name}", over(values, overlap))


def _parts(recorder: Recorder, split: str, found: Sequence[OneRun]) -> None:
    """What is right about the translator's names: the next token, the tone, the rest."""
    overlap = overlap_of(found)
    ends = [one.ends_right() for one in found]
    known = [one.answers["translator"].exact[one.known] for one in found]
    unknown = [one.answers["translator"].exact[~one.known] for one in found]
    shares: dict[str, list[float]] = {
        "next-token": [float(one.forced.right.sum() / one.forced.counted.sum()) for one in found],
        "tone": [float(tone.mean()) for tone, _ in ends],
        "before-tone": [float(rest.mean()) for _, rest in ends],
        "known.exact": [float(hits.mean()) for hits in known],
        "unknown.exact": [float(hits.mean()) for hits in unknown],
    }
    for name, values in shares.items():
        recorder.estimate(f"{split}.translator.{name}", over(values, overlap))
    recorder.metric(f"{split}.toned", int(found[0].toned.sum()))


def _attention(recorder: Recorder, name: str, found: Sequence[Alignment], overlap: float) -> None:
    """How often attention, and hiding a word, name the word that the dictionary names."""
    shares: dict[str, list[Any]] = {
        "attention": [one.points.mean() for one in found],
        "uniform": [one.chance.mean() for one in found],
        "hiding": [one.needed_right.mean() for one in found],
        "hiding.chance": [one.word_chance.mean() for one in found],
        "hiding.gain": [one.needed_right.mean() - one.word_chance.mean() for one in found],
        "agreement": [one.needed.mean() for one in found],
        "agreement.chance": [one.needed_chance.mean() for one in found],
        "attention.gain": [one.points.mean() - one.chance.mean() for one in found],
    }
    for quantity, values in shares.items():
        recorder.estimate(f"{name}.{quantity}", over(values, overlap))
    recorder.metric(f"{name}.characters", len(found[0].row))


def _controls(recorder: Recorder, one: OneRun, config: Config) -> None:
    """Shuffled pairs and a decoder alone, on the first seed's concept split."""
    train, test, seed, n = one.parts.train, one.parts.test, config.seeds[0], config.n_resamples
    concepts = concepts_of(test)
    broken = train_translator(shuffled_targets(train, seed=seed), config.shape, seed=seed)
    writer = train_writer(train, config.shape, seed=seed)
    costs = {
        "unigram": unigram_bits(one),
        "writer": bits(writer.scores(test)),
        "shuffled": bits(broken.scores(test)),
        "translator": bits(one.forced),
    }
    rows = []
    for system, cost in costs.items():
        estimate = by_concept(share, concepts, *cost.T, n_resamples=n)
        recorder.estimate(f"{system}.bits", estimate)
        rows.append({"system": system, **row_of(estimate)})
    recorder.table("bits", rows)
    spent, tokens = costs["writer"].T
    saved, lost = spent - costs["translator"][:, 0], costs["shuffled"][:, 0] - spent
    recorder.estimate("reading.bits", by_concept(share, concepts, saved, tokens, n_resamples=n))
    recorder.estimate("shuffled.excess", by_concept(share, concepts, lost, tokens, n_resamples=n))
    exact = exact_matches(broken.translate(test.sources), test.targets)
    recorder.estimate("shuffled.exact", mean_by_concept(concepts, exact, n_resamples=n))
    found = align(broken, test.take(range(min(config.aligned, len(test)))), one.dictionary)
    for name, values in (("attention", found.points), ("uniform", found.chance)):
        estimate = mean_by_concept(concepts[found.row], values, n_resamples=n)
        recorder.estimate(f"shuffled.{name}", estimate)


def _search(recorder: Recorder, one: OneRun, config: Config) -> None:
    """Greedy, beam search and sampling from one translator, split by name."""
    test, n = one.parts.test, config.n_resamples
    concepts = concepts_of(test)
    written = {
        "greedy": beam_search(one.translator, test.sources, beams=1),
        "beam": beam_search(one.translator, test.sources, beams=config.beams),
        "sampling": sample(one.translator, test.sources, seed=config.seeds[0]),
    }
    first = exact_matches(written["greedy"].names, test.targets).astype(float)
    rows = []
    for name, texts in written.items():
        exact = exact_matches(texts.names, test.targets)
        found = {
            "exact": mean_by_concept(concepts, exact, n_resamples=n),
            "log-probability": mean_by_concept(
                concepts, np.array(texts.log_probability), n_resamples=n
            ),
            "gain": mean_by_concept(concepts, exact - first, n_resamples=n),
        }
        for quantity, estimate in found.items():
            recorder.estimate(f"search.{name}.{quantity}", estimate)
        columns = row_of(found["exact"], "exact") | row_of(found["log-probability"], "likely")
        rows.append({"search": name, **columns})
    recorder.table("search", rows)


def _listed(recorder: Recorder, runs: dict[str, list[OneRun]], config: Config) -> None:
    """Test names drawn by chance with what was written, and the maps that a figure shows."""
    rng = np.random.default_rng(config.seeds[0])
    for split, found in runs.items():
        recorder.table(f"listed.{split}", listed(found[0], rng, rows=config.listed))
    recorder.table("maps", maps(runs["name"][0], rng))


def _count(pairs: PairData) -> int:
    return len(np.unique(concepts_of(pairs)))


# Two-sided: a translator that is right about new concepts would be as suspicious as one that fails.
_BOTH = {
    "name.twins": (0.6, 0.8),
    "concept.twins": (0.0, 0.0),
    "concept.nearest.exact": (0.0, 0.01),
    "concept.translator.tone": (0.8, 1.0),
}
ACCEPTANCE: dict[str, dict[str, tuple[float, float]]] = {
    "quick": {
        **_BOTH,
        "name.translator.exact": (0.38, 0.66),
        "name.dictionary.exact": (0.13, 0.25),
        "name.attention": (0.32, 0.8),
        "name.hiding": (0.55, 0.9),
        "concept.translator.exact": (0.0, 0.02),
        "concept.dictionary.exact": (0.003, 0.02),
        "concept.translator.chrf": (0.22, 0.35),
        "concept.dictionary.chrf": (0.3, 0.41),
        "concept.nearest.chrf": (0.28, 0.39),
        "concept.translator.before-tone": (0.0, 0.04),
        "shuffled.bits": (3.9, 4.9),
        "shuffled.exact": (0.0, 0.005),
        "shuffled.excess": (-0.4, 0.5),
        "shuffled.attention": (0.15, 0.38),
        "reading.bits": (0.15, 0.9),
        "search.beam.gain": (-0.05, 0.05),
        "search.sampling.gain": (-0.5, -0.2),
        "concept.attention.gain": (0.02, 0.35),
        "name.attention.gain": (0.05, 0.45),
        "concept.agreement": (0.3, 0.6),
        # Which side of zero the page's sentences say.
        "concept.lead-over-dictionary.chrf.high": (-0.12, 0.0),
        "name.lead-over-dictionary.exact.low": (0.1, 0.4),
        "concept.hiding.gain.low": (0.0, 0.45),
        "reading.bits.low": (0.0, 0.6),
        "search.sampling.gain.high": (-0.5, 0.0),
    },
    "full": {
        **_BOTH,
        "name.translator.exact": (0.4, 0.85),
        "concept.translator.exact": (0.0, 0.06),
        "concept.dictionary.exact": (0.0, 0.03),
        "concept.translator.before-tone": (0.0, 0.1),
        "shuffled.exact": (0.0, 0.01),
    },
}
