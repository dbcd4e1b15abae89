def plain(text):
    return tuple(text.casefold().split())


def split_and_augment(texts, variants, order, test_size):
    """Collects row numbers of whole groups."""
    rows = set()
    for row in order:
        if len(rows) < test_size:
            rows |= {i for i, text in enumerate(texts) if plain(text) == plain(texts[row])}
    if len(rows) == len(texts):
        raise ValueError("no text is left for training")
    hidden = [plain(texts[i]) for i in rows]
    train = []
    for i, text in enumerate(texts):
        if i not in rows:
            train.append(text)
            train.extend(new for new in variants[i] if plain(new) not in hidden)
    return train, [texts[i] for i in sorted(rows)]
