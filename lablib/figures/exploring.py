"""Predict, then look: a figure with settings that a reader moves through without a kernel.

Everything is computed when the page is built. The figure holds the marks of every setting, one of
which is seen, and a table of all. `book/_static/explore.js` asks for a prediction, and then shows
the setting that a reader chooses. Without the script (in a notebook, on paper) the default setting
and the table stand there.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from lablib.figures import explore_marks, explore_view
from lablib.figures.explore_view import ExploreView, Prediction, Setting
from lablib.figures.views import show

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST_BYTES = 60_000
MOST_BUTTONS = 5
_UNSEEN = ' display="none"'


def explore(
    fig: Figure,
    settings: Sequence[explore_view.Setting],  # two other modules have a `Setting`, too
    *,
    control: str,
    predict: Prediction,
    alt: str,
    caption: str,
    default: int = 0,
    buttons: bool = False,
) -> ExploreView:
    """Show a figure whose marks a reader changes by a slider, after a prediction.

    Parameters
    ----------
    fig : Figure
        With one axes, from `figures.new`, that holds what stays: scales, labels, references.
        Its limits must hold the marks of all settings.
    settings : sequence of explore_view.Setting
        At least two, in the order of the slider, all computed by the page.
    control : str
        What is set, with its unit: "threshold", "noise multiplier".
    predict : Prediction
        Asked before anything is shown.
    alt, caption : str
        As for `figures.show`; `alt` states what the settings together show.
    default : int
        Place of the setting that is shown first, and without the script.
    buttons : bool
        Radio buttons instead of a slider, for up to five settings that have no order.

    Returns
    -------
    ExploreView
        Shown as the last expression of a cell.

    Raises
    ------
    ValueError
        If settings are unlike each other, a mark lies outside of the axes, a text is missing, or
        the figure weighs more than 60 kB.

    Examples
    --------
    >>> from lablib import figures
    >>> fig, ax = figures.new()
    >>> ax.set(xlim=(0, 3), ylim=(0, 10), xlabel="side", ylabel="area")  # doctest: +ELLIPSIS
    [...]
    >>> settings = [
    ...     figures.Setting(f"{n}", [figures.Mark([n], [n * n])], {"area": f"{n * n}"})
    ...     for n in (1, 2, 3)
    ... ]
    >>> view = figures.explore(
    ...     fig, settings, control="side",
    ...     predict=figures.Prediction("The area at side 3?", "It is 9.", drawn=True),
    ...     alt="The area grows from 1 to 9 as the side grows from 1 to 3.", caption="Squares.",
    ... )
    >>> view._now()
    '<b>side 1</b>: <span>area 1</span>'
    """
    _check(settings, control, predict, caption, default, buttons)
    places = explore_marks.placed(fig, [one.marks for one in settings], drawn=predict.drawn,
                                  labels=[one.label for one in settings])  # fmt: skip
    svg = show(fig, alt=alt, caption=caption).svg
    groups = "".join(
        f'<g class="lab-explore-setting"{"" if place == default else _UNSEEN}>{marks}</g>'
        for place, marks in enumerate(places.settings)
    )
    svg = svg.removesuffix("</svg>") + f"{groups}{places.guess}</svg>"
    view = ExploreView(svg, alt, caption, tuple(settings), control, predict, default, buttons)
    weight = len(view._repr_html_().encode())
    if weight > MOST_BYTES:
        raise ValueError(
            f"settings make a figure of {weight:,} bytes, over {MOST_BYTES:,}; take fewer settings "
            "or fewer points in each mark"
        )
    return view


def _check(
    settings: Sequence[Setting],
    control: str,
    predict: Prediction,
    caption: str,
    default: int,
    buttons: bool,
) -> None:
    texts = {"control": control, "caption": caption, "predict.question": predict.question,
             "predict.answer": predict.answer}  # fmt: skip
    for name, text in texts.items():
        if not text.strip():
            raise ValueError(f"{name} is {text!r}; write what a reader needs to know")
    if len(settings) < 2:
        raise ValueError(f"settings has {len(settings)}; give at least two to choose from")
    if not 0 <= default < len(settings):
        raise ValueError(f"default is {default}; give a place from 0 to {len(settings) - 1}")
    if buttons and len(settings) > MOST_BUTTONS:
        raise ValueError(
            f"buttons with {len(settings)} settings; use the slider above {MOST_BUTTONS}"
        )
    labels = [one.label for one in settings]
    if len(set(labels)) < len(labels) or not all(label.strip() for label in labels):
        raise ValueError(f"settings have the labels {labels}; give each its own")
    names = list(settings[0].readouts)
    for one in settings:
        if not names or list(one.readouts) != names:
            raise ValueError(
                f"settings[{one.label!r}].readouts has {list(one.readouts)}; give the same names, "
                f"at least one, in every setting, as in the first: {names}"
            )
    if predict.choices and (len(set(predict.choices)) < max(2, len(predict.choices))):
        raise ValueError(f"predict.choices is {list(predict.choices)}; give two or more, all apart")
    if predict.right is not None and predict.right not in predict.choices:
        raise ValueError(
            f"predict.right is {predict.right!r}; name one of the choices {list(predict.choices)}"
        )
    if predict.choices and predict.drawn:
        raise ValueError("predict.drawn is for a number; leave it out where choices are given")
