"""Near-duplicate texts: MinHash finds candidates, exact Jaccard similarity decides.

Two texts are compared by their sets of character n-grams (shingles). MinHash signatures agree in
each place with a probability equal to the Jaccard similarity of the sets (Broder, SEQUENCES 1997);
texts that share one band of their signature are candidates. Comparing all pairs of N texts takes
time N²; this takes time N plus the candidates.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from lablib.data.cleaning import comparable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

WIDTH = 4  # characters in a shingle
BANDS, ROWS = 16, 4  # a pair with similarity s is a candidate with probability 1 - (1 - s^4)^16


def shingles(text: str, *, width: int = WIDTH) -> frozenset[str]:
    """Character n-grams of the comparable form of a text; a shorter text is its own shingle.

    >>> sorted(shingles("Abc, abd!", width=3))
    ['abc', 'abd', 'bca', 'cab']
    """
    plain = comparable(text)
    return frozenset(plain[i : i + width] for i in range(max(1, len(plain) - width + 1)))


def jaccard(first: frozenset[str], second: frozenset[str]) -> float:
    """Shared elements over all elements: 0 nothing in common, 1 equal sets.

    >>> jaccard(frozenset("abc"), frozenset("bcd"))
    0.5
    """
    union = len(first | second)
    return len(first & second) / union if union else 1.0


def minhash(
    texts: Sequence[str], *, places: int = BANDS * ROWS, width: int = WIDTH, seed: int = 0
) -> NDArray[np.uint32]:
    """MinHash signatures: for each text, the smallest value of each of `places` hash functions.

    Parameters
    ----------
    texts : N texts.
    places : number of hash functions P.
    width : characters in a shingle.
    seed : seed of the hash functions.

    Returns
    -------
    array (N, P)
        The share of equal places of two rows estimates the Jaccard similarity of the two texts,
        with standard error of at most 0.5 / sqrt(P).
    """
    import numpy as np

    plain = [comparable(text).ljust(width, "\0") for text in texts]
    if not plain:
        return np.empty((0, places), dtype=np.uint32)
    codes = np.frombuffer("".join(plain).encode("utf-32-le"), dtype=np.uint32).astype(np.uint64)
    counts = np.array([len(text) - width + 1 for text in plain])
    starts = np.concatenate([[0], np.cumsum(counts)[:-1]])
    first = np.arange(counts.sum()) + np.repeat(np.arange(len(plain)) * (width - 1), counts)
    hashes = np.zeros(len(first), dtype=np.uint64)
    for i in range(width):
        hashes = _mixed(hashes * np.uint64(0x100000001B3) ^ codes[first + i])
    rng = np.random.Generator(np.random.PCG64(seed))
    factors = rng.integers(0, 2**63, size=places, dtype=np.uint64) * np.uint64(2) + np.uint64(1)
    offsets = rng.integers(0, 2**63, size=places, dtype=np.uint64)
    signature = np.empty((len(plain), places), dtype=np.uint32)
    for place in range(places):
        values = ((hashes * factors[place] + offsets[place]) >> np.uint64(32)).astype(np.uint32)
        signature[:, place] = np.minimum.reduceat(values, starts)
    return signature


def _mixed(x: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Scatter close numbers over 64 bits (the finishing steps of SplitMix64)."""
    import numpy as np

    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


def near_duplicate_pairs(
    texts: Sequence[str], *, threshold: float = 0.8, width: int = WIDTH, seed: int = 0
) -> NDArray[np.int64]:
    """Pairs of texts whose shingles have a Jaccard similarity of at least `threshold`.

    Every pair returned is checked exactly. A pair at the threshold of 0.8 is missed with
    probability 0.0002, one at 0.7 with 0.01, one at 0.5 with 0.36.

    Parameters
    ----------
    texts : N texts.
    threshold : least similarity, above 0.5 and at most 1.
    width, seed : as for `minhash`.

    Returns
    -------
    array (M, 2)
        Row numbers i < j of each pair, in order.

    Raises
    ------
    ValueError
        `threshold` is outside that range.

    Examples
    --------
    >>> near_duplicate_pairs(["A fine, fine hotel!", "Terrible food.", "a fine fine hotel"])
    array([[0, 2]])
    """
    import numpy as np

    if not 0.5 < threshold <= 1:
        raise ValueError(f"threshold={threshold!r} must be above 0.5 and at most 1; try 0.8.")
    signature = minhash(texts, width=width, seed=seed)
    candidates: set[tuple[int, int]] = set()
    for band in range(BANDS):
        part = np.ascontiguousarray(signature[:, band * ROWS : (band + 1) * ROWS])
        buckets: dict[bytes, list[int]] = {}
        for row, key in enumerate(part):
            buckets.setdefault(key.tobytes(), []).append(row)
        for rows in buckets.values():
            candidates.update((i, j) for k, j in enumerate(rows) for i in rows[:k])
    involved = {row for pair in candidates for row in pair}
    sets = {row: shingles(texts[row], width=width) for row in involved}
    kept = sorted((i, j) for i, j in candidates if jaccard(sets[i], sets[j]) >= threshold)
    return np.array(kept, dtype=np.int64).reshape(-1, 2)


def duplicate_groups(
    texts: Sequence[str], *, threshold: float = 0.8, width: int = WIDTH, seed: int = 0
) -> NDArray[np.int64]:
    """Group labels for a leakage-free split: texts linked by near-duplicate pairs share one.

    Exact copies are found first and compared once. A chain of near-duplicates is one group, even
    if its ends differ more than the threshold allows.

    Parameters
    ----------
    texts, threshold, width, seed : as for `near_duplicate_pairs`.

    Returns
    -------
    array (N,)
        For each text the row number of the first text of its group.

    Examples
    --------
    >>> duplicate_groups(["A fine, fine hotel!", "Terrible food.", "a fine fine hotel"])
    array([0, 1, 0])
    """
    import numpy as np

    plain = [comparable(text) for text in texts]
    seen: dict[str, int] = {}
    first = np.array([seen.setdefault(text, i) for i, text in enumerate(plain)], dtype=np.int64)
    distinct = np.unique(first)
    pairs = near_duplicate_pairs(
        [texts[i] for i in distinct], threshold=threshold, width=width, seed=seed
    )
    leader = np.arange(len(distinct))

    def root(i: int) -> int:
        while leader[i] != i:
            leader[i] = leader[leader[i]]
            i = int(leader[i])
        return i

    for i, j in pairs:
        a, b = root(int(i)), root(int(j))
        leader[max(a, b)] = min(a, b)
    roots = distinct[[root(i) for i in range(len(distinct))]]
    groups: NDArray[np.int64] = roots[np.searchsorted(distinct, first)]
    return groups
