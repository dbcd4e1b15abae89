"""Continuations at several temperatures, top-k and top-p, and two counts of what they are like.

Known words: the share of words that occur in the training text. Distinct words: different words
divided by words, low where a sample goes round in circles. Neither measures sense or truth.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from lablib.evaluation import Estimate, bootstrap
from lablib.language_models.scratch.corpus import Corpus
from lablib.language_models.scratch.decoder_training import Config
from lablib.models.decoder import Decoder
from lablib.models.generation import generate
from lablib.record import Recorder

WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True)
class Setting:
    """How the next token is drawn; `key` names its metrics, `label` its row in a figure."""

    key: str
    label: str
    temperature: float = 1.0
    top_k: int | None = None
    top_p: float | None = None


SETTINGS = (
    Setting("greedy", "greedy", temperature=0.0),
    Setting("cool", "temperature 0.5", temperature=0.5),
    Setting("mild", "temperature 0.8", temperature=0.8),
    Setting("plain", "temperature 1", temperature=1.0),
    Setting("hot", "temperature 1.3", temperature=1.3),
    Setting("top-k", "top-k 20", top_k=20),
    Setting("top-p", "top-p 0.9", top_p=0.9),
)


def words(text: str) -> list[str]:
    """The whole words of a cut-out text in lower case: its first and last may be torn.

    >>> words("ing about the two wor")
    ['about', 'the', 'two']
    """
    return [word.lower() for word in WORD.findall(text)][1:-1]


def vocabulary_of(texts: Sequence[str]) -> frozenset[str]:
    """All words of `texts` in lower case."""
    return frozenset(word.lower() for text in texts for word in WORD.findall(text))


def continuations(
    model: Decoder, prompts: torch.Tensor, setting: Setting, *, new_tokens: int, seed: int
) -> torch.Tensor:
    """Return the new tokens `(B, new_tokens or fewer)` after prompts `(B, T)`.

    Parameters
    ----------
    setting
        Temperature, top-k and top-p.
    new_tokens
        How many at most.
    seed
        Of the draws.
    """
    device = next(model.parameters()).device
    generator = torch.Generator(device=device).manual_seed(seed)
    made = generate(
        model,
        prompts.to(device),
        max_new_tokens=new_tokens,
        temperature=setting.temperature,
        top_k=setting.top_k,
        top_p=setting.top_p,
        generator=generator,
    )
    return made[:, prompts.shape[1] :].cpu()


def measure(recorder: Recorder, model: Decoder, text: Corpus, config: Config) -> None:
    """Continue the beginnings of held-out documents; record both counts and one text a setting.

    Parameters
    ----------
    model
        Of the first seed.
    text
        Documents and tokenizer.
    """
    length = config.prompt_tokens + config.new_tokens
    rows = [ids for ids in _encoded(text) if len(ids) >= length][: config.samples]
    known = vocabulary_of(text.train)
    prompts = torch.tensor([ids[: config.prompt_tokens] for ids in rows])
    true = [text.tokenizer.decode(ids[config.prompt_tokens : length]) for ids in rows]
    shown = [_shown(text, "the document itself", prompts[0], true[0])]
    table = [_measured(recorder, "held-out", "held-out text", true, known, config)]
    for setting in SETTINGS:
        made = continuations(
            model, prompts, setting, new_tokens=config.new_tokens, seed=config.seeds[0]
        )
        texts = [text.tokenizer.decode(row.tolist()) for row in made]
        shown.append(_shown(text, setting.label, prompts[0], texts[0]))
        table.append(_measured(recorder, setting.key, setting.label, texts, known, config))
    recorder.table("texts", shown)
    recorder.table("samples", table)


def _encoded(text: Corpus) -> list[list[int]]:
    return [encoded.ids for encoded in text.tokenizer.encode_batch_fast(list(text.test))]


def _shown(text: Corpus, label: str, prompt: torch.Tensor, continued: str) -> dict[str, str]:
    return {"drawn": label, "prompt": text.tokenizer.decode(prompt.tolist()), "text": continued}


def _measured(
    recorder: Recorder,
    key: str,
    label: str,
    texts: Sequence[str],
    known: frozenset[str],
    config: Config,
) -> dict[str, Any]:
    """Both shares with bootstrap intervals over samples."""
    found = [words(text) for text in texts]
    counts = {
        "known": [sum(word in known for word in row) for row in found],
        "distinct": [len(set(row)) for row in found],
    }
    lengths = np.array([len(row) for row in found], dtype=float)
    line: dict[str, Any] = {"drawn": label, "samples": len(texts)}
    for name, hits in counts.items():
        share = _share(np.array(hits, dtype=float), lengths, config)
        recorder.estimate(f"{key}.{name}", share)
        line |= {
            name: share.value,
            f"{name}.low": share.interval.low,
            f"{name}.high": share.interval.high,
        }
    return line


def _share(hits: Any, lengths: Any, config: Config) -> Estimate:
    def ratio(some: Any, all_: Any, axis: int = -1) -> Any:
        return np.sum(some, axis=axis) / np.maximum(1.0, np.sum(all_, axis=axis))

    return bootstrap(ratio, hits, lengths, seed=0, n_resamples=config.n_resamples, vectorized=True)
