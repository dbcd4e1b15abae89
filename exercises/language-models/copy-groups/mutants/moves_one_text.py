# rejected_by: chains
# says: even if the link comes last
# Moves the later text only, not its whole group.
def similarity(first, second, width):
    """Jaccard similarity of the sets of pieces of `width` characters, from 0 to 1."""
    pieces = []
    for text in (first, second):
        places = max(1, len(text) - width + 1)
        pieces.append({text[i : i + width] for i in range(places)})
    return len(pieces[0] & pieces[1]) / len(pieces[0] | pieces[1])


def copy_groups(texts, width, threshold):
    """For each text the row of the first text of its group of copies."""
    groups = list(range(len(texts)))
    for j, second in enumerate(texts):
        for i, first in enumerate(texts[:j]):
            if similarity(first, second, width) >= threshold:
                groups[j] = groups[i]
    return groups
