"""Attacks that change words: greedy by importance, by chance, and the exact worst case.

Nothing here needs a gradient: a classifier is a function from texts to scores. The greedy search
asks how much each word matters, by leaving it out, and tries its replacements in that order (Jin
et al. 2020). For a reader whose score is a sum over words the worst case is known exactly.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lablib.robustness.text.readers import Reader
from lablib.robustness.text.substitutions import WORD, WordThreat, pieces, replaced

Score = Callable[[Sequence[str]], NDArray[np.float64]]


@dataclass(frozen=True)
class Attacked:
    """What an attack made of one text.

    Attributes
    ----------
    text : the changed text.
    margin : score for the true class against the other; below 0 the answer is wrong.
    changed : words that differ.
    asked : texts that the classifier had to score.
    """

    text: str
    margin: float
    changed: int
    asked: int


def greedy(score: Score, text: str, target: int, *, threat: WordThreat) -> Attacked:
    """Replace the words that matter most, one after the other, until the answer is wrong.

    Parameters
    ----------
    score : texts to scores (n,), above 0 for class 1.
    text, target : a text and its true class, 0 or 1.
    threat : how many words, and into which.

    Returns
    -------
    The last text, which `threat` permits; the text itself where nothing helps.
    """
    sign = 2 * target - 1
    cut = pieces(text)
    options = _options(cut, threat)
    places = list(options)
    margins = sign * score([text, *(replaced(cut, {i: ""}) for i in places)])
    best, asked = float(margins[0]), len(margins)
    changes: dict[int, str] = {}
    for place in [places[i] for i in np.argsort(margins[1:], kind="stable")]:
        if best < 0 or len(changes) == threat.words:
            break
        tried = [replaced(cut, {**changes, place: new}) for new in options[place]]
        margins = sign * score(tried)
        asked += len(tried)
        if margins.min() < best:
            best = float(margins.min())
            changes[place] = options[place][int(margins.argmin())]
    return Attacked(replaced(cut, changes), best, len(changes), asked)


def by_chance(
    score: Score, text: str, target: int, *, threat: WordThreat, draws: int, seed: int
) -> Attacked:
    """The worst of `draws` random texts that are allowed: the control of an attack.

    Parameters
    ----------
    score, text, target, threat : as for `greedy`.
    draws : texts to try; give it as many as the attack it is compared with has asked for.
    seed : of the drawing.
    """
    rng = np.random.Generator(np.random.PCG64(seed))
    tried = [text, *drawn(text, draws, threat=threat, rng=rng)]
    margins = (2 * target - 1) * score(tried)
    worst = tried[int(margins.argmin())]
    changed = sum(a != b for a, b in zip(pieces(text), pieces(worst), strict=True))
    return Attacked(worst, float(margins.min()), changed, len(tried))


def drawn(text: str, count: int, *, threat: WordThreat, rng: np.random.Generator) -> list[str]:
    """Random texts: as many changes as are allowed, at random places and into random words.

    Parameters
    ----------
    text, threat : as for `greedy`.
    count : of texts.
    rng : random numbers.
    """
    cut = pieces(text)
    options = _options(cut, threat)
    made = []
    for _ in range(count):
        chosen = rng.permutation(list(options))[: threat.words].tolist()
        luck = rng.random(len(chosen))
        changes = {
            place: options[place][int(u * len(options[place]))]
            for place, u in zip(chosen, luck.tolist(), strict=True)
        }
        made.append(replaced(cut, changes))
    return made


def worst_case(reader: Reader, text: str, target: int, *, threat: WordThreat) -> float:
    """The smallest margin inside the threat model, exactly, for a sum over words.

    Each word contributes on its own, so the worst change of each is found on its own, and the
    largest `threat.words` falls add up. No attack can find less.

    Parameters
    ----------
    reader : a sum of weights of words.
    text, target, threat : as for `greedy`.
    """
    sign = 2 * target - 1
    falls = []
    for word in WORD.findall(text):
        values = [sign * reader.weight(new) for new in threat.allowed(word)]
        falls.append(max([0.0, *(sign * reader.weight(word) - value for value in values)]))
    margin = sign * float(reader([text])[0])
    return margin - sum(sorted(falls, reverse=True)[: threat.words])


def _options(cut: Sequence[str], threat: WordThreat) -> dict[int, tuple[str, ...]]:
    """The allowed words of each place that has any."""
    found = {place: threat.allowed(cut[place]) for place in range(1, len(cut), 2)}
    return {place: new for place, new in found.items() if new}
