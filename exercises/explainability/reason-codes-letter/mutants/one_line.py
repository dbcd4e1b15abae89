# rejected_by: the_two_that_weighed_most
# says: 120 to 250 words in every case
# All facts, and nothing that explains them.
def letter(reasons, contact, days):
    against = sorted((pair for pair in reasons if pair[1] > 0), key=lambda pair: -pair[1])
    named = ", ".join(words for words, _ in against[:2])
    return f"Refused: {named}. Object within {days} days: {contact}."
