# rejected_by: worked_example
# says: half a name is none
# Token micro-F1 with O as a class: the sketch.
def entity_f1(gold, predicted):
    words = [(t, p) for g, q in zip(gold, predicted) for t, p in zip(g, q)]
    right = sum(t == p for t, p in words)
    share = right / len(words) if words else 0.0
    return share, share, share
