"""The form of a letter. Whether it is a good letter, a person says with rubric.yml."""

import re

from lablib.exercises.checks import check, true

PHRASES = (
    "months late in September",
    "months late in August",
    "the amount paid back in July",
    "the amount paid back in June",
    "the size of the bill for May",
    "the size of the bill for April",
    "a low limit on the card",
)


def case(rng, above):
    """Reasons in random order, `above` of them with an amount over zero, and where to object."""
    words = rng.permutation(PHRASES).tolist()[: above + 3]
    below = (0, rng.uniform(-0.3, -0.1), rng.uniform(-2.5, -1.1))
    amounts = [*rng.uniform(0.2, 0.9, above), *below]
    pairs = [(text, round(float(amount), 3)) for text, amount in zip(words, amounts, strict=True)]
    pairs = [pairs[i] for i in rng.permutation(len(pairs))]
    contact = f"the review desk, telephone 555 {int(rng.integers(1000, 9999))}"
    return pairs, contact, int(rng.integers(11, 60))


def body(got):
    """The letter with single spaces and small letters; a letter is text."""
    true(isinstance(got, str), "the letter is returned as text")
    return " ".join(got.lower().split())


def strongest(pairs):
    """Phrases of the reasons to name, in order, and of those to leave out, in small letters."""
    order = [words.lower() for words, amount in sorted(pairs, key=lambda p: -p[1]) if amount > 0]
    return order[:2], [words.lower() for words, _ in pairs if words.lower() not in order[:2]]


@check(points=1, public=True, hint=1)
def form_of_the_example(s):
    pairs = [
        ("the amount paid back in August", -0.4),
        ("a low limit on the card", 0.35),
        ("months late in September", 1.21),
        ("the size of the bill for July", 0.1),
    ]
    text = body(s.letter(pairs, "the review desk, telephone 555 0142", 30))
    words = len(text.split())
    true(120 <= words <= 250, "the letter has 120 to 250 words", values=f"it has {words}")
    true("months late in september" in text, "the reason with the largest amount is named")
    true("a low limit on the card" in text, "the reason with the second largest amount is named")
    true("bill for july" not in text, "the third reason is not named")
    true("555 0142" in text and re.search(r"\b30\b", text) is not None, "it says where and by when")


@check(points=1, hint=2)
def the_two_that_weighed_most(s, rng):
    for above in (3, 4, 1, 2):
        pairs, contact, days = case(rng, above)
        text = body(s.letter(pairs, contact, days))
        named, _ = strongest(pairs)
        true(
            all(words in text for words in named),
            "the letter names the reasons with the largest amounts above zero in the given words",
        )
        places = [text.find(words) for words in named]
        true(places == sorted(places), "the reason that weighed more comes first")
        true(120 <= len(text.split()) <= 250, "it has 120 to 250 words in every case")


@check(points=1, hint=2)
def nothing_else_is_named(s, rng):
    for above in (4, 1, 3):
        pairs, contact, days = case(rng, above)
        text = body(s.letter(pairs, contact, days))
        named, others = strongest(pairs)
        true(
            not any(words in text for words in others),
            "a reason that weighed less, or spoke for the applicant, is left out",
        )
        true(re.search(r"\d[.,]\d", text) is None, "no amount, and no decimal number, is quoted")
        true(all(words in text for words in named), "leaving out all reasons is no letter either")


@check(points=1, hint=1)
def a_way_to_object(s, rng):
    for above in (2, 3):
        pairs, contact, days = case(rng, above)
        text = body(s.letter(pairs, contact, days))
        true(contact in text, "it contains the contact as given")
        true(
            re.search(rf"\b{days}\b", text) is not None, "it contains the number of days in digits"
        )
