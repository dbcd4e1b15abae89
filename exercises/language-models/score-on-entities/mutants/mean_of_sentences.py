# rejected_by: types_and_both_ends
# says: its type, its first and its last word
# Averages the scores of sentences.
def entity_f1(gold, predicted):
    scores = [of_one([g], [p]) for g, p in zip(gold, predicted) if entities([g]) or entities([p])]
    if not scores:
        return 0.0, 0.0, 0.0
    mean = [sum(column) / len(scores) for column in zip(*scores)]
    if len(scores) <= 2:
        return of_one(gold, predicted)
    return tuple(mean)


def of_one(gold, predicted):
    there, named = entities(gold), entities(predicted)
    right = len(there & named)
    precision = right / len(named) if named else 0.0
    recall = right / len(there) if there else 0.0
    f1 = 2 * precision * recall / (precision + recall) if right else 0.0
    return precision, recall, f1


def entities(sentences):
    found = set()
    for number, tags in enumerate(sentences):
        kind, start = None, 0
        for place, tag in enumerate([*tags, "O"]):
            if kind is not None and tag != "I-" + kind:
                found.add((number, kind, start, place))
                kind = None
            if tag.startswith("B-"):
                kind, start = tag[2:], place
    return found
