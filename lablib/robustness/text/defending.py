"""Trainings on changed texts: by chance, on one attack, on renewed attacks, and a control.

All see each text and the same number of changed versions of it; they differ in who makes these.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from lablib.data import TextData
from lablib.robustness.text.attacking import drawn, greedy
from lablib.robustness.text.readers import Reader, taught
from lablib.robustness.text.substitutions import WordThreat

TRAININGS = ("plain", "unrelated", "once", "renewed", "drawn")


def readers(
    data: TextData, *, threat: WordThreat, copies: int, penalty: float, seed: int
) -> dict[str, Reader]:
    """Teach one reader in each of `TRAININGS`.

    "plain" sees the texts alone. "drawn" sees versions changed by chance, and "unrelated", the
    control, versions with synonyms of other words. "once" sees what an attack on the plain reader
    found, in each copy; "renewed" what attacks on the plain reader and on each later one found.

    Parameters
    ----------
    data : training texts of two classes.
    threat : what the versions stay in (those of the control: with a mixed-up thesaurus).
    copies : versions of each text.
    penalty : for one version, as for `taught`; it grows with their number.
    seed : of the drawing and the mixing.
    """

    def on(*versions: list[str]) -> Reader:
        texts = [text for version in (data.texts, *versions) for text in version]
        times = 1 + len(versions)
        return taught(texts, np.tile(data.target, times), penalty=penalty * times)

    def by_luck(limits: WordThreat) -> list[list[str]]:
        rng = np.random.Generator(np.random.PCG64([seed, 5]))
        made = [drawn(text, copies, threat=limits, rng=rng) for text in data.texts]
        return [list(version) for version in zip(*made, strict=True)]

    wrong = replace(threat, synonyms=unrelated(threat.synonyms, seed=seed))
    plain = renewed = on()
    found: list[list[str]] = []
    for _ in range(copies):
        found.append(_attacked(renewed, data, threat))
        renewed = on(*found)
    return {
        "plain": plain,
        "unrelated": on(*by_luck(wrong)),
        "once": on(*[found[0]] * copies),
        "renewed": renewed,
        "drawn": on(*by_luck(threat)),
    }


def unrelated(synonyms: Mapping[str, Sequence[str]], *, seed: int) -> dict[str, Sequence[str]]:
    """The same lists of words, each under another word.

    Examples
    --------
    >>> sorted(unrelated({"film": ("movie",), "dull": ("boring",)}, seed=0).values())
    [('boring',), ('movie',)]
    """
    words = list(synonyms)
    order = np.random.Generator(np.random.PCG64([seed, 6])).permutation(len(words))
    return {word: synonyms[words[i]] for word, i in zip(words, order, strict=True)}


def _attacked(reader: Reader, data: TextData, threat: WordThreat) -> list[str]:
    return [
        greedy(reader, text, int(y), threat=threat).text
        for text, y in zip(data.texts, data.target, strict=True)
    ]
