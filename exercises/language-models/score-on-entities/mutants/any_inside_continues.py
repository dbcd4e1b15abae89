# rejected_by: broken_sequences
# says: begins no entity and belongs to none
# An I- of another type continues the entity.
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
            if kind is not None and not tag.startswith("I-"):
                found.add((number, kind, start, place))
                kind = None
            if tag.startswith("B-"):
                kind, start = tag[2:], place
    return found
