# rejected_by: every_word_has_a_tag
# says: a word of which the tokenizer left nothing
# Fills tags from the left.
import numpy as np


def labels_of_pieces(word_of_piece, tags, number):
    labels, before = [], None
    for word in word_of_piece:
        first = word is not None and word != before
        labels.append(number[tags[word]] if first else -100)
        before = word
    return labels


def tags_of_words(word_of_piece, scores, names, words):
    tags, seen, place = ["O"] * words, None, 0
    for word, row in zip(word_of_piece, scores):
        if word is not None and word != seen:
            tags[place] = names[int(np.argmax(row))]
            place += 1
        seen = word
    return tags
