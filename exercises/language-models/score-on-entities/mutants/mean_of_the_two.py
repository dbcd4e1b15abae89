# rejected_by: worked_example
# says: one of three
# The plain mean instead of the harmonic one.
def entity_f1(gold, predicted):
    there, named = entities(gold), entities(predicted)
    right = len(there & named)
    precision = right / len(named) if named else 0.0
    recall = right / len(there) if there else 0.0
    f1 = (precision + recall) / 2
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
