# rejected_by: first_pieces_only
# says: further pieces of a word
# Labels the last piece if a word has three pieces or more.
import numpy as np


def labels_of_pieces(word_of_piece, tags, number):
    labels, before = [], None
    for word in word_of_piece:
        first = word is not None and word != before
        labels.append(number[tags[word]] if first else -100)
        before = word
    for i in range(1, len(labels) - 1):
        same = word_of_piece[i - 1] == word_of_piece[i] != word_of_piece[i + 1]
        if same and word_of_piece[i] is not None and word_of_piece.count(word_of_piece[i]) > 2:
            labels[i] = number[tags[word_of_piece[i]]]
    return labels


def tags_of_words(word_of_piece, scores, names, words):
    tags, seen = ["O"] * words, None
    for word, row in zip(word_of_piece, scores):
        if word is not None and word != seen:
            tags[word] = names[int(np.argmax(row))]
        seen = word
    return tags
