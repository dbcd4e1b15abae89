def split_and_augment(texts, variants, order, test_size):
    """Builds the groups of copies, then deals them."""
    key = lambda text: " ".join(text.lower().split())  # noqa: E731
    groups = {}
    for i, text in enumerate(texts):
        groups.setdefault(key(text), []).append(i)
    held = set()
    size = 0
    for i in order:
        name = key(texts[i])
        if size >= test_size or name in held:
            continue
        held.add(name)
        size += len(groups[name])
    train = []
    for i, text in enumerate(texts):
        if key(text) not in held:
            train += [text] + [v for v in variants[i] if key(v) not in held]
    if len(train) == 0:
        raise ValueError("test_size leaves nothing to train on")
    return train, [text for text in texts if key(text) in held]
