"""Hand numbers to the prose of a page, so that no sentence holds a number typed by hand.

A page names the value in a `glue:text` role where the number belongs. Outside a book build, in
plain Jupyter without myst-nb, nothing happens and the page still runs.
"""

from __future__ import annotations

from collections.abc import Mapping


def glue(values: Mapping[str, float]) -> None:
    """Make each value available to the page's prose under its name.

    >>> glue({"case.rows": 30000})
    """
    try:
        from IPython.core.getipython import get_ipython
        from myst_nb import glue as hand_over
    except ImportError:
        return
    if get_ipython() is None:
        return
    for name, value in values.items():
        hand_over(name, value, display=False)
