import numpy as np


def tfidf(train, test):
    """TF-IDF rows of training and of test texts, fitted on the training texts."""
    # BEGIN SOLUTION
    words = sorted({word for text in train for word in text.split()})
    if not words:
        raise ValueError("train has no words; pass at least one text with a word")

    def count(texts):
        split = [text.split() for text in texts]
        rows = [[text.count(word) for word in words] for text in split]
        return np.array(rows).reshape(len(split), len(words))

    counts = count(train)
    weight = np.log((1 + len(train)) / (1 + (counts > 0).sum(axis=0))) + 1

    def scale(rows):
        norm = np.linalg.norm(rows, axis=1, keepdims=True)
        return rows / np.where(norm == 0, 1, norm)

    return scale(counts * weight), scale(count(test) * weight)
    # END SOLUTION
