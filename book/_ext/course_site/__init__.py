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
    cards,
    coursemap,
    diagrams,
    docstrings,
    downloads,
    exercise,
    figures,
    glossary,
    languages,
    launch,
    lesson,
    light,
    mathjax,
    names,
    notfound,
    pictures,
    progress,
    quiz,
    redirects,
    sitemap,
    social,
)


def setup(app: Any) -> dict[str, bool]:
    for part in (languages, downloads, launch, progress, glossary, light):
        part.setup(app)
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
    app.connect("build-finished", mathjax.publish, priority=600)
    # After the switch of languages (priority 450), which adds to the same tags.
    app.connect("html-page-context", social.describe, priority=460)
    for step in (social, sitemap, redirects, notfound):
        app.connect("build-finished", step.publish, priority=610)
    # Last: these rewrite finished pages.
    app.connect("build-finished", diagrams.inline, priority=900)
    app.connect("build-finished", figures.publish, priority=905)
    app.connect("build-finished", names.repair, priority=910)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
