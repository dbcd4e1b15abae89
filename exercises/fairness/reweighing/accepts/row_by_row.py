# Slow, with lists.
def reweighing(y, groups):
    y, groups, n = list(y), list(groups), len(y)
    pairs = list(zip(groups, y, strict=False))
    for g in groups:
        for label in set(y):
            if (g, label) not in pairs:
                raise ValueError("missing pair")
    return [groups.count(g) * y.count(label) / (n * pairs.count((g, label))) for g, label in pairs]


def label_gap(y, groups, weights):
    shares = []
    for name in set(groups.tolist()):
        mine = [(label, w) for label, g, w in zip(y, groups, weights, strict=False) if g == name]
        shares.append(sum(w for label, w in mine if label == 1) / sum(w for _, w in mine))
    return max(shares) - min(shares)
