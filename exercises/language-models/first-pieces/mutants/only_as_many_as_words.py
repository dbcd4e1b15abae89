# rejected_by: sentences_that_were_cut_off
# says: as many labels as pieces
# Adds a label for each word that was cut off.
import numpy as np


def labels_of_pieces(word_of_piece, tags, number):
    labels, before = [], None
    for word in word_of_piece:
        first = word is not None and word != before
        labels.append(number[tags[word]] if first else -100)
        before = word
    last = max(word for word in word_of_piece if word is not None)
    return labels + [number[tag] for tag in tags[last + 1 :]]


def tags_of_words(word_of_piece, scores, names, words):
    tags, seen = ["O"] * words, None
    for word, row in zip(word_of_piece, scores):
        if word is not None and word != seen:
            tags[word] = names[int(np.argmax(row))]
        seen = word
    return tags
