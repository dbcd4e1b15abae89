# Arrays of first places.
import numpy as np


def labels_of_pieces(word_of_piece, tags, number):
    codes = np.array([-1 if word is None else word for word in word_of_piece])
    labels = np.full(len(codes), -100)
    words, first = np.unique(codes, return_index=True)
    for word, place in zip(words, first, strict=True):
        if word >= 0:
            labels[place] = number[tags[word]]
    return labels


def tags_of_words(word_of_piece, scores, names, words):
    best = np.asarray(scores).argmax(axis=1)
    return [
        names[best[word_of_piece.index(word)]] if word in word_of_piece else "O"
        for word in range(words)
    ]
