# rejected_by: nothing_left_to_train
# says: nothing is left to train
# Returns an empty training part.
def split_and_augment(texts, variants, order, test_size):
    """(train, test): copies stay on one side, variants follow training texts only."""
    keys = [" ".join(text.lower().split()) for text in texts]
    tested = set()
    for row in order:
        if sum(key in tested for key in keys) >= test_size:
            break
        tested.add(keys[row])
    train, test = [], []
    for text, key, listed in zip(texts, keys, variants, strict=True):
        if key in tested:
            test.append(text)
        else:
            train.append(text)
            train += [new for new in listed if " ".join(new.lower().split()) not in tested]
    return train, test
