"""Formulas without another host: copy what MathJax loads out of an installed package.

The package `sphinx-mathjax-offline` carries all of MathJax, 24 MB; a page needs the combined
script, its fonts, and the TeX extensions that the script fetches when a formula uses them.
"""

from __future__ import annotations

import shutil
from importlib.metadata import files
from pathlib import Path
from typing import Any

DISTRIBUTION = "sphinx-mathjax-offline"
SCRIPT = "tex-mml-chtml.js"
NEEDED = (SCRIPT, "output/chtml/fonts/woff-v2/", "input/tex/extensions/")
NOT_NEEDED = ("input/tex/extensions/all-packages.js",)


def installed() -> dict[str, Path]:
    """Needed files: path below `mathjax/` to the installed file."""
    found = {}
    for entry in files(DISTRIBUTION) or ():
        _, marker, name = entry.as_posix().partition("/static/mathjax/")
        if marker and name.startswith(NEEDED) and name not in NOT_NEEDED:
            found[name] = Path(str(entry.locate()))
    if SCRIPT not in found:
        raise FileNotFoundError(f"{DISTRIBUTION} is installed without {SCRIPT}; reinstall it")
    return found


def publish(app: Any, problem: Exception | None) -> None:
    """Copy the files to `_static/mathjax`, where `mathjax_path` in `_config.yml` points."""
    if problem is not None or app.builder.format != "html":
        return
    for name, source in installed().items():
        target = Path(app.outdir) / "_static" / "mathjax" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
