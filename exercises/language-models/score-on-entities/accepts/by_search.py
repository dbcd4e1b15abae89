# Finds each B- and looks how far it reaches.
def entity_f1(gold, predicted):
    def found(sentences):
        made = []
        for row, tags in enumerate(sentences):
            for first, tag in enumerate(tags):
                if tag.startswith("B-"):
                    last = first
                    while last + 1 < len(tags) and tags[last + 1] == "I" + tag[1:]:
                        last += 1
                    made.append((row, tag, first, last))
        return made

    there, named = found(gold), found(predicted)
    right = len([entity for entity in named if entity in there])
    if not right:
        return 0.0, 0.0, 0.0
    p, r = right / len(named), right / len(there)
    return p, r, 2 / (1 / p + 1 / r)
