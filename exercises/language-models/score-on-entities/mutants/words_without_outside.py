# rejected_by: worked_example
# says: half a name is none
# Scores words, but leaves O out.
def entity_f1(gold, predicted):
    words = [(t, p) for g, q in zip(gold, predicted) for t, p in zip(g, q)]
    right = sum(t == p != "O" for t, p in words)
    named = sum(p != "O" for t, p in words)
    there = sum(t != "O" for t, p in words)
    precision = right / named if named else 0.0
    recall = right / there if there else 0.0
    return precision, recall, 2 * precision * recall / (precision + recall) if right else 0.0
