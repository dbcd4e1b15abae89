"""What the name of a file says: whose it is, which attempt, which exercise.

Latest attempt, in this order: a date and time in the path (`2026-11-03T10-15`), else an attempt
number (`attempt2`, `try-2`, `_v2`, `(2)`), else the file's time of change, else its path. A path
that carries a date outranks one that carries a number, and that one outranks a path with neither.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Sequence

LONGEST_ID = 80
WHEN = re.compile(
    r"(?<![0-9])(20[0-9]{2})[-_.]?([01][0-9])[-_.]?([0-3][0-9])"
    r"(?:[T_ -]?([0-2][0-9])[-:.h]?([0-5][0-9])(?:[-:.m]?([0-5][0-9]))?)?Z?(?![0-9])"
)
NUMBERED = re.compile(
    r"(?:^|(?<=[-_ ./]))(?:attempt|try|version|v)[-_ ]?([0-9]{1,4})(?![0-9A-Za-z])"
    r"|[ _-]?\(([0-9]{1,3})\)",
    flags=re.IGNORECASE,
)
EDGES = " -_."
# Files of an assignment as Canvas packs them: name, LATE, number of the learner, of the file.
CANVAS = re.compile(r"[^_]+(?:_LATE)?_([0-9]+)_[0-9]+_(.+)")
COPY = re.compile(r"-[0-9]{1,2}$")

Attempt = tuple[tuple[int, ...], int, float, str]


def attempt(path: str, modified: float) -> Attempt:
    """A key that sorts attempts; the greatest is the latest.

    Parameters
    ----------
    path : str
        Path inside the learner's folder, or a flat file's name.
    modified : float
        Seconds since 1970.

    >>> attempt("attempt2/a.py", 5.0) > attempt("attempt1/a.py", 9.0) > attempt("a.py", 99.0)
    True
    """
    times = [tuple(int(part or 0) for part in found) for found in WHEN.findall(path)]
    plain = WHEN.sub("", path)
    numbers = [int(one or two) for one, two in NUMBERED.findall(plain)]
    return (times[-1] if times else (), numbers[-1] if numbers else 0, modified, path)


def without_attempt(text: str) -> str:
    """A name without its marks of an attempt.

    >>> without_attempt("ada_attempt-2"), without_attempt("ada 2026-11-03T10-15 (1)")
    ('ada', 'ada')
    """
    left = NUMBERED.sub("", WHEN.sub("", text))
    return text if left == text else left.strip(EDGES) or text


def flat_learner(stem: str) -> tuple[str, str]:
    """Learner and rest of the name of a file that is in no learner's folder.

    Of a file from a Canvas download the learner is the number in Canvas.

    >>> flat_learner("ada__surrogate-fidelity_attempt2"), flat_learner("ada (1)")
    (('ada', 'surrogate-fidelity_attempt2'), ('ada', ' (1)'))
    """
    if packed := CANVAS.fullmatch(stem):
        return packed.group(1), packed.group(2)
    learner, separator, rest = stem.partition("__")
    if separator and learner.strip(EDGES):
        return learner_id(without_attempt(learner)), rest
    name = without_attempt(stem)
    return learner_id(name), stem.removeprefix(name)


def learner_id(name: str) -> str:
    r"""A folder's name as an id: printable, at most 80 characters, different for different names.

    >>> learner_id("ada\n"), len(learner_id("x" * 200))
    ('ada\\x0a', 80)
    """
    text = unicodedata.normalize("NFC", name).strip(" ")
    text = "".join(character if _plain(character) else _escape(character) for character in text)
    if len(text) > LONGEST_ID:
        digest = hashlib.sha256(text.encode()).hexdigest()[:10]
        text = f"{text[: LONGEST_ID - 11]}…{digest}"
    return text or "(no name)"


def exercise_named(path: str, ids: Sequence[str]) -> str | None:
    """The exercise that a path names by `topic/slug`, `topic-slug` or an unambiguous `slug`.

    Parameters
    ----------
    path : str
        Path without its suffix.
    ids : sequence of str
        Exercises to choose from.

    >>> exercise_named("answers/start/paired_interval attempt2", ["start/paired-interval"])
    'start/paired-interval'
    """
    parts = [_slug(without_attempt(part)) for part in path.split("/")]
    return _named(parts, ids) or _named([COPY.sub("", part) for part in parts], ids)


def _named(parts: Sequence[str], ids: Sequence[str]) -> str | None:
    for number in range(len(parts) - 1, -1, -1):
        before = parts[number - 1] if number else ""
        for exercise in ids:
            topic, slug = exercise.split("/")
            if parts[number] == f"{topic}-{slug}" or (before, parts[number]) == (topic, slug):
                return exercise
        same = [exercise for exercise in ids if exercise.split("/")[1] == parts[number]]
        if len(same) == 1:
            return same[0]
    return None


def _slug(text: str) -> str:
    return re.sub(r"[ _]+", "-", text.strip(EDGES)).lower()


def _plain(character: str) -> bool:
    return character.isprintable() and character not in "\\/"


def _escape(character: str) -> str:
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:  # a byte of a file name that is not UTF-8
        code -= 0xDC00
    return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}"
