# Right, with a clip that changes nothing, and lists as the answer.
import numpy as np


def quantize(weight, bits, group):
    n = weight.shape[1]
    if bits <= 1 or group <= 0 or n % group > 0:
        raise ValueError("impossible")
    top = (1 << (bits - 1)) - 1
    parts = np.stack(np.split(weight, n // group, axis=1), axis=1)
    steps = np.linalg.norm(parts, ord=np.inf, axis=2) / top
    steps[steps <= 0] = 1
    codes = np.clip(np.round(parts / steps[..., None]), -top, top)
    return [np.concatenate(list(codes.transpose(1, 0, 2)), axis=1), steps]


def dequantize(codes, steps):
    rows, groups = steps.shape
    return np.einsum("rgi,rg->rgi", codes.reshape(rows, groups, -1), steps).reshape(codes.shape)
