"""Who may change which words of a text: the threat model of word substitution.

At most so many words change, each into one of a short list: synonyms of a thesaurus (Jin et al.
2020), or misspellings that people read over (Pruthi et al. 2019). Left out on purpose: inserted
and deleted words, new orders, and whole new sentences.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

WORD = re.compile(r"\w+(?:'\w+)*")
_CUT = re.compile(f"({WORD.pattern})")
LOOK_ALIKE = {"a": "4", "e": "3", "i": "1", "l": "1", "o": "0", "s": "5"}


@dataclass(frozen=True, kw_only=True)
class WordThreat:
    """At most `words` words change, each into one that is allowed for it.

    Attributes
    ----------
    words : 0 or more; 0 allows nothing.
    synonyms : lower-case word -> its synonyms, such as `load("synonyms")`; only single words count.
    misspelt : allow `misspellings` too.

    Raises
    ------
    ValueError
        If `words` is negative.

    Examples
    --------
    >>> threat = WordThreat(words=1, synonyms={"film": ("movie", "motion picture")})
    >>> threat.allowed("Film")
    ('Movie',)
    >>> threat.permits("A bad Movie", "A bad Film"), threat.permits("A good Movie", "A bad Film")
    (True, False)
    """

    words: int
    synonyms: Mapping[str, Sequence[str]] = field(default_factory=dict, repr=False)
    misspelt: bool = False
    _known: dict[str, tuple[str, ...]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def __post_init__(self) -> None:
        if self.words < 0:
            raise ValueError(f"words={self.words} must be 0 or more; pass e.g. words=3")

    def allowed(self, word: str) -> tuple[str, ...]:
        """Words that may stand in the place of this one; a first capital letter is kept."""
        if word not in self._known:
            self._known[word] = self._listed(word)
        return self._known[word]

    def permits(self, changed: str, text: str) -> bool:
        """Whether `changed` may be made of `text`: same signs between words, few words changed."""
        before, after = pieces(text), pieces(changed)
        if before[::2] != after[::2]:
            return False
        pairs = [(a, b) for a, b in zip(before[1::2], after[1::2], strict=True) if a != b]
        return len(pairs) <= self.words and all(b in self.allowed(a) for a, b in pairs)

    def _listed(self, word: str) -> tuple[str, ...]:
        found = [new for new in self.synonyms.get(word.lower(), ()) if WORD.fullmatch(new)]
        if word[:1].isupper():
            found = [new[:1].upper() + new[1:] for new in found]
        if self.misspelt:
            found += misspellings(word)
        return tuple(new for new in dict.fromkeys(found) if new.lower() != word.lower())


def misspellings(word: str) -> list[str]:
    """Two inner letters exchanged, or one inner letter as a digit that looks like it.

    The first and the last letter stay: people hardly notice the rest. A word of fewer than four
    letters has none.

    Examples
    --------
    >>> misspellings("dull")
    ['dlul', 'du1l']
    """
    if len(word) < 4 or not (word.isascii() and word.isalpha()):
        return []
    exchanged = [
        word[:i] + word[i + 1] + word[i] + word[i + 2 :]
        for i in range(1, len(word) - 2)
        if word[i].lower() != word[i + 1].lower()
    ]
    alike = [
        word[:i] + LOOK_ALIKE[word[i].lower()] + word[i + 1 :]
        for i in range(1, len(word) - 1)
        if word[i].lower() in LOOK_ALIKE
    ]
    return exchanged + alike


def pieces(text: str) -> list[str]:
    """The text cut up: words at odd places, and what stands between them at even ones.

    Examples
    --------
    >>> pieces("so dull, so long")
    ['', 'so', ' ', 'dull', ', ', 'so', ' ', 'long', '']
    """
    return _CUT.split(text)


def replaced(cut: Sequence[str], changes: Mapping[int, str]) -> str:
    """The text of these pieces with other ones at some places.

    Examples
    --------
    >>> replaced(pieces("so dull, so long"), {3: "dlul"})
    'so dlul, so long'
    """
    new = list(cut)
    for place, word in changes.items():
        new[place] = word
    return "".join(new)
