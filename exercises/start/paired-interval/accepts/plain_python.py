# Lists and the statistics module; returns a list.
import statistics


def paired_interval(correct_a, correct_b, level):
    if len(correct_a) != len(correct_b):
        raise ValueError("unequal")
    per_row = [int(a) - int(b) for a, b in zip(correct_a, correct_b, strict=True)]
    error = statistics.stdev(per_row) / len(per_row) ** 0.5
    reach = statistics.NormalDist().inv_cdf(1 - (1 - level) / 2) * error
    difference = statistics.mean(per_row)
    return [difference, difference - reach, difference + reach]
