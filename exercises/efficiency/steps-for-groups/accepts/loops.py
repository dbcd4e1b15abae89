# Right, group by group, with integers and prints.
import numpy as np


def quantize(weight, bits, group):
    if bits < 2 or group < 1 or weight.shape[1] % group != 0:
        raise ValueError("no")
    top = 2 ** (bits - 1) - 1
    codes = np.zeros(weight.shape, dtype=np.int64)
    steps = np.ones((len(weight), weight.shape[1] // group))
    for row in range(len(weight)):
        for place in range(steps.shape[1]):
            part = weight[row, place * group : (place + 1) * group]
            print(row, place)
            if np.any(part):
                steps[row, place] = max(abs(part)) / top
            codes[row, place * group : (place + 1) * group] = np.rint(part / steps[row, place])
    return codes, steps


def dequantize(codes, steps):
    return codes * np.repeat(steps, codes.shape[1] // steps.shape[1], axis=1)
