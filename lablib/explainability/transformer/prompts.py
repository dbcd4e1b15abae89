"""Our own prompts for the chat model: capitals, pairs that differ in the country, and strangers.

The answers are facts that anyone can look up; the model is asked only about those it knows, which
is decided by the model's own answer and said with every number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from lablib.explainability.transformer.patching import Pairs
from lablib.explainability.transformer.states import logits_of

TEMPLATE = "The capital of {} is"
CAPITALS = {
    "France": "Paris", "Italy": "Rome", "Germany": "Berlin", "Spain": "Madrid", "Japan": "Tokyo",
    "Russia": "Moscow", "England": "London", "Egypt": "Cairo", "Greece": "Athens",
    "China": "Beijing", "Austria": "Vienna", "Ireland": "Dublin", "Cuba": "Havana",
    "Norway": "Oslo", "Portugal": "Lisbon", "Poland": "Warsaw", "Sweden": "Stockholm",
    "Peru": "Lima", "Iran": "Tehran", "Iraq": "Baghdad", "Kenya": "Nairobi", "Canada": "Ottawa",
    "Hungary": "Budapest", "Finland": "Helsinki", "Denmark": "Copenhagen", "Syria": "Damascus",
    "Chile": "Santiago",
}  # fmt: skip
# As long as the prompts above, and about nothing that has a capital: the control of patching.
STRANGERS = (
    "The colour of snow is", "The opposite of cold is", "The taste of lemons is",
    "The number of legs is", "The end of summer is",
)  # fmt: skip
SUBJECT = 3  # position of the country: The, capital, of, <country>, is


@dataclass(frozen=True)
class Facts:
    """N prompts `(N, T)`, their answers `(N,)`, and the names of the countries."""

    countries: tuple[str, ...]
    ids: Tensor
    answers: Tensor

    def __len__(self) -> int:
        return len(self.countries)


def facts(tokenizer: Any, *, most: int | None = None) -> Facts:
    """Prompts on capitals whose country and capital are one token each.

    Parameters
    ----------
    tokenizer
        Of the chat model.
    most
        Keep the first ones only.
    """
    kept: list[tuple[str, list[int], int]] = []
    for country, capital in CAPITALS.items():
        ids, answer = tokenizer(TEMPLATE.format(country)).input_ids, _ids(tokenizer, capital)
        if len(ids) == SUBJECT + 2 and len(answer) == 1:
            kept.append((country, ids, answer[0]))
    countries, ids, answers = zip(*kept[:most], strict=True)
    return Facts(tuple(countries), torch.tensor(ids), torch.tensor(answers))


@torch.no_grad()
def known(model: nn.Module, asked: Facts) -> Facts:
    """The facts that the model answers rightly with its likeliest next token.

    Raises
    ------
    ValueError
        If it knows fewer than three: no pairs can be made of them.
    """
    right = logits_of(model(asked.ids))[:, -1].argmax(-1) == asked.answers
    rows = torch.nonzero(right).flatten()
    if len(rows) < 3:
        raise ValueError(f"the model knows {len(rows)} of {len(asked)} capitals; three are needed")
    return Facts(
        tuple(asked.countries[row] for row in rows.tolist()), asked.ids[rows], asked.answers[rows]
    )


def country_pairs(known_facts: Facts, *, count: int, seed: int) -> Pairs:
    """Pairs of prompts that differ in the country alone.

    Parameters
    ----------
    known_facts
        From `known`.
    count
        How many; each country is clean at most once and corrupted at most once.
    seed
        Of the drawing.

    Raises
    ------
    ValueError
        If there are fewer countries than pairs.
    """
    if not 1 <= count <= len(known_facts):
        raise ValueError(f"count is {count}; there are {len(known_facts)} known countries")
    order = np.random.default_rng(seed).permutation(len(known_facts))
    clean = torch.from_numpy(order)[:count]
    other = torch.from_numpy(np.roll(order, -1))[:count]
    ids, answers = known_facts.ids, known_facts.answers
    return Pairs(ids[clean], ids[other], answers[clean], answers[other])


def joined(pairs: Sequence[Pairs]) -> Pairs:
    """Several sets of pairs, one after the other, to be run together."""
    parts = zip(
        *((p.clean, p.corrupted, p.clean_answer, p.corrupted_answer) for p in pairs), strict=True
    )
    return Pairs(*(torch.cat(part) for part in parts))


def strangers(tokenizer: Any, count: int) -> Tensor:
    """Unrelated prompts `(count, T)` of the same length, in turn.

    Parameters
    ----------
    tokenizer
        Of the chat model.
    count
        How many rows.

    Raises
    ------
    ValueError
        If the tokenizer cuts none of them into the same number of tokens.
    """
    ids = [tokenizer(text).input_ids for text in STRANGERS]
    fitting = [row for row in ids if len(row) == SUBJECT + 2]
    if not fitting:
        raise ValueError(f"no unrelated prompt has {SUBJECT + 2} tokens with this tokenizer")
    return torch.tensor([fitting[row % len(fitting)] for row in range(count)])


def _ids(tokenizer: Any, word: str) -> list[int]:
    found: list[int] = tokenizer(" " + word).input_ids
    return found
