# Loops and math.prod; merges entry by entry.
import math


def merged(weight, a, b, alpha):
    out = [[float(value) for value in row] for row in weight]
    for i, row in enumerate(out):
        for j in range(len(row)):
            for k in range(len(a)):
                row[j] += alpha / len(a) * float(b[i][k]) * float(a[k][j])
    return out


def trained_share(parameters):
    if len(parameters) == 0:
        raise ValueError("empty")
    total = trained = 0
    for place in {row[3] for row in parameters}:
        names = [row for row in parameters if row[3] == place]
        size = math.prod(names[0][1])
        total += size
        if any(row[2] for row in names):
            trained += size
    return trained / total
