"""Buttons that open a page's notebook on a hosted service; none unless one setting names a place.

`course_notebooks` in `_config.yml` is the address of a public GitHub folder that holds the
content of the archive `notebooks.zip`. The services read it from there: the site sends nothing,
and without the setting no page names them.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

PLACE = re.compile(
    r"https://github\.com/(?P<owner>[\w.-]+)/(?P<name>[\w.-]+?)/?"
    r"(?:/tree/(?P<branch>[\w.-]+)(?P<folder>/[\w./-]+)?)?"
)


def setup(app: Any) -> None:
    app.add_config_value("course_notebooks", "", "env", (str,))
    app.connect("config-inited", lambda _, config: services(config.course_notebooks, ""))
    app.connect("html-page-context", offer, priority=502)  # after the theme's own buttons


def services(place: str, page: str) -> dict[str, str]:
    """Service to the address that opens `page` there; ValueError if `place` is not understood."""
    if not place:
        return {}
    found = PLACE.fullmatch(place)
    if found is None:
        raise ValueError(
            f"course_notebooks is {place!r}; it must be empty or look like "
            "https://github.com/owner/name/tree/branch/folder (branch and folder may be left out)"
        )
    repository = f"{found['owner']}/{found['name']}"
    branch = found["branch"] or "main"
    path = quote(f"{found['folder'] or ''}/{page}.ipynb".strip("/"))
    return {
        "Colab": f"https://colab.research.google.com/github/{repository}/blob/{branch}/{path}",
        "Binder": f"https://mybinder.org/v2/gh/{repository}/{branch}?urlpath=lab/tree/{path}",
    }


def offer(app: Any, pagename: str, templatename: str, context: Any, doctree: Any) -> None:
    """Add the buttons to the header of a page that has a notebook."""
    if not context.get("ipynb_source"):
        return
    buttons = [
        {
            "type": "link",
            "url": address,
            "text": name,
            "tooltip": f"Open on {name}, another site",
            "icon": "fas fa-rocket",
        }
        for name, address in services(app.config.course_notebooks, pagename).items()
    ]
    if buttons:
        context["header_buttons"].append(
            {
                "type": "group",
                "label": "launch-buttons",
                "tooltip": "Open on another site",
                "icon": "fas fa-rocket",
                "buttons": buttons,
            }
        )
