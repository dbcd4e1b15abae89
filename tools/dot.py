"""`dot` for machines without Graphviz: renders through the libraries that pygraphviz brings along.

`python -m tools.dot --install FOLDER` writes a `dot` command into FOLDER if the machine has none.
The command understands what Sphinx and the `graphviz` package pass: -T, -K, -o, -O, -N, -E, -G, -V.
"""

from __future__ import annotations

import os
import shlex
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Request:
    """A parsed command line."""

    format: str = "svg"
    engine: str = "dot"
    output: str | None = None
    beside_source: bool = False
    version: bool = False
    source: str | None = None
    attributes: list[tuple[str, str, str]] = field(default_factory=list)


def parse(arguments: list[str]) -> Request:
    """Read Graphviz's command line: an option's value follows at once or as the next word."""
    request, rest = Request(), iter(arguments)
    for word in rest:
        flag, value = word[:2], word[2:]
        if flag in ("-T", "-K", "-o", "-N", "-E", "-G"):
            value = value or next(rest, "")
        if flag == "-T":
            request.format = value.split(":", 1)[0]
        elif flag == "-K":
            request.engine = value
        elif flag == "-o":
            request.output = value
        elif flag == "-O":
            request.beside_source = True
        elif flag == "-V":
            request.version = True
        elif flag in ("-N", "-E", "-G"):
            name, _, setting = value.partition("=")
            request.attributes.append((flag[1], name, setting or "true"))
        elif not word.startswith("-"):
            request.source = word
    return request


def render(text: str, request: Request) -> bytes:
    """Lay `text` (DOT) out and draw it."""
    import pygraphviz

    graph = pygraphviz.AGraph(string=text)
    defaults = {"N": graph.node_attr, "E": graph.edge_attr, "G": graph.graph_attr}
    for kind, name, value in request.attributes:
        defaults[kind][name] = value
    with font_warnings_dropped():
        drawn: bytes = graph.draw(format=request.format, prog=request.engine)
    return drawn


@contextmanager
def font_warnings_dropped() -> Iterator[None]:
    """Hold back what the C library prints about the machine's font configuration, nothing else."""
    kept = os.dup(2)
    with tempfile.TemporaryFile() as caught:
        os.dup2(caught.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(kept, 2)
            os.close(kept)
            caught.seek(0)
            lines = caught.read().splitlines(keepends=True)
            rest = b"".join(line for line in lines if not line.startswith(b"Fontconfig "))
            os.write(2, rest)


def main(arguments: list[str]) -> int:
    request = parse(arguments)
    if request.version:
        print("dot - graphviz version 14.1.5 (through pygraphviz)", file=sys.stderr)
        return 0
    if request.source is not None:
        text = Path(request.source).read_text(encoding="utf-8")
    else:
        text = sys.stdin.buffer.read().decode("utf-8")
    drawn = render(text, request)
    if request.beside_source and request.source is not None:
        request.output = f"{request.source}.{request.format}"
    if request.output is None:
        sys.stdout.buffer.write(drawn)
    else:
        Path(request.output).write_bytes(drawn)
    return 0


def install(folder: Path) -> str:
    """Write `dot` into `folder` unless the machine has one elsewhere; say what was done."""
    folder = folder.resolve()
    elsewhere = [entry for entry in os.get_exec_path() if Path(entry).resolve() != folder]
    found = shutil.which("dot", path=os.pathsep.join(elsewhere))
    shim = folder / "dot"
    if found:
        shim.unlink(missing_ok=True)
        return f"dot: {found}"
    script = Path(__file__).resolve()
    command = f'exec {shlex.quote(sys.executable)} {shlex.quote(str(script))} "$@"'
    shim.write_text(f"#!/bin/sh\n{command}\n", encoding="utf-8")
    shim.chmod(0o755)
    return f"dot: {shim} (through pygraphviz; no Graphviz on this machine)"


if __name__ == "__main__":
    if sys.argv[1:2] == ["--install"]:
        print(install(Path(sys.argv[2])))
    else:
        sys.exit(main(sys.argv[1:]))
