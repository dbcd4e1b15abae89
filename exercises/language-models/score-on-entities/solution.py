def entity_f1(gold, predicted):
    """Precision, recall and F1 over the entities of N sentences of IOB2 tags."""
    # BEGIN SOLUTION
    there, named = set(), set()  # (sentence, B-tag, first word, word after the last)
    for sentences, found in ((gold, there), (predicted, named)):
        for number, tags in enumerate(sentences):
            start = None
            for place, tag in enumerate([*tags, "O"]):
                if start is not None and tag != "I-" + tags[start][2:]:
                    found.add((number, tags[start], start, place))
                    start = None
                if tag.startswith("B-"):
                    start = place
    right = len(there & named)
    precision = right / len(named) if named else 0.0
    recall = right / len(there) if there else 0.0
    f1 = 2 * precision * recall / (precision + recall) if right else 0.0
    return precision, recall, f1
    # END SOLUTION
