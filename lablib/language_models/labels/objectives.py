"""Two ways to learn from text without labels: predict the next token, or tokens that were hidden.

Both are scored in nats a token and against the same yardstick: the unigram model, which knows how
often each token occurs and nothing of its neighbours. A model at the unigram's loss has learned
no context yet.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from lablib.evaluation import Estimate, bootstrap
from lablib.models.decoder import Decoder, initialise
from lablib.models.encoder import Encoder, MaskedLanguageModel, SequenceClassifier
from lablib.training import TrainingConfig, fit
from lablib.training.losses import IGNORED, hide_tokens, masked_token_loss, next_token_loss

OBJECTIVES = ("causal", "masked")


@dataclass(frozen=True)
class Shape:
    """Sizes of the network: V, longest text T, D, H, the number of blocks, and dropout."""

    vocabulary: int
    context: int
    width: int
    heads: int
    layers: int
    dropout: float = 0.0


@dataclass(frozen=True)
class Learned:
    """A network after pre-training, and the training loss of every step in nats a token."""

    network: nn.Module
    losses: tuple[float, ...]


class DecoderClassifier(nn.Module):
    """Class scores `(B, K)` from the mean of a decoder's states.

    What `lablib.models.encoder.SequenceClassifier` is to an encoder.
    """

    def __init__(self, decoder: Decoder, *, classes: int, seed: int) -> None:
        super().__init__()
        self.decoder = decoder
        with torch.random.fork_rng(devices=[]):
            torch.default_generator.manual_seed(seed)
            self.head = nn.Linear(decoder.embedding.embedding_dim, classes)

    def forward(self, tokens: Tensor, mask: Tensor) -> Tensor:
        """Return `(B, K)` for tokens and mask `(B, T)`; padding stands at the end."""
        states = self.decoder.hidden(tokens)  # (B, T, D)
        shares = mask[..., None].to(states.dtype)
        pooled = (states * shares).sum(1) / shares.sum(1)  # (B, D)
        scores: Tensor = self.head(pooled)
        return scores


def network(objective: str, shape: Shape, *, seed: int) -> nn.Module:
    """Return an untrained decoder ("causal") or encoder with a masked-token head ("masked").

    Parameters
    ----------
    objective
        One of `OBJECTIVES`.
    shape
        Sizes of the network.
    seed
        Of the initial weights.

    Raises
    ------
    ValueError
        If the objective is neither.

    >>> type(network("causal", Shape(300, 8, 16, 2, 1), seed=0)).__name__
    'Decoder'
    """
    sizes: dict[str, Any] = {
        "context": shape.context, "width": shape.width, "heads": shape.heads,
        "layers": shape.layers, "dropout": shape.dropout, "seed": seed,
    }  # fmt: skip
    if objective == "causal":
        model: nn.Module = Decoder(shape.vocabulary, **sizes)
    elif objective == "masked":
        model = MaskedLanguageModel(Encoder(shape.vocabulary, **sizes), seed=seed)
    else:
        raise ValueError(f"objective={objective!r} must be one of {', '.join(OBJECTIVES)}")
    # GPT-2's deviation of 0.02 suits its width; at a small one it leaves the blocks nearly silent.
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(seed)
        initialise(model, deviation=shape.width**-0.5)
    return model


def classifier(objective: str, pretrained: nn.Module, *, classes: int, seed: int) -> nn.Module:
    """Put a new linear layer on the mean of the states.

    Parameters
    ----------
    objective
        The one that `pretrained` was built for.
    pretrained
        From `network` or `pretrain`; used as it is, so training the classifier changes it.
    classes
        K.
    seed
        Of the new layer.
    """
    body: Any = pretrained
    if objective == "causal":
        return DecoderClassifier(body, classes=classes, seed=seed)
    return SequenceClassifier(body.encoder, classes=classes, seed=seed)


def pretrain(
    objective: str,
    windows: Tensor,
    *,
    shape: Shape,
    mask_token: int,
    config: TrainingConfig,
    validation: Tensor | None = None,
) -> Learned:
    """Learn from windows of tokens `(M, T + 1)`; the loss of every step is kept.

    Parameters
    ----------
    objective
        "causal" reads the first T tokens of a window to predict the last T. "masked" hides 15 %
        of the first T and predicts those, anew in every batch.
    mask_token
        Number of the token that stands for a hidden one.
    validation
        Windows to stop on, if `config.patience` is set.
    """
    model = network(objective, shape, seed=config.seed)
    losses: list[Tensor] = []
    masked = partial(masked_token_loss, mask_token=mask_token, vocabulary=shape.vocabulary)

    def loss(model: nn.Module, batch: tuple[Tensor, ...]) -> Tensor:
        if objective == "causal":
            value = next_token_loss(model, batch)
        else:
            tokens = batch[0][:, :-1]
            value = masked(model, (tokens, torch.ones_like(tokens)))
        if model.training:
            losses.append(value.detach())
        return value

    stop_on = None if validation is None else (validation,)
    fit(model, (windows,), loss=loss, config=config, validation=stop_on)
    return Learned(model, tuple(torch.stack(losses).float().cpu().tolist()))


@torch.no_grad()
def held_out_loss(
    objective: str, model: nn.Module, windows: Tensor, *, mask_token: int, seed: int
) -> Estimate:
    """Loss on windows the model has not seen, in nats a predicted token.

    The interval is a bootstrap over windows.

    Parameters
    ----------
    objective
        The one that `model` was trained for.
    model
        From `network` or `pretrain`.
    windows
        `(M, T + 1)` tokens.
    mask_token
        Number of the token that stands for a hidden one.
    seed
        For the masked objective: which tokens are hidden, once.
    """
    model.eval()
    device = next(model.parameters()).device
    vocabulary = _vocabulary(model)
    sums, counts = [], []
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(seed)
        for part in torch.split(windows, 256):
            seen, labels = part[:, :-1], part[:, 1:]
            if objective == "masked":
                seen, labels = hide_tokens(
                    seen, torch.ones_like(seen), mask_token=mask_token, vocabulary=vocabulary
                )
            logits = model(seen.to(device)).float().cpu()  # (B, T, V)
            nats = functional.cross_entropy(
                logits.transpose(1, 2), labels, ignore_index=IGNORED, reduction="none"
            )
            sums.append(nats.sum(1))
            counts.append((labels != IGNORED).sum(1))
    return _ratio(torch.cat(sums), torch.cat(counts))


def unigram_loss(training: Tensor, windows: Tensor, *, vocabulary: int) -> Estimate:
    """Loss of the model that knows only how often each token occurs in `training` (plus one).

    Parameters
    ----------
    training
        Tokens of any shape.
    windows
        `(M, T + 1)`, scored on all but the first token, in nats a token.
    vocabulary
        V.

    >>> tokens = torch.tensor([[0, 1, 0, 1]])
    >>> round(unigram_loss(tokens, tokens, vocabulary=2).value, 3)  # two tokens, equally frequent
    0.693
    """
    counts = torch.bincount(training.flatten(), minlength=vocabulary).double() + 1
    nats = -(counts / counts.sum()).log()[windows[:, 1:]]  # (M, T)
    return _ratio(nats.sum(1), torch.full((len(windows),), nats.shape[1]))


def _ratio(sums: Tensor, counts: Tensor) -> Estimate:
    def ratio(total: Any, number: Any, axis: int = -1) -> Any:
        return total.sum(axis=axis) / number.sum(axis=axis)

    return bootstrap(
        ratio,
        np.asarray(sums, dtype=np.float64),
        np.asarray(counts, dtype=np.float64),
        seed=0,
        n_resamples=500,
        vectorized=True,
    )


def _vocabulary(model: Any) -> int:
    body = getattr(model, "encoder", model)
    return int(body.embedding.num_embeddings)
