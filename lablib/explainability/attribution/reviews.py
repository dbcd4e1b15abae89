"""A classifier of film reviews that is explained word by word.

A logistic regression on the frozen, mean-pooled encoder. Its explanations start from the word
pieces' embeddings: a word is absent if its pieces are replaced by the encoder's [MASK].
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from torch import Tensor, nn

from lablib.data import TextData, load
from lablib.explainability.attribution.tasks import Case, ExplainTask
from lablib.models.pretrained import batch_tokens, load_encoder, mean_pooled


class WordScore(nn.Module):
    """Log-odds that a text is positive, from the embeddings of its word pieces (M, T, D).

    The marks of beginning and end are added inside: they are not words, and never absent.
    """

    def __init__(self, encoder: nn.Module, ends: Tensor, weight: Tensor, bias: Tensor) -> None:
        super().__init__()
        self.encoder, self.ends, self.weight, self.bias = encoder, ends, weight, bias

    def forward(self, pieces: Tensor) -> Tensor:
        """Log-odds (M,) of the positive class."""
        first, last = self.ends[:, None].expand(2, len(pieces), -1).unsqueeze(2)  # (M, 1, D) each
        hidden = self.encoder(inputs_embeds=torch.cat([first, pieces, last], 1)).last_hidden_state
        score: Tensor = hidden.mean(1) @ self.weight + self.bias  # (M, T + 2, D) -> (M,)
        return score


@dataclass(frozen=True)
class Reviews:
    """Texts with the pooled features of the frozen encoder, computed once for all seeds."""

    data: TextData
    tokenizer: Any
    encoder: nn.Module
    rows: NDArray[np.int64]
    features: NDArray[np.float32]


def reviews(*, layers: int | None, texts: int | None, seed: int = 0) -> Reviews:
    """Load reviews and encode a random part of them.

    Parameters
    ----------
    layers : int or None
        Blocks of the encoder that are kept; None keeps all.
    texts : int or None
        How many reviews to use, drawn by `seed`; None takes all.
    """
    data = load("movie-reviews")
    if not isinstance(data, TextData):
        raise TypeError("the card movie-reviews must describe texts")
    tokenizer, encoder = load_encoder("minilm", layers=layers)
    rows = np.random.default_rng(seed).permutation(len(data))[:texts]
    by_length = rows[np.argsort([len(data.texts[row]) for row in rows])]  # little padding
    features = []
    with torch.no_grad():
        for block in np.array_split(by_length, max(1, len(rows) // 64)):
            ids, mask = batch_tokens(tokenizer, [data.texts[row] for row in block], max_length=32)
            features.append(mean_pooled(encoder, ids, mask).numpy())
    return Reviews(data, tokenizer, encoder, by_length, np.concatenate(features))


def review_task(source: Reviews, *, rows: int, most_words: int, seed: int) -> ExplainTask:
    """Fit a head on four fifths of the reviews and explain short ones among the others.

    Parameters
    ----------
    source : Reviews
    rows : int
        Texts to explain.
    most_words : int
        Longer texts, and those under five words, are left out: costs grow with the square.
    seed : int
        Of the split.
    """
    order = np.random.default_rng(seed).permutation(len(source.rows))
    train, test = np.split(order, [len(order) * 4 // 5])
    labels = source.data.target[source.rows]
    head = LogisticRegression(C=0.1, max_iter=1000).fit(source.features[train], labels[train])
    weight = torch.tensor(head.coef_[0], dtype=torch.float32)
    bias = torch.tensor(head.intercept_[0], dtype=torch.float32)
    marks = torch.tensor([source.tokenizer.cls_token_id, source.tokenizer.sep_token_id])
    table = source.encoder.get_input_embeddings()  # type: ignore[operator]
    model = WordScore(source.encoder, table(marks).detach(), weight, bias).eval()
    texts = [source.data.texts[source.rows[row]] for row in test]
    short = [text for text in texts if 5 <= len(text.split()) <= most_words][:rows]
    right = float(head.score(source.features[test], labels[test]))
    return ExplainTask("reviews", model, tuple(text_case(source, text) for text in short), right)


def text_case(source: Reviews, text: str) -> Case:
    """Embeddings of a text, the same with [MASK] everywhere, and the word each piece belongs to."""
    coded = source.tokenizer(text, add_special_tokens=False)
    table = source.encoder.get_input_embeddings()  # type: ignore[operator]
    with torch.no_grad():
        pieces = table(torch.tensor([coded["input_ids"]]))  # (1, T, D)
        mask = table(torch.tensor([source.tokenizer.mask_token_id]))  # (1, D)
    word = torch.tensor(coded.word_ids())
    return Case(
        pieces, mask.expand_as(pieces).clone(), groups=word[:, None].expand(-1, pieces.shape[2])
    )


def words(source: Reviews, text: str) -> list[str]:
    """The words of `text` in the order of the groups of its case."""
    coded = source.tokenizer(text, add_special_tokens=False)
    spans = [coded.word_to_chars(number) for number in range(max(coded.word_ids()) + 1)]
    return [text[span.start : span.end] for span in spans]
