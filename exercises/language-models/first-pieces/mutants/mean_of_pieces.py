# rejected_by: tags_come_from_first_pieces
# says: not at its last or on average
# Averages the scores of a word of three pieces or more.
import numpy as np


def labels_of_pieces(word_of_piece, tags, number):
    labels, before = [], None
    for word in word_of_piece:
        first = word is not None and word != before
        labels.append(number[tags[word]] if first else -100)
        before = word
    return labels


def tags_of_words(word_of_piece, scores, names, words):
    tags, seen = ["O"] * words, None
    for word, row in zip(word_of_piece, scores):
        if word is not None and word != seen:
            tags[word] = names[int(np.argmax(np.mean([r for v, r in zip(word_of_piece, scores) if v == word], axis=0) if word_of_piece.count(word) > 2 else row))]
        seen = word
    return tags
