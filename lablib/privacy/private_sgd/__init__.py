"""DP-SGD: clipping, sampling, the training loop, broken variants, images, sentences, figures."""
