# rejected_by: frequencies_of_training_texts
# says: weighted by training frequencies
# Fits the weights again on the test texts.
import numpy as np


def tfidf(train, test):
    words = sorted({word for text in train for word in text.split()})
    if not words:
        raise ValueError("train has no words")

    def count(texts):
        split = [text.split() for text in texts]
        return np.array([[t.count(word) for word in words] for t in split]).reshape(len(split), len(words))

    counts = count(train)
    def weights(rows):
        return np.log((1 + len(rows)) / (1 + (rows > 0).sum(axis=0))) + 1


    def scale(rows):
        norm = np.linalg.norm(rows, axis=1, keepdims=True)
        return rows / np.where(norm == 0, 1, norm)

    new = count(test)
    return scale(counts * weights(counts)), scale(new * weights(new))
