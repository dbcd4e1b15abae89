# Remembers the words that were seen.
def labels_of_pieces(word_of_piece, tags, number):
    seen = {None}
    labels = []
    for word in word_of_piece:
        labels.append(-100 if word in seen else number[tags[word]])
        seen.add(word)
    return tuple(labels)


def tags_of_words(word_of_piece, scores, names, words):
    tags = []
    for word in range(words):
        if word in word_of_piece:
            row = list(scores[word_of_piece.index(word)])
            tags.append(names[row.index(max(row))])
        else:
            tags.append("O")
    return tags
