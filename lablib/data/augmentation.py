"""More training texts from the ones at hand: synonyms, deletions, swaps, translation and back.

The three word operations are those of Wei and Zou, "EDA: Easy Data Augmentation Techniques"
(EMNLP 2019). Whether they help is an empirical question, and often the answer is no. Augment the
training part after the split, never before: a variant of a test text in training is a leak.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

Operation = Callable[[str, "np.random.Generator"], str]
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")


@dataclass(frozen=True, eq=False)
class Augmented:
    """Original and new texts together.

    Attributes
    ----------
    texts : N' texts, the originals first.
    target : (N',) class of each, that of its original.
    sources : (N',) row number of the original of each: groups for a split that leaks nothing.
    """

    texts: tuple[str, ...]
    target: NDArray[np.int64]
    sources: NDArray[np.int64]


def replace_synonyms(
    text: str,
    rng: np.random.Generator,
    *,
    synonyms: Mapping[str, Sequence[str]],
    share: float = 0.2,
) -> str:
    """Replace some words by a synonym drawn at random; a first capital letter is kept.

    Parameters
    ----------
    text : any text; everything between words stays as it is.
    rng : random numbers.
    synonyms : lower-case word -> its synonyms, such as `load("synonyms")`.
    share : share of the replaceable words to replace, at least one if there is one.

    Raises
    ------
    ValueError
        `share` is outside 0 to 1.

    Examples
    --------
    >>> import numpy as np
    >>> replace_synonyms("A Film!", np.random.default_rng(0), synonyms={"film": ("movie",)})
    'A Movie!'
    """
    _check_share(share)
    words = [m for m in _WORD.finditer(text) if synonyms.get(m.group().lower())]
    number = min(len(words), max(1, round(share * len(words)))) if share else 0
    chosen = set(rng.choice(len(words), size=number, replace=False).tolist()) if number else set()
    pieces, end = [], 0
    for i, match in enumerate(words):
        if i in chosen:
            options = synonyms[match.group().lower()]
            new = options[int(rng.integers(len(options)))]
            new = new[:1].upper() + new[1:] if match.group()[0].isupper() else new
            pieces += [text[end : match.start()], new]
            end = match.end()
    return "".join([*pieces, text[end:]])


def delete_words(text: str, rng: np.random.Generator, *, share: float = 0.1) -> str:
    """Drop each word (run of non-spaces) with probability `share`; at least one word stays.

    Parameters
    ----------
    text : any text.
    rng : random numbers.
    share : probability of each word, 0 to 1.

    Raises
    ------
    ValueError
        `share` is outside 0 to 1.
    """
    _check_share(share)
    words = text.split()
    kept = [word for word, u in zip(words, rng.random(len(words)), strict=True) if u >= share]
    if words and not kept:
        kept = [words[int(rng.integers(len(words)))]]
    return " ".join(kept)


def swap_words(text: str, rng: np.random.Generator, *, share: float = 0.1) -> str:
    """Exchange two words at random, `share` times the number of words, at least once.

    Parameters
    ----------
    text : any text.
    rng : random numbers.
    share : exchanges for each word, 0 to 1; 0 leaves the text as it is.

    Raises
    ------
    ValueError
        `share` is outside 0 to 1.
    """
    _check_share(share)
    words = text.split()
    if len(words) > 1 and share:
        for _ in range(max(1, round(share * len(words)))):
            i, j = rng.choice(len(words), size=2, replace=False)
            words[i], words[j] = words[j], words[i]
    return " ".join(words)


def back_translation(there: Callable[[str], str], back: Callable[[str], str]) -> Operation:
    """An operation that translates to another language and back, by two translators you have.

    >>> shout = back_translation(str.upper, str.lower)
    >>> shout("As Before", None)
    'as before'
    """
    return lambda text, _: back(there(text))


def augment(
    texts: Sequence[str],
    target: ArrayLike,
    *,
    operation: Operation,
    copies: int = 1,
    seed: int = 0,
) -> Augmented:
    """Add `copies` changed versions of each text; a version equal to its original is left out.

    Parameters
    ----------
    texts : N training texts.
    target : (N,) class of each.
    operation : from a text and random numbers to a changed text.
    copies : versions for each text.
    seed : whole number, 0 or more.

    Raises
    ------
    ValueError
        `target` has not one class a text, or `copies` is negative.
    """
    import numpy as np

    classes = np.asarray(target, dtype=np.int64)
    if classes.shape != (len(texts),) or copies < 0:
        raise ValueError(
            f"target has shape {classes.shape} and copies={copies}; expected one class for each "
            f"of {len(texts)} texts and 0 or more copies."
        )
    rng = np.random.Generator(np.random.PCG64(seed))
    made, sources = list(texts), list(range(len(texts)))
    for _ in range(copies):
        for row, text in enumerate(texts):
            if (new := operation(text, rng)) != text:
                made.append(new)
                sources.append(row)
    rows = np.array(sources, dtype=np.int64)
    return Augmented(texts=tuple(made), target=classes[rows], sources=rows)


def _check_share(share: float) -> None:
    if not 0 <= share <= 1:
        raise ValueError(f"share={share!r} must be between 0 and 1; try 0.1.")
