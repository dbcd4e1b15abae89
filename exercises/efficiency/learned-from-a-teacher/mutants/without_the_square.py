# rejected_by: losses_of_the_example
# says: 4 times a divergence
# Forgets the square of the temperature.
import numpy as np


def log_softmax(logits):
    """Logarithms of the softmax probabilities of each row, (B, K)."""
    shifted = logits - logits.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


def distillation_loss(student, teacher, labels, temperature, share):
    """A share from the teacher's softened probabilities, the rest from the labels."""
    if not temperature > 0 or not 0 <= share <= 1:
        raise ValueError("temperature must be above 0 and share from 0 to 1")
    p, q = log_softmax(teacher / temperature), log_softmax(student / temperature)
    soft = (np.exp(p) * (p - q)).sum(axis=1).mean()
    hard = -log_softmax(student)[np.arange(len(labels)), labels].mean()
    return share * soft + (1 - share) * hard
