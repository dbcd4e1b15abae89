"""What this book adds to Jupyter Book: lesson boxes, exercise cards, downloads, readable names.

One idea a module; `setup` is the list of them.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

# The page and notebook readers are shared with the command-line tools of the checkout.
CHECKOUT = Path(__file__).resolve().parents[3]
if str(CHECKOUT) not in sys.path:
    sys.path.append(str(CHECKOUT))

from course_site import (  # noqa: E402
    backlinks,
    cards,
    coursemap,
    diagrams,
    docstrings,
    downloads,
    exercise,
    figures,
    languages,
    lesson,
    mathjax,
    names,
    pictures,
    quiz,
)


def setup(app: Any) -> dict[str, bool]:
    languages.setup(app)
    app.add_directive("lesson", lesson.LessonBox)
    app.add_directive("lab-exercise", exercise.ExerciseCard)
    app.add_directive("course-cards", cards.CourseCards)
    app.add_directive("course-map", coursemap.CourseMap)
    app.add_directive("lab-picture", pictures.LabPicture)
    app.add_directive("quiz", quiz.Quiz)
    app.add_css_file("quiz.css")
    app.add_js_file("quiz.js", loading_method="defer")
    app.add_css_file("search.css")
    app.add_js_file("search.js", loading_method="defer")
    app.add_css_file("explore.css")
    app.add_js_file("explore.js", loading_method="defer")
    # Before napoleon (priority 500) reads the sections.
    app.connect("autodoc-process-docstring", docstrings.mark_examples, priority=400)
    # Before the theme (priority 500) makes its buttons.
    app.connect("html-page-context", downloads.offer, priority=450)
    app.connect("build-finished", downloads.publish, priority=600)
    app.connect("build-finished", mathjax.publish, priority=600)
    # Last: these rewrite finished pages.
    app.connect("build-finished", backlinks.prune, priority=890)
    app.connect("build-finished", diagrams.inline, priority=900)
    app.connect("build-finished", figures.publish, priority=905)
    app.connect("build-finished", names.repair, priority=910)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
