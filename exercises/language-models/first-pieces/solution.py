import numpy as np


def labels_of_pieces(word_of_piece, tags, number):
    """One label a piece: the tag's number at a word's first piece, -100 elsewhere."""
    # BEGIN SOLUTION
    labels, before = [], None
    for word in word_of_piece:
        first = word is not None and word != before
        labels.append(number[tags[word]] if first else -100)
        before = word
    return labels
    # END SOLUTION


def tags_of_words(word_of_piece, scores, names, words):
    """One tag a word: the likeliest at its first piece, O where it has none."""
    # BEGIN SOLUTION
    tags, before = ["O"] * words, None
    for place, word in enumerate(word_of_piece):
        if word is not None and word != before:
            tags[word] = names[int(np.argmax(scores[place]))]
        before = word
    return tags
    # END SOLUTION
