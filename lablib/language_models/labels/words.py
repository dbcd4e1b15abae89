"""What a model that counts words can know of a text: the words it has seen with a label."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def unseen_shares(labelled: Sequence[str], texts: Sequence[str]) -> NDArray[np.float64]:
    """Share (N,) of each text's different words that no labelled text has; 1: it knows none.

    Words are those of scikit-learn's TF-IDF: lower case, two characters or more. A text without
    words counts as 1.

    >>> unseen_shares(["the upper tooth"], ["The lens", "upper tooth"]).tolist()
    [0.5, 0.0]
    """
    from sklearn.feature_extraction.text import TfidfVectorizer

    analyse = TfidfVectorizer().build_analyzer()
    seen = {word for text in labelled for word in analyse(text)}
    shares = []
    for text in texts:
        words = set(analyse(text))
        shares.append(len(words - seen) / len(words) if words else 1.0)
    return np.array(shares)
