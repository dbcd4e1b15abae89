# rejected_by: worked_groups
# says: a copy of the first
# Finds only exact copies.
def similarity(first, second, width):
    """Jaccard similarity of the sets of pieces of `width` characters, from 0 to 1."""
    pieces = []
    for text in (first, second):
        places = max(1, len(text) - width + 1)
        pieces.append({text[i : i + width] for i in range(places)})
    return len(pieces[0] & pieces[1]) / len(pieces[0] | pieces[1])


def copy_groups(texts, width, threshold):
    """For each text the row of the first text of its group of copies."""
    return [texts.index(text) for text in texts]
