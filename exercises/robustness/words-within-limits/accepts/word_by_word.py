# The worst case counted up word by word, and a search with plain loops that changes its input.
from itertools import product


def margin(words, target, weights):
    score = 0
    for place, word in enumerate(words):
        score += weights.get(word, 0)
        if place:
            score += weights.get(words[place - 1] + " " + word, 0)
    return score if target == 1 else -score


def worst_case(words, target, weights, allowed, limit):
    if limit < 0:
        raise ValueError("negative")
    # What each number of changes leaves at least; a word more at a time.
    least = {0: 0.0}
    for word in words:
        after = {}
        choices = [(0, word), *((1, new) for new in allowed.get(word, []))]
        for (used, value), (more, new) in product(least.items(), choices):
            if used + more <= limit:
                total = value + margin([new], target, weights)
                after[used + more] = min(after.get(used + more, total), total)
        least = after
    return min(least.values())


def greedy(words, target, weights, allowed, limit):
    if limit < 0:
        raise ValueError("negative")
    order = []
    for place in range(len(words)):
        rest = [word for other, word in enumerate(words) if other != place]
        order.append((margin(rest, target, weights), place))
    given, best = tuple(words), margin(words, target, weights)
    for _, place in sorted(order):
        if best < 0 or limit <= 0:
            return words
        keep = words[place]
        for new in allowed.get(given[place], []):
            words[place] = new
            if margin(words, target, weights) < best:
                best, keep = margin(words, target, weights), new
        limit -= keep != given[place]
        words[place] = keep
    return tuple(words)
