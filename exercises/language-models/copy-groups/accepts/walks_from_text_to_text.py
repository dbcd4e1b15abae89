def similarity(first, second, width):
    """Jaccard similarity, with sets made by zip."""

    def pieces(text):
        columns = [text[i:] for i in range(width)]
        return {"".join(letters) for letters in zip(*columns, strict=False)} or {text}

    a, b = pieces(first), pieces(second)
    shared = sum(piece in b for piece in a)
    return shared / (len(a) + len(b) - shared)


def copy_groups(texts, width, threshold):
    """Connected components by walking from text to text."""
    groups = [None] * len(texts)
    for start in range(len(texts)):
        if groups[start] is not None:
            continue
        waiting = [start]
        while waiting:
            i = waiting.pop()
            groups[i] = start
            for j in range(len(texts)):
                alike = groups[j] is None and j not in waiting
                if alike and similarity(texts[i], texts[j], width) >= threshold:
                    waiting.append(j)
    return groups
