# Capital letters and line breaks do not matter; built from paragraphs.
import heapq
import textwrap


def letter(reasons, contact, days):
    heaviest = heapq.nlargest(2, reasons, key=lambda pair: pair[1])
    heaviest = [words for words, amount in heaviest if amount > 0]
    paragraphs = [
        "Your application for a card was refused. A computer model calculated a score for you, and "
        "everyone with such a score is refused at present.",
        "The score is a sum of entries. The heaviest in your case: "
        + "; after it: ".join(words.upper() for words in heaviest)
        + ". Both the entry and its weight are facts about our model. We do not say that you are "
        "unreliable, nor that these entries lead to unpaid bills.",
        "We took the entries from the account statements that you get every month. Lay yours "
        "beside this letter. What differs should be corrected, and we want to hear of it.",
        "How sure is a score like this? Not very: it sorts people into groups, and in your group "
        "many do pay. Nor can we say which single change would have turned the decision.",
        f"You have {days} days to object, with any document or explanation that you choose, "
        f"through {contact}. Somebody will look at it, without the model, and write back to you.",
    ]
    return "\n\n".join(textwrap.fill(text, 72, break_on_hyphens=False) for text in paragraphs)
