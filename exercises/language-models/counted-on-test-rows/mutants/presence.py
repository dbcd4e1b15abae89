# rejected_by: frequencies_of_training_texts
# says: with N training texts
# Says whether a word occurs, not how often.
import numpy as np


def tfidf(train, test):
    words = sorted({word for text in train for word in text.split()})
    if not words:
        raise ValueError("train has no words")

    def count(texts):
        split = [text.split() for text in texts]
        return np.array([[int(word in t) for word in words] for t in split]).reshape(len(split), len(words))

    counts = count(train)
    weight = np.log((1 + len(train)) / (1 + (counts > 0).sum(axis=0))) + 1

    def scale(rows):
        norm = np.linalg.norm(rows, axis=1, keepdims=True)
        return rows / np.where(norm == 0, 1, norm)

    return scale(counts * weight), scale(count(test) * weight)
