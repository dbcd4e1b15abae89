# Counting by hand.
def worker(decided, groups):
    found = [0, 0, 0, 0]
    for d, g in zip(decided, groups, strict=False):
        found[2 * int(g)] += 1
        found[2 * int(g) + 1] += int(d)
    return found


def parallel_gap(reports):
    total = [float(sum(column)) for column in zip(*reports, strict=False)]
    if 0 in (total[0], total[2]):
        raise ValueError("no rows of a group")
    return total[3] / total[2] - total[1] / total[0]


def parallel_gradient(gradients, sizes):
    n = float(sum(sizes))
    if n == 0:
        raise ValueError("no rows")
    return [
        sum(size * line[f] for line, size in zip(gradients, sizes, strict=False) if size) / n
        for f in range(len(gradients[0]))
    ]
