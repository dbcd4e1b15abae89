"""The exact worst case of a sum over words, and a search that keeps to its rules."""

from lablib.exercises.checks import check, close, equal, number, raises, shape, true

LINE = ["a", "dull", "weak", "story"]
WEIGHTS = {"dull": -2.0, "drab": -1.75, "blunt": -1.5, "weak": -1.5, "frail": 0.5}
ALLOWED = {"dull": ["drab", "blunt"], "weak": ["frail"]}
NAMES = ["slow", "bleak", "rough", "bright", "warm", "clever", "plain", "loud", "odd", "grim"]
UNSEEN = ["film", "scene"]


def margin(words, target, weights):
    pairs = [" ".join(words[place : place + 2]) for place in range(len(words) - 1)]
    return (2 * target - 1) * sum(weights.get(name, 0.0) for name in [*words, *pairs])


def quarters(rng, low, high, names):
    """A weight for each name."""
    drawn = rng.integers(4 * low, 4 * high + 1, len(names)) / 4
    return dict(zip(names, drawn.tolist(), strict=True))


def factor(rng):
    """From 1 to 3."""
    return int(rng.integers(4, 13)) / 4


def review(rng, target, *, pairs=False, least=2.0, size=8):
    """A text of at least this margin, which some change lowers, and what belongs to it."""
    every = NAMES + UNSEEN
    while True:
        words = rng.choice(every, size).tolist()
        weights = quarters(rng, -2, 2, NAMES)
        if pairs:
            weights |= quarters(rng, -2, 2, [f"{a} {b}" for a in every for b in every])
        before = margin(words, target, weights)
        if before < least:
            continue
        allowed = {}
        for word in every:
            others = [other for other in every if other != word]
            allowed[word] = rng.permutation(others)[: int(rng.integers(0, 5))].tolist()
        del allowed[words[int(rng.integers(size))]]
        if min([before, *single(words, target, weights, allowed)]) < before:
            return words, target, weights, allowed


def single(words, target, weights, allowed):
    """The margins that one change can leave."""
    return [
        margin([*words[:place], new, *words[place + 1 :]], target, weights)
        for place, word in enumerate(words)
        for new in allowed.get(word, [])
    ]


def signed(weights, target, scale):
    """Weights whose sum is the margin, up to the scale."""
    return {name: (2 * target - 1) * scale * value for name, value in weights.items()}


def replaced(words, got):
    """Pairs of what stood there and what stands there now, where it differs."""
    shape(got, (len(words),), "the search returns a list with one word for each place")
    return [(old, new) for old, new in zip(words, list(got), strict=True) if old != new]


@check(points=1, public=True, hint=1)
def worst_case_of_the_example(s):
    close(
        s.worst_case(LINE, 0, WEIGHTS, ALLOWED, 1),
        1.5,
        "one word may change, and `frail` for `weak` lets the margin fall furthest, by 2",
    )


@check(points=1, public=True, hint=2)
def search_of_the_example(s):
    equal(
        s.greedy(LINE, 0, WEIGHTS, ALLOWED, 1),
        ["a", "blunt", "weak", "story"],
        "without `dull` the margin is smallest, its place comes first, and `blunt` lowers it most",
    )


@check(points=2, hint=1)
def the_smallest_margin(s, rng, reference):
    for target in (0, 1, 0, 1):
        scale = factor(rng)
        weights = signed({"fine": 2, "fair": 1, "grand": 5, "good": 3}, target, scale)
        lists = {"fine": ["fair"], "good": ["grand"]}
        close(
            s.worst_case(["fine", "film"], target, weights, lists, 1),
            scale,
            "it is the margin that falls, for class 0 as for class 1",
        )
        close(
            s.worst_case(["fine", "fine", "film"], target, weights, lists, 2),
            2 * scale,
            "a word that stands twice may fall at both places",
        )
        close(
            s.worst_case(["fine", "good"], target, weights, lists, 2),
            4 * scale,
            "a word whose replacements all raise the margin stays as it is",
        )
        for limit in (1, 2, 3, 20):
            case = review(rng, target)
            close(
                s.worst_case(*case, limit),
                reference.worst_case(*case, limit),
                "the largest falls, as many as the limit, are taken from the margin of the class",
            )


@check(points=1, hint=3)
def nothing_outside_of_what_is_allowed(s, rng):
    for turn in range(10):
        limit = 1 + turn % 5
        words, target, weights, allowed = review(rng, turn % 2, pairs=True, least=4.0)
        got = s.greedy(words, target, weights, allowed, limit)
        pairs = replaced(words, got)
        listed = all(new in allowed.get(old, []) for old, new in pairs)
        true(listed, "each changed word is in the list of the word that was given there")
        true(len(pairs) <= limit, "never more words change than the limit says")
        true(bool(pairs), "some word changes where an allowed one lowers the margin")


