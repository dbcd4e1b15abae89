# rejected_by: worked_example
# says: each with its variants
# Puts all variants behind all texts.
def split_and_augment(texts, variants, order, test_size):
    """(train, test): copies stay on one side, variants follow training texts only."""
    keys = [" ".join(text.lower().split()) for text in texts]
    tested = set()
    for row in order:
        if sum(key in tested for key in keys) >= test_size:
            break
        tested.add(keys[row])
    kept = [i for i, key in enumerate(keys) if key not in tested]
    if not kept:
        raise ValueError("nothing is left to train on")
    train = [texts[i] for i in kept]
    train += [n for i in kept for n in variants[i] if " ".join(n.lower().split()) not in tested]
    return train, [text for text, key in zip(texts, keys, strict=True) if key in tested]
