"""Remove links from the listed source code to documentation that is not there.

The listing links every object back to the API page; objects documented without an index entry
(an experiment's `run`, which every experiment has) own no anchor on it.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

BACK = re.compile(r'<a class="viewcode-back" href="([^"#]+)#([^"]+)">[^<]*</a>')


def prune(app: Any, problem: Exception | None) -> None:
    """Rewrite the pages below `_modules` that have such links."""
    if problem is not None or app.builder.format != "html":
        return

    @cache
    def anchors(page: Path) -> frozenset[str]:
        found = re.findall(r'\bid="([^"]+)"', page.read_text(encoding="utf-8"))
        return frozenset(found)

    for path in sorted((Path(app.outdir) / "_modules").rglob("*.html")):

        def kept(match: re.Match[str], folder: Path = path.parent) -> str:
            return match[0] if match[2] in anchors((folder / match[1]).resolve()) else ""

        text = path.read_text(encoding="utf-8")
        pruned = BACK.sub(kept, text)
        if pruned != text:
            path.write_text(pruned, encoding="utf-8")
