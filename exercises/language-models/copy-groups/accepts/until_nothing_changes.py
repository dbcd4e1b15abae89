def similarity(first, second, width):
    """Jaccard similarity by counting."""
    a = [first[i : i + width] for i in range(len(first) - width + 1)] or [first]
    b = [second[i : i + width] for i in range(len(second) - width + 1)] or [second]
    either = set(a + b)
    return sum(piece in a and piece in b for piece in either) / len(either)


def copy_groups(texts, width, threshold):
    """Repeat until no label changes."""
    groups = list(range(len(texts)))
    changed = True
    while changed:
        changed = False
        for i, first in enumerate(texts):
            for j, second in enumerate(texts):
                alike = similarity(first, second, width) >= threshold
                if alike and groups[i] < groups[j]:
                    groups[j], changed = groups[i], True
    return groups
