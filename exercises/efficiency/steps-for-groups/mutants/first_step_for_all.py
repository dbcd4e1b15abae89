# rejected_by: the_example_undone
# says: the step of its group
# Multiplies a row by the step of its first group.
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
    return np.round(parts / steps[:, :, None]).reshape(rows, inputs), steps


def dequantize(codes, steps):
    """The matrix (F_out, F_in) that the codes stand for."""
    parts = codes.reshape(*steps.shape, -1)
    return (parts * steps[:, :1, None]).reshape(codes.shape)
