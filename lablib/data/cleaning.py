"""Cleaning of texts: one form for each character, one space between words, no invisible signs.

What counts as noise depends on the task, so every step is named and nothing is done twice:
`normalise` keeps what a reader would see; `mask` hides what could name a person; `comparable`
throws away everything in which copies of a text use to differ, and is for comparing only.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_QUOTES = str.maketrans(
    {"‘": "'", "’": "'", "‚": "'", "“": '"', "”": '"', "„": '"', "‐": "-", "‑": "-"}
)
_MASKS = (
    (re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE), "<url>"),
    (re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"), "<email>"),
    (re.compile(r"(?<!\w)@\w+"), "<name>"),
)


def normalise(text: str, *, lower: bool = False) -> str:
    r"""The text in Unicode's NFKC form, with plain quotes, without invisible signs or extra spaces.

    NFKC turns full-width letters, ligatures and composed accents into one form each (Unicode
    Standard Annex 15). Control and format characters go, except that line breaks become spaces.
    Doing it twice changes nothing more.

    Parameters
    ----------
    text : any text.
    lower : also fold case, which makes "US" and "us" the same word.

    Examples
    --------
    >>> normalise("Ｆｕｌｌ ﬁt\u200b —  “yes”\n")
    'Full fit — "yes"'
    """
    text = " ".join(unicodedata.normalize("NFKC", text).translate(_QUOTES).split())
    if not text.isprintable():  # rare, and the loop over characters is slow
        kept = (c for c in text if unicodedata.category(c) not in ("Cc", "Cf"))
        text = " ".join("".join(kept).split())
    if lower:
        text = unicodedata.normalize("NFKC", text.casefold())
    return unicodedata.normalize("NFKC", text)


def mask(text: str) -> str:
    """The text with web addresses, e-mail addresses and @names replaced by <url>, <email>, <name>.

    This hides the plainest traces of persons; it does not make a text anonymous.

    >>> mask("@ada see www.example.org or mail ada@example.org")
    '<name> see <url> or mail <email>'
    """
    for pattern, token in _MASKS:
        text = pattern.sub(token, text)
    return text


def comparable(text: str) -> str:
    """Only letters and digits of the normalised, case-folded text: what copies have in common.

    >>> comparable("Ａ good, GOOD hotel !!") == comparable("a good good hotel")
    True
    """
    return "".join(c for c in normalise(text, lower=True) if c.isalnum())


def usable(
    texts: Sequence[str], *, shortest: int = 1, longest: int | None = None
) -> NDArray[np.bool_]:
    """Which texts have at least `shortest` letters or digits, and at most `longest` characters.

    Parameters
    ----------
    texts : N texts.
    shortest : smallest number of letters and digits.
    longest : largest number of characters, or None for no limit.

    Returns
    -------
    array of bool (N,)
    """
    import numpy as np

    most = float("inf") if longest is None else longest
    return np.array([len(comparable(t)) >= shortest and len(t) <= most for t in texts], dtype=bool)
