"""Where the site will stand: one setting, `html: baseurl:` in `_config.yml`, empty by default.

Without it every address is relative, and what needs a full one (the sitemap, the picture of a
shared link) is left out, not guessed.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit


def base(app: Any) -> str:
    """The site's full address with a closing slash, or "" when none is set."""
    given = str(app.config.html_baseurl or "").strip()
    return f"{given.rstrip('/')}/" if given else ""


def full(app: Any, path: str) -> str:
    """The full address of a file of the site, or "" when the site's own is not set."""
    return base(app) + path if base(app) else ""


def prefix(app: Any) -> str:
    """The folder of the site on its host, from and to a slash; "/" when nothing else is known."""
    return urlsplit(base(app)).path or "/"


def is_english(app: Any) -> bool:
    """Whether this is the build of the book itself, which the other editions lie below."""
    return str(getattr(app.config, "course_edition", "en")) == "en"


def publishing(app: Any, problem: Exception | None) -> bool:
    """Whether a step that writes the whole site's files has something to do."""
    return problem is None and app.builder.format == "html" and is_english(app)
