# Builds B A: slower, and the same numbers.


def forward(x, weight, bias, a, b, alpha):
    if len(a) != b.shape[1]:
        raise ValueError("ranks differ")
    scale = alpha / len(a) if len(a) else 0.0
    return x @ (weight + scale * b @ a).T + bias


def gradients(x, a, b, alpha, upstream):
    if len(a) != b.shape[1]:
        raise ValueError("ranks differ")
    scale = alpha / len(a) if len(a) else 0.0
    large = scale * upstream.T @ x
    return b.T @ large, large @ a.T
