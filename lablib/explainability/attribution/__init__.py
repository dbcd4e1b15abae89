"""Attributions through one call, and the tests that tell which of them to believe."""

from lablib.explainability.attribution.methods import METHODS, Attribution, attribute

__all__ = ["METHODS", "Attribution", "attribute"]
