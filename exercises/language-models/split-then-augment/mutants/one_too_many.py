# rejected_by: worked_example
# says: fills the test part
# Goes on when the test part is just large enough.
def split_and_augment(texts, variants, order, test_size):
    """(train, test): copies stay on one side, variants follow training texts only."""
    keys = [" ".join(text.lower().split()) for text in texts]
    tested = set()
    for row in order:
        if sum(key in tested for key in keys) > test_size:
            break
        tested.add(keys[row])
    train, test = [], []
    for text, key, listed in zip(texts, keys, variants, strict=True):
        if key in tested:
            test.append(text)
        else:
            train.append(text)
            train += [new for new in listed if " ".join(new.lower().split()) not in tested]
    if not train:
        raise ValueError("the test part takes every text; choose a smaller test_size")
    return train, test
