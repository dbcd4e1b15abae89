# rejected_by: form_of_the_example
# says: largest amount is named
# Various factors.
def letter(reasons, contact, days):
    """Text of a letter that says why, on what evidence, how sure, and how to object."""
    against = sorted((pair for pair in reasons if pair[1] > 0), key=lambda pair: -pair[1])
    named = " and then ".join(words for words, _ in against[:2])
    return (
        "You applied for a credit card, and we have refused it. The decision followed the score of "
        "a statistical model, which estimates from the history of an account how often bills like "
        f"these are left unpaid.\n\nIn your score, this weighed most: various factors. We read it from the "
        "statements of your account for the months named there, which you received from us. Please "
        "compare it with them. It is what moved our score; it is not proof of a cause, and no "
        "judgement of you.\n\nThe score can be wrong. Many people with a score like yours pay all of "
        "their bills. It adds up several entries, so we cannot promise another result if a single "
        "one of them changes.\n\nIf an entry is wrong, or if there is something that the statements "
        f"do not show, write within {days} days to {contact}. You may send receipts, statements or "
        "an explanation in your own words. A person, not the model, then reads all of it, decides "
        "anew, and answers you in writing."
    )
