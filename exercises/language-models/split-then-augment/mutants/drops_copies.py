# rejected_by: worked_copies
# says: with all its copies
# Throws the copies of test texts away instead of testing them.
def split_and_augment(texts, variants, order, test_size):
    """(train, test): copies stay on one side, variants follow training texts only."""
    chosen = set(order[:test_size])
    test = [texts[i] for i in sorted(chosen)]
    keys = {" ".join(text.lower().split()) for text in test}
    train = []
    for i, text in enumerate(texts):
        if i not in chosen and " ".join(text.lower().split()) not in keys:
            new = [n for n in variants[i] if " ".join(n.lower().split()) not in keys]
            train += [text, *new]
    return train, test
