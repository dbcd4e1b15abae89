# rejected_by: entities_that_touch_or_end_the_sentence
# says: none runs into the next line
# Joins all sentences to one.
def entity_f1(gold, predicted):
    there, named = entities(gold), entities(predicted)
    right = len(there & named)
    precision = right / len(named) if named else 0.0
    recall = right / len(there) if there else 0.0
    f1 = 2 * precision * recall / (precision + recall) if right else 0.0
    return precision, recall, f1


def entities(sentences):
    found = set()
    for number, tags in [(0, [tag for tags in sentences for tag in tags])]:
        kind, start = None, 0
        for place, tag in enumerate([*tags, "O"]):
            if kind is not None and tag != "I-" + kind:
                found.add((number, kind, start, place))
                kind = None
            if tag.startswith("B-"):
                kind, start = tag[2:], place
    return found
