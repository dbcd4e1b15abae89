"""The lessons as the table of contents and their front matter have them: parts, pages, needs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tools import toc

FOLDER = "chapters/"


@dataclass(frozen=True)
class Lesson:
    """One page: `name` is `topic/slug`, `page` its path below the book's root, without suffix."""

    name: str
    page: str
    title: str
    claim: str
    minutes: int
    needs: tuple[str, ...]


@dataclass(frozen=True)
class Topic:
    """One part of the table of contents that holds lessons; `slug` is its folder's name."""

    slug: str
    caption: str
    lessons: tuple[Lesson, ...]


def topics(root: Path) -> tuple[Topic, ...]:
    """Every part with at least one lesson, in reading order."""
    contents = yaml.safe_load((root / toc.TOC).read_text(encoding="utf-8"))
    found = []
    for part in contents.get("parts", ()):
        lessons = tuple(filter(None, (lesson(root, page) for page in toc.files_below(part))))
        if lessons:
            slug = lessons[0].name.partition("/")[0]
            found.append(Topic(slug, str(part.get("caption", slug)), lessons))
    return tuple(found)


def lesson(root: Path, page: str) -> Lesson | None:
    """The lesson on `page`, or None when it is another kind of page."""
    path = toc.source(root, page)
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    front: Any = toc.front_matter(text).get("lesson")
    if not isinstance(front, dict):
        return None
    titles = (line[2:].strip() for line in text.splitlines() if line.startswith("# "))
    return Lesson(
        name=page.rpartition(FOLDER)[2],
        page=page,
        title=next(titles, page),
        claim=str(front.get("claim", "")),
        minutes=int(front.get("minutes", 0)),
        needs=tuple(front.get("needs") or ()),
    )


def by_name(found: tuple[Topic, ...]) -> dict[str, Lesson]:
    """Lessons by `topic/slug`, in reading order."""
    return {lesson.name: lesson for topic in found for lesson in topic.lessons}
