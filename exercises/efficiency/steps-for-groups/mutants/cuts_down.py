# rejected_by: codes_of_the_example
# says: nearest to -3
# Cuts off instead of rounding.
import numpy as np


def quantize(weight, bits, group):
    """Codes (F_out, F_in) and steps (F_out, F_in / group)."""
    rows, inputs = weight.shape
    if bits < 2 or group < 1 or inputs % group:
        raise ValueError("bits must be 2 or more, and group must divide the inputs")
    top = 2 ** (bits - 1) - 1
    parts = weight.reshape(rows, -1, group)
    steps = np.abs(parts).max(axis=2) / top
    steps = np.where(steps == 0, 1.0, steps)
    return np.trunc(parts / steps[:, :, None] - 0.5).reshape(rows, inputs), steps


def dequantize(codes, steps):
    """The matrix (F_out, F_in) that the codes stand for."""
    parts = codes.reshape(*steps.shape, -1)
    return (parts * steps[:, :, None]).reshape(codes.shape)
