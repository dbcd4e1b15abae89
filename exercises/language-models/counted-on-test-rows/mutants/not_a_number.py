# rejected_by: worked_example
# says: 0 if it is not there
# Divides rows of zeros by zero.
import numpy as np


def tfidf(train, test):
    words = sorted({word for text in train for word in text.split()})
    if not words:
        raise ValueError("train has no words")

    def count(texts):
        split = [text.split() for text in texts]
        return np.array([[t.count(word) for word in words] for t in split]).reshape(len(split), len(words))

    counts = count(train)
    weight = np.log((1 + len(train)) / (1 + (counts > 0).sum(axis=0))) + 1

    def scale(rows):
        with np.errstate(invalid="ignore"):
            return rows / np.linalg.norm(rows, axis=1, keepdims=True)

    return scale(counts * weight), scale(count(test) * weight)
