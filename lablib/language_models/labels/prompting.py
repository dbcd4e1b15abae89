"""Classification by prompting: a language model reads solved examples, and label words are scored.

Nothing is trained. The prompt is a prefix of solved examples ("shots") and one open question; the
answer is the label word to which the model gives the highest probability as the next token (Brown
et al., 2020). All questions share the prefix, so its keys and values are computed once and kept.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

HEADING = "Question: "
ASKING = "\nTopic:"


def ask(text: str) -> str:
    r"""Return the open question about a text.

    >>> ask(" Which tooth erupts first? ")
    'Question: Which tooth erupts first?\nTopic:'
    """
    return f"{HEADING}{text.strip()}{ASKING}"


def shots(texts: Sequence[str], labels: Sequence[int], words: Sequence[str]) -> str:
    r"""Return the prefix: each text with its label word, in this order; "" if there are none.

    Parameters
    ----------
    texts
        n solved questions.
    labels
        n positions in `words`.
    words
        K label words, with the space before them.

    >>> shots(["Which tooth erupts first?"], [0], [" teeth", " eyes"])
    'Question: Which tooth erupts first?\nTopic: teeth\n\n'
    """
    return "".join(
        f"{ask(text)}{words[label]}\n\n" for text, label in zip(texts, labels, strict=True)
    )


def label_tokens(tokenizer: Any, words: Sequence[str]) -> list[int]:
    """Return the number of each label word, which must be one token of its own.

    Raises
    ------
    ValueError
        If a word is several tokens, or two words are the same token: their probabilities could
        not be compared.
    """
    coded = [tokenizer(word, add_special_tokens=False)["input_ids"] for word in words]
    numbers = [ids[0] for ids in coded if ids]
    if any(len(ids) != 1 for ids in coded) or len(set(numbers)) < len(words):
        found = {word: len(ids) for word, ids in zip(words, coded, strict=True)}
        raise ValueError(
            f"words must be different and one token each, and have {found} tokens; choose shorter "
            "ones, with the space that stands before them in the prompt"
        )
    return numbers


@torch.inference_mode()
def score_labels(
    tokenizer: Any,
    model: Any,
    questions: Sequence[str],
    *,
    words: Sequence[str],
    prefix: str = "",
    batch_size: int = 32,
) -> Tensor:
    """Return the log-probability (N, K) of each label word after each question.

    Parameters
    ----------
    tokenizer, model
        From `lablib.models.pretrained.chat_model`.
    questions
        N open questions, from `ask`.
    words
        K label words, one token each, with the space before them.
    prefix
        From `shots`; its keys and values are computed once for all questions.
    batch_size
        Questions computed at once.

    Raises
    ------
    ValueError
        If there are no questions, or a label word is not a single token.
    """
    if not questions:
        raise ValueError("questions is empty; pass at least one")
    numbers = label_tokens(tokenizer, words)
    coded = [tokenizer(question)["input_ids"] for question in questions]
    kept, length = None, 0
    if prefix:
        ids = torch.tensor([tokenizer(prefix)["input_ids"]], device=model.device)
        kept, length = model.model(ids, use_cache=True).past_key_values, ids.shape[1]
    out = torch.empty(len(coded), len(words))
    order = sorted(range(len(coded)), key=lambda row: len(coded[row]))
    for start in range(0, len(order), batch_size):
        rows = order[start : start + batch_size]
        last = _last_states(model, [coded[row] for row in rows], kept, length)  # (B, D)
        out[rows] = model.lm_head(last).log_softmax(-1)[:, numbers].float().cpu()
    return out


def _last_states(model: Any, coded: Sequence[Sequence[int]], kept: Any, length: int) -> Tensor:
    """The state (B, D) of each question's last token, read after the kept prefix."""
    longest = max(len(ids) for ids in coded)
    tokens = torch.zeros(len(coded), longest, dtype=torch.int64)
    mask = torch.zeros(len(coded), length + longest, dtype=torch.int64)
    mask[:, :length] = 1
    for row, ids in enumerate(coded):
        tokens[row, : len(ids)] = torch.tensor(ids)
        mask[row, length : length + len(ids)] = 1
    past: Mapping[str, Any] = {}
    if kept is not None:
        copied = copy.deepcopy(kept)
        copied.batch_repeat_interleave(len(coded))
        past = {"past_key_values": copied}
    states: Tensor = model.model(
        tokens.to(model.device), attention_mask=mask.to(model.device), use_cache=kept is not None,
        **past,
    ).last_hidden_state  # (B, T, D)  # fmt: skip
    ends = torch.tensor([len(ids) - 1 for ids in coded])
    return states[torch.arange(len(coded)), ends]
