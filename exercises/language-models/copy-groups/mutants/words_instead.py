# rejected_by: worked_similarity
# says: four in either
# Compares words, whatever the width.
def similarity(first, second, width):
    """Jaccard similarity of the sets of pieces of `width` characters, from 0 to 1."""
    a, b = set(first.split()), set(second.split())
    return len(a & b) / len(a | b) if a | b else 1.0


def copy_groups(texts, width, threshold):
    """For each text the row of the first text of its group of copies."""
    groups = list(range(len(texts)))
    for j, second in enumerate(texts):
        for i, first in enumerate(texts[:j]):
            if similarity(first, second, width) >= threshold:
                low, high = sorted([groups[i], groups[j]])
                groups = [low if label == high else label for label in groups]
    return groups

