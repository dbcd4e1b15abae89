# Questions and answers, with string methods only.
LETTER = """What was decided? The bank has refused the card you applied for, because a model gave
the application a score above the limit at which the bank refuses.

Why? What weighed most in the score was @REASONS. The model learned from old accounts that such
entries often come before unpaid bills. It knows nothing of why, and nothing of you as a person.

Where does the bank know this from? From the statements of the account that you hold with it, for
the months in question. You can look them up, and you can have a mistake in them put right.

Is the score always right? No. A good part of those with this score would pay without fail. And as
the score is made of many entries, nobody can promise you a card if one entry changes.

What can you do? Within @DAYS days you can contact @CONTACT, by telephone or letter, and bring any
paper that you like. A member of the staff, not the model, takes the new decision.
"""


def letter(reasons, contact, days):
    kept = dict(sorted(reasons, key=lambda pair: pair[1], reverse=True)[:2])
    words = ", followed by ".join(key for key, amount in kept.items() if amount > 0)
    return (
        LETTER.replace("@REASONS", words).replace("@DAYS", str(days)).replace("@CONTACT", contact)
    )
