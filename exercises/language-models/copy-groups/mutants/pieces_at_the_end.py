# rejected_by: worked_similarity
# says: four in either
# Counts the shorter pieces at the end as well.
def similarity(first, second, width):
    """Jaccard similarity of the sets of pieces of `width` characters, from 0 to 1."""
    pieces = []
    for text in (first, second):
        places = len(text)
        pieces.append({text[i : i + width] for i in range(places)})
    return len(pieces[0] & pieces[1]) / len(pieces[0] | pieces[1])


def copy_groups(texts, width, threshold):
    """For each text the row of the first text of its group of copies."""
    groups = list(range(len(texts)))
    for j, second in enumerate(texts):
        for i, first in enumerate(texts[:j]):
            if similarity(first, second, width) >= threshold:
                low, high = sorted([groups[i], groups[j]])
                groups = [low if label == high else label for label in groups]
    return groups

