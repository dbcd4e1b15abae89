"""Read a `.py` file or a notebook of any quality into cells, as data.

Whatever is wrong becomes one sentence. Nothing is parsed as Python here: the text is hostile and
a parser can be made to exhaust its stack, so even syntax errors are found inside the sandbox.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lablib.exercises.grading.archive import UnreadableError
from lablib.exercises.sources import Cell

MAX_CELLS = 2000
OTHER_LANGUAGE = re.compile(
    r"\A\s*%%(?:bash|sh|script|html|javascript|js|latex|markdown|svg|perl|ruby|writefile|file)\b"
)
COMMAND = re.compile(r"^([ \t]*)(?:[%!?].*|[\w.]+\?{1,2}[ \t]*)$", flags=re.MULTILINE)
CAPTURED = re.compile(r"^([\w, \t]{1,120}=[ \t]*)[!%][^=\n].*$", flags=re.MULTILINE)
DEFINED = re.compile(
    r"^(?:async[ \t]+)?(?:def|class)[ \t]+(\w+)|^(\w+)[ \t]*[:=]", flags=re.MULTILINE
)
CHECKED = re.compile(r"\bcheck\([ ]{0,9}[\"']([a-z0-9/-]{3,100})[\"']")
# A cell whose every line at the margin begins so only imports and defines.
LIGHT = re.compile(r"(?:def|class|import|from)\b|[#@)\]}\s]")
HEAVY = ("lablib", "torch", "transformers", "opacus")


@dataclass(frozen=True)
class Code:
    """The code cells of a file, and which of them carry the tag `exercise`.

    `about` is the exercise that a generated notebook names in its metadata, else empty.
    """

    cells: tuple[Cell, ...]
    tagged: frozenset[str] = frozenset()
    about: str = ""

    @property
    def defined(self) -> frozenset[str]:
        """Names that the cells that count define at their margin."""
        cells = [cell for cell in self.cells if not self.tagged or cell.place in self.tagged]
        found = [match for cell in cells for match in DEFINED.findall(cell.text)]
        return frozenset(one or two for one, two in found)

    @property
    def checked(self) -> frozenset[str]:
        """Exercises that it was made for or whose `check("topic/slug")` a cell calls."""
        found = {name for cell in self.cells for name in CHECKED.findall(cell.text)}
        return frozenset(found | {self.about} - {""})

    def chosen(self, functions: Sequence[str], needs: Sequence[str] = ()) -> tuple[Cell, ...]:
        """The cells to run for an exercise, in the order of the notebook.

        Of a notebook of the course (with cells tagged `exercise`): the tagged ones that define a
        function of the exercise, or all tagged ones if none does, and the learner's own cells
        that only import and define. Of any other file: everything.

        Parameters
        ----------
        functions : sequence of str
            What the exercise asks for.
        needs : sequence of str
            Packages that the exercise may import.
        """
        if not self.tagged:
            return self.cells
        tagged = [cell for cell in self.cells if cell.place in self.tagged]
        wanted = [c for c in tagged if Code((c,)).defined & set(functions)]
        places = {cell.place for cell in wanted or tagged}
        heavy = [name for name in HEAVY if name not in needs]
        return tuple(
            cell
            for cell in self.cells
            if cell.place in places or (cell.place not in self.tagged and _light(cell.text, heavy))
        )


def parse(name: str, raw: bytes) -> Code:
    """The cells of a file.

    Parameters
    ----------
    name : str
        File name with its suffix.
    raw : bytes

    Raises
    ------
    UnreadableError
        Its message completes "this file ...".
    """
    if not raw.strip():
        raise UnreadableError("is empty")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UnreadableError("is not a text file (UTF-8)") from None
    if name.lower().endswith(".py"):
        return Code((Cell("the file", _sound(text)),))
    try:
        notebook = json.loads(text)
    except (ValueError, RecursionError):
        raise UnreadableError("is not a notebook: its JSON is damaged or cut off") from None
    return _cells(notebook)


def without_commands(text: str) -> tuple[str, tuple[str, ...]]:
    r"""Python of a cell without IPython's `%` and `!` lines, and those lines.

    >>> without_commands("%matplotlib inline\nx = 1\n!ls\n")
    ('pass\nx = 1\npass\n', ('%matplotlib inline', '!ls'))
    """
    if OTHER_LANGUAGE.match(text):
        return "", (text.strip().splitlines()[0][:60],)
    dropped = [found.group(0).strip()[:60] for found in COMMAND.finditer(text)]
    dropped += [found.group(0).strip()[:60] for found in CAPTURED.finditer(text)]
    return COMMAND.sub(r"\1pass", CAPTURED.sub(r"\1None", text)), tuple(dropped)


def _cells(notebook: Any) -> Code:
    if not isinstance(notebook, dict):
        raise UnreadableError("is not a notebook: it holds no cells")
    if "worksheets" in notebook:
        raise UnreadableError("is a notebook of format 3; open it in Jupyter and save it again")
    listed = notebook.get("cells")
    if not isinstance(listed, list):
        raise UnreadableError("is not a notebook: it holds no list of cells")
    if len(listed) > MAX_CELLS:
        raise UnreadableError(f"holds {len(listed)} cells; at most {MAX_CELLS} are read")
    cells: list[Cell] = []
    tagged: set[str] = set()
    for number, cell in enumerate(listed, start=1):
        if not isinstance(cell, dict):
            raise UnreadableError(f"has a cell {number} that is not a cell")
        if cell.get("cell_type") != "code":
            continue
        place = f"cell {len(cells) + 1}"
        cells.append(Cell(place, _sound(_source(cell, number))))
        if "exercise" in _tags(cell):
            tagged.add(place)
    if not cells:
        raise UnreadableError("holds no code cell")
    metadata = notebook.get("metadata")
    ours = metadata.get("lablib") if isinstance(metadata, dict) else None
    about = ours.get("exercise") if isinstance(ours, dict) else None
    return Code(tuple(cells), frozenset(tagged), about if isinstance(about, str) else "")


def _source(cell: dict[str, Any], number: int) -> str:
    source = cell.get("source")
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        return "".join(source)
    if isinstance(source, str):
        return source
    raise UnreadableError(f"has a cell {number} without text")


def _tags(cell: dict[str, Any]) -> list[Any]:
    metadata = cell.get("metadata")
    tags = metadata.get("tags") if isinstance(metadata, dict) else None
    return tags if isinstance(tags, list) else []


def _sound(text: str) -> str:
    if "\0" in text:
        raise UnreadableError("holds NUL characters, so it is not a text file")
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise UnreadableError("holds half of a character (a lone surrogate)") from None
    return text


def _light(text: str, heavy: Sequence[str]) -> bool:
    lines = [line for line in text.splitlines() if line.strip()]
    if not lines or any(name in text for name in heavy):
        return False
    return all(LIGHT.match(line) for line in lines)
