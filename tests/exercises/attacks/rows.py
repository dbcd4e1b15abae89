"""What a row of the attack suite is: something handed in, and all that may come of it.

An attack is written so that it earns points, or leaves a trace, exactly if it succeeds: `trial`
answers rightly only when the forbidden thing worked. An expected score of zero then says it did
not. Words between `@` signs are places that the run fills in.
"""

from __future__ import annotations

import json
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

TIERS = ("bwrap", "landlock")
ALL = frozenset({"not yet", "error"})


@dataclass(frozen=True)
class Attack:
    """One learner's hand-in and its expected outcome.

    Attributes
    ----------
    name : str
        The learner.
    make : str, bytes or callable
        The text of `NAME__attack-half.py`; the bytes of a notebook; or what writes into a folder
        of a class, given that folder and the name.
    state : set of str
        Allowed states of the row.
    score : float
        Exactly.
    says : str
        Part of some sentence, note or problem of the row.
    exercise : str
        Which one it answers.
    tiers : tuple of str
        Where it is run.
    bare : bool
        Whether it succeeds without a sandbox, which one test shows: then it is no empty threat.
    """

    name: str
    make: str | bytes | Callable[[Path, str], None]
    state: frozenset[str]
    score: float = 0.0
    says: str = ""
    exercise: str = "half"
    tiers: tuple[str, ...] = ("bwrap",)
    bare: bool = False

    def write(self, folder: Path, places: dict[str, str]) -> None:
        """Hand it in."""
        if callable(self.make):
            self.make(folder, self.name)
        elif isinstance(self.make, bytes):
            (folder / f"{self.name}__attack-{self.exercise}.ipynb").write_bytes(self.make)
        else:
            text = self.make
            for word, place in {**places, "NAME": self.name}.items():
                text = text.replace(f"@{word}@", place)
            (folder / f"{self.name}__attack-{self.exercise}.py").write_text(text)


def code(text: str) -> str:
    """Source without the indentation of the module it is written in."""
    return textwrap.dedent(text).strip() + "\n"


def trial(body: str, *, of: str = "Exception") -> str:
    """Source that answers rightly exactly if `body` returns something true.

    Parameters
    ----------
    body : str
        Lines of a function.
    of : str
        The exceptions by which it may be refused; another one shows in the row's state.
    """
    inner = textwrap.indent(code(body), "    ")
    return (
        f"def attempt():\n{inner}\ntry:\n    WON = bool(attempt())\nexcept {of}:\n    WON = False\n"
        "def half(x): return x / 2 if WON else x + 1\n"
    )


def refused(name: str, body: str, *, bare: bool = False, of: str = "OSError") -> Attack:
    """An attack that both tiers refuse, so that its answer stays wrong."""
    says = "half of four is two"
    return Attack(name, trial(body, of=of), frozenset({"not yet"}), 0, says, "half", TIERS, bare)


def notebook(*cells: object, **more: object) -> bytes:
    """A notebook with these sources of code cells."""
    listed = [{"cell_type": "code", "metadata": {}, "source": text} for text in cells]
    return json.dumps({"cells": listed, "nbformat": 4, "nbformat_minor": 5, **more}).encode()
