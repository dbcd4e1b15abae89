# rejected_by: worked_example
# says: each with its variants
# Avoids the leak by not augmenting.
def split_and_augment(texts, variants, order, test_size):
    """(train, test): copies stay on one side, variants follow training texts only."""
    keys = [" ".join(text.lower().split()) for text in texts]
    tested = set()
    for row in order:
        if sum(key in tested for key in keys) >= test_size:
            break
        tested.add(keys[row])
    train = [text for text, key in zip(texts, keys, strict=True) if key not in tested]
    return train, [text for text, key in zip(texts, keys, strict=True) if key in tested]
