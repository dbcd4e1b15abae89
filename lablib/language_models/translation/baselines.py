"""Two translators without a network: the most similar name, and a dictionary made by counting.

The dictionary gives each English word the run of Chinese characters that keeps its company most
(Dice, 1945), as early alignment by association did (Melamed, 2000).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np

from lablib.data.pair import PairData
from lablib.language_models.translation.name_pairs import words

LONGEST = 4  # characters of a dictionary entry


def nearest_names(train: PairData, names: Sequence[str]) -> list[str]:
    """For each name the Chinese name of the training name that is spelt most alike.

    Alike is the cosine of TF-IDF weights of runs of two to four letters, within words; ties go to
    the earlier training name.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer

    letters = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), sublinear_tf=True)
    known = letters.fit_transform(train.sources)
    found = np.asarray((letters.transform(names) @ known.T).argmax(axis=1)).ravel()
    return [train.targets[place] for place in found.tolist()]


def word_dictionary(train: PairData, *, least: float = 0.0) -> dict[str, str]:
    """For each English word the run of Chinese characters with the highest Dice coefficient.

    Dice is 2 c(word, run) / (c(word) + c(run)), where c counts training names: 1 if the two are
    always together, 0 if never. Among equals the longer run wins, then the earlier in the
    order of characters.

    Parameters
    ----------
    train
        Training pairs.
    least
        Entries below it are left out.

    >>> pairs = PairData("", ("red heart", "red car", "blue car"), ("红心", "红车", "蓝车"))
    >>> sorted(word_dictionary(pairs, least=0.9).items())
    [('blue', '蓝车'), ('car', '车'), ('heart', '红心'), ('red', '红')]
    """
    word_count: Counter[str] = Counter()
    run_count: Counter[str] = Counter()
    together: Counter[tuple[str, str]] = Counter()
    for source, target in zip(train.sources, train.targets, strict=True):
        here, runs = set(words(source)), set(_runs(target))
        word_count.update(here)
        run_count.update(runs)
        together.update((word, run) for word in here for run in runs)
    best: dict[str, tuple[float, int, str]] = {}
    for (word, run), n in together.items():
        dice = 2 * n / (word_count[word] + run_count[run])
        entry = (-dice, -len(run), run)
        if dice >= least and (word not in best or entry < best[word]):
            best[word] = entry
    return {word: entry[2] for word, entry in best.items()}


def word_by_word(dictionary: dict[str, str], names: Sequence[str]) -> list[str]:
    """Each name's dictionary entries in the order of its words; unknown words are left out.

    Of an entry that begins with the end of what is written, only the rest is added: entries of
    neighbouring words often overlap.

    >>> word_by_word({"dark": "较深肤", "skin": "肤色", "tone": "肤色"}, ["dark skin tone"])
    ['较深肤色']
    """
    out = []
    for name in names:
        text = ""
        for entry in (dictionary[word] for word in words(name) if word in dictionary):
            shared = next(n for n in range(len(entry), -1, -1) if text.endswith(entry[:n]))
            text += entry[shared:]
        out.append(text)
    return out


def _runs(target: str) -> Iterator[str]:
    """Runs of up to LONGEST characters."""
    for length in range(1, LONGEST + 1):
        for start in range(len(target) - length + 1):
            yield target[start : start + length]
