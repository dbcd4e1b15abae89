# rejected_by: worked_example
# says: the training rows are right
# Leaves the added ones out.
import numpy as np


def tfidf(train, test):
    words = sorted({word for text in train for word in text.split()})
    if not words:
        raise ValueError("train has no words")

    def count(texts):
        split = [text.split() for text in texts]
        return np.array([[t.count(word) for word in words] for t in split]).reshape(len(split), len(words))

    counts = count(train)
    weight = np.log(len(train) / (counts > 0).sum(axis=0)) + 1

    def scale(rows):
        norm = np.linalg.norm(rows, axis=1, keepdims=True)
        return rows / np.where(norm == 0, 1, norm)

    return scale(counts * weight), scale(count(test) * weight)
