# rejected_by: chains
# says: even if the link comes last
# Joins a text to one earlier text; a link that comes last leaves two groups.
def similarity(first, second, width):
    """Jaccard similarity of the sets of pieces of `width` characters, from 0 to 1."""
    pieces = []
    for text in (first, second):
        places = max(1, len(text) - width + 1)
        pieces.append({text[i : i + width] for i in range(places)})
    return len(pieces[0] & pieces[1]) / len(pieces[0] | pieces[1])


def copy_groups(texts, width, threshold):
    """For each text the row of the first text of its group of copies."""
    groups = []
    for j, second in enumerate(texts):
        alike = [i for i in range(j) if similarity(texts[i], second, width) >= threshold]
        groups.append(groups[alike[0]] if alike else j)
    return groups
