# The reasons as a list; a loop in place of sorting.
def letter(reasons, contact, days):
    left = [pair for pair in reasons if pair[1] > 0]
    lines = []
    while left and len(lines) < 2:
        top = max(left, key=lambda pair: pair[1])
        left.remove(top)
        lines.append(f"  {len(lines) + 1}. {top[0].capitalize()}")
    reasons_text = "\n".join(lines)
    return f"""Dear customer,

we did not grant you the credit card that you asked for. We take such decisions with the help of a
model that adds up entries of an account to a score. Your score was on the side where we refuse.

These entries raised the score most, the first one more than the second if there are two:

{reasons_text}

They come from the monthly statements of your present account and from nowhere else. If one of them
does not agree with your own papers, tell us, because then the score is wrong as well.

You should know that the model errs. Among people with your score there are many who would have
paid, and you may be one of them. We also cannot tell you that a better entry in one place would
have been enough, since the score is a sum.

You can object within {days} days. Write to {contact} and add whatever you think we should know. An
employee who has not seen the score will read your file and decide again.
"""