@check(points=1, hint=2)
def the_most_important_first(s, rng):
    for turn in range(8):
        target, scale = turn % 2, factor(rng)
        falls = [1, 2, 3, 4, 5, 6]
        heights = [1 + place for place in rng.permutation(6).tolist()]
        words = rng.permutation(NAMES)[:6].tolist()
        weights = dict(zip(words, [20.0 + height for height in heights], strict=True))
        lists = {word: [f"{word}-ish", f"{word}-like"] for word in words}
        for word, fall in zip(words, falls, strict=True):
            weights[f"{word}-ish"] = weights[word] - fall / 2
            weights[f"{word}-like"] = weights[word] - fall
        expected = [
            f"{word}-like" if height > 3 else word
            for word, height in zip(words, heights, strict=True)
        ]
        weights = signed(weights, target, scale)
        got = s.greedy(words, target, weights, lists, 3)
        touched = [old for old, _ in replaced(words, got)]
        first = [old for old, new in zip(words, expected, strict=True) if old != new]
        equal(
            touched,
            first,
            "the places come in the order of the margin without their word, the smallest first",
        )
        equal(got, expected, "of the allowed words the one with the smallest margin is chosen")
        alike = {"fine": 5, "fair": 5, "dry": 1, "flat": 1}
        got = s.greedy(
            ["fair", "film", "fine", "fair"],
            target,
            signed(alike, target, scale),
            {"fine": ["dry"], "fair": ["flat", "dry"]},
            2,
        )
        equal(
            got,
            ["flat", "film", "dry", "fair"],
            "of equal places the earlier comes first, and of equal words the first in the list",
        )


@check(points=1, hint=2)
def each_change_in_the_changed_text(s, rng, reference):
    for target in (0, 1):
        scale = factor(rng)
        weights = {"fine": 5, "good": 3, "warm": 2, "dry": 2, "poor": -1, "cold": 1, "dry good": -2}
        lists = {"fine": ["dry"], "good": ["poor"], "warm": ["cold"]}
        equal(
            s.greedy(["fine", "good", "warm"], target, signed(weights, target, scale), lists, 2),
            ["dry", "poor", "warm"],
            "the order is that of the given text, and changes do not alter it",
        )
        weights = {"fine": 5, "good": 3, "dry": 4, "poor": 2, "dry poor": 3}
        equal(
            s.greedy(["fine", "good"], target, signed(weights, target, scale), lists, 2),
            ["dry", "good"],
            "a change is judged in the text as it stands, with the earlier changes in it",
        )
    for turn in range(12):
        case = review(rng, turn % 2, pairs=True, least=5.0)
        equal(
            s.greedy(*case, 2 + turn % 4),
            reference.greedy(*case, 2 + turn % 4),
            "order and choice follow the margin, in which pairs of neighbours count as well",
        )


@check(points=1, hint=3)
def the_search_knows_when_to_stop(s, rng):
    for target in (0, 1):
        scale = factor(rng)
        weights = {
            "good": 3,
            "fine": 2,
            "worst": -2.25,
            "poor": -2,
            "best": 4,
            "dry": 1.75,
            "bad": -6,
        }
        weights = signed(weights, target, scale)
        equal(
            s.greedy(["good", "fine"], target, weights, {"good": ["worst"], "fine": ["dry"]}, 2),
            ["worst", "fine"],
            "once the margin is below 0 the search is over, and the rest stays",
        )
        equal(
            s.greedy(["good", "fine"], target, weights, {"good": ["poor"], "fine": ["dry"]}, 2),
            ["poor", "dry"],
            "a margin of 0 is not below 0, and the search goes on",
        )
        equal(
            s.greedy(["good", "fine"], target, weights, {"good": ["best"], "fine": ["dry"]}, 1),
            ["good", "dry"],
            "what does not lower the margin is not made, and uses nothing of the limit",
        )
        equal(
            s.greedy(["bad", "good"], target, weights, {"good": ["poor"]}, 2),
            ["bad", "good"],
            "a text that is read wrongly as given is returned as it is",
        )


@check(points=1, hint=1)
def no_search_falls_below_the_worst_case(s, rng):
    for turn in range(8):
        words, target, weights, allowed = review(rng, turn % 2, least=4.0)
        limit = 1 + turn % 3
        got = s.greedy(words, target, weights, allowed, limit)
        replaced(words, got)
        found = margin([str(word) for word in got], target, weights)
        least = number(
            s.worst_case(words, target, weights, allowed, limit), "the worst case is one number"
        )
        true(least <= found + 1e-9, "no search leaves less than the worst case")
        true(found < margin(words, target, weights), "a search that may change words finds some")


@check(points=1)
def limits_of_zero_and_below(s, rng):
    words, target, weights, allowed = review(rng, 1)
    close(
        s.worst_case(words, target, weights, allowed, 0),
        margin(words, target, weights),
        "with a limit of 0 the worst case is the margin",
    )
    equal(s.greedy(words, target, weights, allowed, 0), words, "and the text stays as it is")
    raises(
        lambda: s.worst_case(words, target, weights, allowed, -1),
        ValueError,
        "a worst case within a negative limit is an error",
    )
    raises(
        lambda: s.greedy(words, target, weights, allowed, -1),
        ValueError,
        "a search within a negative limit is an error",
    )
