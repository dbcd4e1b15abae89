# Index notation, and the scale put into b.
import numpy as np


def forward(x, weight, bias, a, b, alpha):
    if a.shape[0] != b.shape[1]:
        raise ValueError("ranks differ")
    scaled = b * (alpha / max(a.shape[0], 1))
    thin = np.einsum("ni,ri->nr", x, a)
    return np.einsum("ni,oi->no", x, weight) + np.einsum("nr,or->no", thin, scaled) + bias


def gradients(x, a, b, alpha, upstream):
    if a.shape[0] != b.shape[1]:
        raise ValueError("ranks differ")
    scale = alpha / max(a.shape[0], 1)
    grad_a = scale * np.einsum("no,or,ni->ri", upstream, b, x)
    grad_b = scale * np.einsum("no,ni,ri->or", upstream, x, a)
    return [grad_a, grad_b]
