# Counts instead of sets, one sentence at a time.
def spans(tags):
    found, open_from = [], None
    for i in range(len(tags) + 1):
        tag = tags[i] if i < len(tags) else "O"
        if open_from is not None and tag == "I-" + tags[open_from][2:]:
            continue
        if open_from is not None:
            found.append((tags[open_from][2:], open_from, i - 1))
        open_from = i if tag[:2] == "B-" else None
    return found


def entity_f1(gold, predicted):
    right = named = there = 0
    for truth, guess in zip(gold, predicted, strict=True):
        a, b = spans(truth), spans(guess)
        right += sum(span in a for span in b)
        named += len(b)
        there += len(a)
    f1 = 2 * right / (named + there) if named + there else 0
    return [right / max(named, 1), right / max(there, 1), f1]
