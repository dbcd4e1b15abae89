# Chances multiplied one after another, in plain Python; prints on the way.
import math

from scipy.special import stdtrit


def summary(validation, test, level):
    n = len(test)
    if n != len(validation) or n <= 1:
        raise ValueError("lengths")
    mean = math.fsum(test) / n
    squares = math.fsum((value - mean) ** 2 for value in test)
    reach = stdtrit(n - 1, level + (1 - level) / 2) * math.sqrt(squares / (n - 1) / n)
    ship = 0
    for seed in range(n):
        if validation[seed] > validation[ship]:
            ship = seed
    print("ships", ship)
    return (mean, mean - reach, mean + reach, float(test[ship]))


def luck(test, k):
    n = len(test)
    if k <= 0 or k > n:
        raise ValueError("k")
    total, left = 0.0, 1.0
    for rank, value in enumerate(sorted(test, reverse=True)):
        missing = 1 - k / (n - rank) if n - rank > k else 0.0
        total += left * (1 - missing) * value
        left *= missing
    return total - math.fsum(test) / n
