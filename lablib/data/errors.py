"""Errors of the data layer: each says which card, what was expected and what to do."""

from __future__ import annotations


class DataError(RuntimeError):
    """Data of a card is missing, damaged, changed, or cannot be stored.

    The message is one sentence that names the card, what was expected and what to do.
    """


class CardError(ValueError):
    """A card file (YAML) breaks a rule of the catalogue; the message names card and field."""
