# rejected_by: worst_case_of_the_example
# says: furthest
# Takes the falls in the order of the text.
def margin(words, target, weights):
    pairs = [" ".join(words[place : place + 2]) for place in range(len(words) - 1)]
    return (2 * target - 1) * sum(weights.get(name, 0.0) for name in [*words, *pairs])


def worst_case(words, target, weights, allowed, limit):
    """The smallest margin that `limit` changed words can leave, for a sum over words."""
    if limit < 0:
        raise ValueError("limit must be at least 0")
    falls = []
    for word in words:
        here = margin([word], target, weights)
        others = [margin([new], target, weights) for new in allowed.get(word, [])]
        falls.append(here - min([here, *others]))
    return margin(words, target, weights) - sum([fall for fall in falls if fall > 0][:limit])


def greedy(words, target, weights, allowed, limit):
    """The words after a greedy search by importance that changes at most `limit` of them."""
    if limit < 0:
        raise ValueError("limit must be at least 0")

    def left(text):
        return margin(text, target, weights)

    now, changed = words, 0
    without = [left(words[:place] + words[place + 1 :]) for place in range(len(words))]
    for place in sorted(range(len(words)), key=without.__getitem__):
        if left(now) < 0 or changed == limit:
            break
        new = allowed.get(words[place], [])
        tried = [[*now[:place], word, *now[place + 1 :]] for word in new]
        worst = min([now, *tried], key=left)
        if worst != now:
            now, changed = worst, changed + 1
    return now
