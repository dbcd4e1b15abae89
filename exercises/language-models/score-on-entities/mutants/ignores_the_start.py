# rejected_by: types_and_both_ends
# says: its type, its first and its last word
# Only type and last word count.
def entity_f1(gold, predicted):
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
                found.add((number, kind, place))
                kind = None
            if tag.startswith("B-"):
                kind, start = tag[2:], place
    return found
