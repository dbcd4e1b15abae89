"""What a finished model needs before people meet it: so far, its card."""

from lablib.deployment.cards import model_card

__all__ = ["model_card"]
