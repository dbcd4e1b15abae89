# rejected_by: order_of_the_answer
# says: in the order of the rows
# Returns the test texts in the order in which they were drawn.
def split_and_augment(texts, variants, order, test_size):
    """(train, test): copies stay on one side, variants follow training texts only."""
    keys = [" ".join(text.lower().split()) for text in texts]
    test, tested = [], set()
    for row in order:
        if len(test) >= test_size:
            break
        if keys[row] not in tested:
            tested.add(keys[row])
            test += [texts[i] for i in order if keys[i] == keys[row]]
    train = []
    for text, key, listed in zip(texts, keys, variants, strict=True):
        if key not in tested:
            train.append(text)
            train += [new for new in listed if " ".join(new.lower().split()) not in tested]
    if not train:
        raise ValueError("nothing is left to train on")
    return train, test
