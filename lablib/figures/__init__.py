"""One figure style for the whole book: inline SVG that a phone, a dark page and a reader can use.

Text takes the colour of the page (`currentColor`), data colours are style variables with a light
and a dark value, and every figure must state its finding as alternative text. Colours are those of
Okabe and Ito (2008), told apart with any colour vision. Nothing here uses pyplot's global state.
"""

from lablib.figures.explore_marks import Mark
from lablib.figures.explore_view import ExploreView, Prediction, Setting
from lablib.figures.exploring import explore
from lablib.figures.marks import band, points, reference
from lablib.figures.records import beside_full, full_note, full_record, written
from lablib.figures.style import COLORS, TEXT, new
from lablib.figures.views import FigureView, TableView, diagram, dot_program, show, table

__all__ = [
    "COLORS", "TEXT", "ExploreView", "FigureView", "Mark", "Prediction", "Setting", "TableView",
    "band", "beside_full", "diagram", "dot_program", "explore", "full_note", "full_record", "new",
    "points", "reference", "show", "table", "written",
]  # fmt: skip
