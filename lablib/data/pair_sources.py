"""How each pair card's files become sources, targets and groups."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FULLY_QUALIFIED = 2  # status of a symbol in the form that keyboards send, as Unicode calls it
_FORM = re.compile(r"\b(?:(?:light|medium-light|medium|medium-dark|dark) skin tone|facing right)\b")
_PEOPLE = {"man", "woman", "men", "women", "person", "people", "boy", "girl"}

Files = Mapping[str, bytes]
Pairs = tuple[list[str], list[str], "NDArray[np.int64]"]


def family(name: str) -> str:
    """What is left of an English emoji name without skin tone, gender and direction.

    >>> family("woman running facing right medium-light skin tone"), family("man running")
    ('running', 'running')
    >>> family("man")
    'person'
    """
    words = _FORM.sub("", name).split()
    return " ".join(word for word in words if word not in _PEOPLE) or "person"


def emoji_names(files: Files) -> Pairs:
    """English and Chinese name of each emoji, each pair once; variants of one name are a group.

    Files: emoji -> English name and status, emoji -> Chinese name. Both are written `:like_this:`.
    """
    import numpy as np

    english, chinese = (json.loads(files[path]) for path in sorted(files))
    pairs: dict[tuple[str, str], str] = {}
    for symbol, entry in english.items():
        if symbol in chinese and entry["status"] == FULLY_QUALIFIED:
            source = entry["en"].strip(":").replace("_", " ").replace("’", "'")
            target = chinese[symbol].strip(":").replace("_", "")
            pairs.setdefault((source, target), family(source))
    families = {name: i for i, name in enumerate(sorted(set(pairs.values())))}
    groups = np.array([families[name] for name in pairs.values()], dtype=np.int64)
    return [source for source, _ in pairs], [target for _, target in pairs], groups


SOURCES: dict[str, Callable[[Files], Pairs]] = {"emoji-names": emoji_names}
