# rejected_by: worked_labels
# says: only the first piece
# Special pieces get the label of O.
import numpy as np


def labels_of_pieces(word_of_piece, tags, number):
    labels, before = [], None
    for word in word_of_piece:
        first = word is not None and word != before
        labels.append(number[tags[word]] if first else (-100 if word is not None else number["O"]))
        before = word
    return labels


def tags_of_words(word_of_piece, scores, names, words):
    tags, seen = ["O"] * words, None
    for word, row in zip(word_of_piece, scores):
        if word is not None and word != seen:
            tags[word] = names[int(np.argmax(row))]
        seen = word
    return tags
