"""The upper blocks of a pretrained encoder under a linear classifier, above cached lower blocks.

What is frozen gives the same output in every epoch, so it need be computed only once: `lower`
returns the states below the trained blocks, exactly (dropout is off in frozen blocks). With all
blocks trained there is nothing below, and token numbers pass through. Encoders of BERT's kind only.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from transformers import PreTrainedModel
from transformers.modeling_outputs import SequenceClassifierOutput

from lablib.models._setup import check_dropout, check_sizes, seeded


class CachedStates(nn.Module):
    """In the place of an encoder's embeddings: states computed before pass through unchanged.

    Parameters
    ----------
    vocabulary
        V. PEFT looks for a table of this many rows in every encoder; it finds one of width 1.
    """

    def __init__(self, vocabulary: int) -> None:
        super().__init__()
        self.word_embeddings = nn.Embedding(vocabulary, 1).requires_grad_(False)

    def forward(self, *, inputs_embeds: Tensor, **_: Any) -> Tensor:
        """Return the states `(B, T, D)`."""
        return inputs_embeds


class SentenceClassifier(PreTrainedModel):  # type: ignore[no-untyped-call]
    """Encoder, mean over the tokens, class scores; takes what PEFT passes to a classifier.

    Parameters
    ----------
    bert
        The encoder; used as it is, not copied.
    classes
        K.
    dense
        Put a layer `tanh(W x + b)` that starts as `tanh(x)` between mean and scores.
    dropout
        Before the scores.
    """

    base_model_prefix = "bert"
    _supports_sdpa = _supports_flash_attn = True

    def __init__(self, bert: PreTrainedModel, *, classes: int, dense: bool, dropout: float) -> None:
        super().__init__(bert.config)
        width = bert.config.hidden_size
        self.bert = bert
        self.dense = nn.Linear(width, width) if dense else None
        self.dropout = nn.Dropout(dropout)
        self.classifier = nn.Linear(width, classes)
        nn.init.normal_(self.classifier.weight, std=0.02)
        nn.init.zeros_(self.classifier.bias)
        if self.dense is not None:
            nn.init.eye_(self.dense.weight)
            nn.init.zeros_(self.dense.bias)

    def vectors(
        self,
        input_ids: Tensor | None = None,
        attention_mask: Tensor | None = None,
        inputs_embeds: Tensor | None = None,
        past_key_values: Any = None,
    ) -> Tensor:
        """Return one vector a text, `(B, D)`: the mean of its last states, without padding.

        Parameters
        ----------
        input_ids, inputs_embeds
            Token numbers `(B, T)`, or states `(B, T, D)`; one of the two.
        attention_mask
            `(B, T)`, or longer by a prompt or prefix.
        past_key_values
            Keys and values of a prefix.
        """
        if self.config.num_hidden_layers:
            states = self.bert(
                input_ids=input_ids,
                inputs_embeds=inputs_embeds,
                attention_mask=attention_mask,
                past_key_values=past_key_values,
            ).last_hidden_state  # (B, T, D); a prompt has lengthened T, a prefix has not
        else:
            states = inputs_embeds
        weights = states.new_ones(states.shape[:2])
        if attention_mask is not None:
            weights = attention_mask[:, -states.shape[1] :].to(states.dtype)  # (B, T)
        mean: Tensor = (states * weights[..., None]).sum(1) / weights.sum(1, keepdim=True)
        return mean

    def forward(
        self,
        input_ids: Tensor | None = None,
        attention_mask: Tensor | None = None,
        inputs_embeds: Tensor | None = None,
        past_key_values: Any = None,
        labels: Tensor | None = None,
        **_: Any,
    ) -> SequenceClassifierOutput:
        """Map token numbers `(B, T)` or states `(B, T, D)` to logits `(B, K)`.

        Parameters
        ----------
        input_ids, attention_mask, inputs_embeds, past_key_values
            As for `vectors`.
        labels
            Classes `(B,)`, to get the mean cross-entropy as well.
        """
        pooled = self.vectors(input_ids, attention_mask, inputs_embeds, past_key_values)
        if self.dense is not None:
            pooled = self.dense(pooled).tanh()
        logits = self.classifier(self.dropout(pooled))  # (B, K)
        loss = None if labels is None else nn.functional.cross_entropy(logits, labels)
        return SequenceClassifierOutput(loss=loss, logits=logits)


@dataclass(frozen=True)
class Encoding:
    """The inputs of a classifier: token numbers `(N, T)` or states `(N, T, D)`, and the mask."""

    inputs: Tensor
    mask: Tensor

    def __len__(self) -> int:
        return len(self.inputs)


def upper_classifier(
    backbone: PreTrainedModel,
    *,
    classes: int,
    blocks: int,
    dense: bool = False,
    dropout: float = 0.0,
    seed: int = 0,
) -> SentenceClassifier:
    """Return a classifier over the last `blocks` blocks of `backbone`, all of it trainable.

    It takes what `lower` returns for the same number of blocks.

    Parameters
    ----------
    backbone
        A BERT encoder; copied, so it stays as it is.
    classes
        K.
    blocks
        From 0 (the frozen encoder under a new head) to all there are (embeddings included).
    dense, dropout
        As for `SentenceClassifier`; `dropout` replaces that of the blocks too.
    seed
        Of the new layer's initial weights.

    Raises
    ------
    ValueError
        If the encoder is of another kind, or has not that many blocks.
    """
    check_sizes(classes=classes)
    check_dropout(dropout)
    _check_blocks(backbone, blocks)
    depth = backbone.config.num_hidden_layers
    layers: nn.ModuleList = backbone.get_submodule("encoder.layer")  # type: ignore[assignment]
    left_out: list[nn.Module] = list(layers[: depth - blocks])
    if blocks < depth:
        left_out.append(backbone.get_submodule("embeddings"))
    bert = copy.deepcopy(backbone, {id(part): None for part in left_out}).train()
    if blocks < depth:
        bert.encoder.layer = bert.encoder.layer[depth - blocks :]
        bert.embeddings = CachedStates(bert.config.vocab_size)
        bert.config.num_hidden_layers = blocks
        for number, block in enumerate(bert.encoder.layer):
            block.attention.self.layer_idx = number
    bert.pooler = None
    for module in bert.modules():
        if isinstance(module, nn.Dropout):
            module.p = dropout
    with seeded(seed):
        return SentenceClassifier(bert, classes=classes, dense=dense, dropout=dropout)


@torch.no_grad()
def lower(
    backbone: PreTrainedModel, ids: Tensor, mask: Tensor, *, blocks: int, batch_size: int = 128
) -> Encoding:
    """Compute what stays frozen below the last `blocks` blocks, once.

    Parameters
    ----------
    backbone
        The same as for `upper_classifier`.
    ids, mask
        `(N, T)`.
    blocks
        If 0, each text becomes one state, the mean over its tokens; if all, nothing is computed.
    batch_size
        Texts computed at once; sorted by length, so that little padding is computed.
    """
    _check_blocks(backbone, blocks)
    depth = backbone.config.num_hidden_layers
    if blocks == depth:
        return Encoding(ids, mask)
    backbone.train(False)
    lengths = mask.sum(1)
    width = backbone.config.hidden_size
    states = torch.zeros(len(ids), ids.shape[1] if blocks else 1, width)
    for rows in torch.split(lengths.argsort(), batch_size):
        part, seen = ids[rows], mask[rows]
        longest = int(lengths[rows].max())
        part, seen = part[:, :longest], seen[:, :longest]
        out = backbone(input_ids=part, attention_mask=seen, output_hidden_states=True)
        hidden = out.hidden_states[depth - blocks] * seen[..., None]  # (B, T, D)
        if blocks:
            states[rows, :longest] = hidden
        else:
            states[rows] = hidden.sum(1, keepdim=True) / lengths[rows, None, None]
    return Encoding(states, mask if blocks else torch.ones(len(ids), 1, dtype=mask.dtype))


@torch.no_grad()
def sentence_vectors(
    classifier: SentenceClassifier, texts: Encoding, *, batch_size: int = 128
) -> Tensor:
    """Return the vectors `(N, D)` that a classifier's head sees, dropout off.

    Parameters
    ----------
    classifier
        From `upper_classifier`.
    texts
        From `lower`, for the same number of blocks.
    batch_size
        Texts computed at once.
    """
    classifier.train(False)
    name = "inputs_embeds" if texts.inputs.is_floating_point() else "input_ids"
    device = classifier.classifier.weight.device
    return torch.cat(
        [
            classifier.vectors(
                **{name: texts.inputs[rows].to(device)}, attention_mask=texts.mask[rows].to(device)
            ).cpu()
            for rows in torch.split(torch.arange(len(texts)), batch_size)
        ]
    )


def call(model: nn.Module, inputs: Tensor, mask: Tensor, **labels: Tensor) -> Any:
    """Call a classifier, adapted by PEFT or not, with token numbers or with states.

    Parameters
    ----------
    model
        From `upper_classifier`.
    inputs, mask
        Rows of an `Encoding`.
    labels
        `labels=` classes `(B,)`, to get a loss as well.
    """
    name = "inputs_embeds" if inputs.is_floating_point() else "input_ids"
    return model(**{name: inputs}, attention_mask=mask, **labels)


def _check_blocks(backbone: PreTrainedModel, blocks: int) -> None:
    kind, depth = backbone.config.model_type, backbone.config.num_hidden_layers
    if kind != "bert":
        raise ValueError(f"backbone is of the kind {kind!r} and must be 'bert'; load another")
    if not 0 <= blocks <= depth:
        raise ValueError(f"blocks={blocks} must lie between 0 and the {depth} of the encoder")
