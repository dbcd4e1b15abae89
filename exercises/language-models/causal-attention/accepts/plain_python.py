# Lists and math only.
import math


def causal_attention(q, k, v):
    q, k, v = q.tolist(), k.tolist(), v.tolist()
    answer = []
    for t, query in enumerate(q):
        scores = [
            sum(a * b for a, b in zip(query, key, strict=True)) / math.sqrt(len(query))
            for key in k[: t + 1]
        ]
        top = max(scores)
        shares = [math.exp(score - top) for score in scores]
        total = sum(shares)
        answer.append(
            [
                sum(share * row[e] for share, row in zip(shares, v[: t + 1], strict=True)) / total
                for e in range(len(v[0]))
            ]
        )
    return answer
