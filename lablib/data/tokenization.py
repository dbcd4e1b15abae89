"""Tokenizers trained on the texts at hand: byte-level byte-pair encoding, and single characters.

Byte-pair encoding starts from the 256 bytes and merges the most frequent pair of neighbours again
and again (Sennrich, Haddow and Birch, ACL 2016; on bytes: Radford et al., 2019). Both functions
return a `tokenizers.Tokenizer`: `encode(text).ids` gives numbers, `decode(ids)` the text.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tokenizers import Tokenizer

SPECIAL = ("<pad>", "<s>", "</s>", "<mask>")


def train_bpe(
    texts: Iterable[str], *, vocabulary_size: int, special: Sequence[str] = SPECIAL
) -> Tokenizer:
    """Byte-level BPE with at most `vocabulary_size` tokens, special ones first.

    Every text, in any language, can be encoded and comes back unchanged from `decode`, because
    all 256 bytes are tokens. Train on the training part only: a vocabulary has seen its texts.

    Parameters
    ----------
    texts : the training texts.
    vocabulary_size : V, special tokens and the 256 bytes included.
    special : tokens that no text produces by merging; they get the numbers 0, 1, ...

    Raises
    ------
    ValueError
        `vocabulary_size` has no room for the special tokens and the bytes, or `special` repeats.

    Examples
    --------
    >>> tokenizer = train_bpe(["low lower lowest"] * 9, vocabulary_size=266)
    >>> tokenizer.encode("low 低").tokens
    ['low', 'Ġ', 'ä', '½', 'İ']
    >>> tokenizer.decode(tokenizer.encode("low 低").ids)
    'low 低'
    """
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

    _check_special(special)
    smallest = 256 + len(special)
    if vocabulary_size < smallest:
        raise ValueError(
            f"vocabulary_size={vocabulary_size} must be at least {smallest}: 256 bytes and "
            f"{len(special)} special tokens."
        )
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary_size,
        special_tokens=list(special),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer


def characters(
    texts: Iterable[str], *, special: Sequence[str] = SPECIAL, unknown: str = "<unk>"
) -> Tokenizer:
    """One token for each character that occurs in `texts`, with the face of `train_bpe`.

    Characters that did not occur become `unknown`, so `decode` cannot give them back.

    Parameters
    ----------
    texts : the training texts.
    special : tokens with the numbers 0, 1, ...; `unknown` follows, then characters in code order.
    unknown : token for every other character.

    Raises
    ------
    ValueError
        `special` repeats a token or contains `unknown`.

    Examples
    --------
    >>> tokenizer = characters(["abba"], special=())
    >>> tokenizer.encode("ab?").ids, tokenizer.get_vocab_size()
    ([1, 2, 0], 3)
    """
    from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers

    _check_special([*special, unknown])
    seen = sorted({character for text in texts for character in text})
    vocabulary = {token: i for i, token in enumerate(dict.fromkeys([*special, unknown, *seen]))}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token=unknown))
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex(r"[\s\S]"), behavior="isolated")
    tokenizer.decoder = decoders.Fuse()
    tokenizer.add_special_tokens(list(special))
    return tokenizer


def _check_special(special: Sequence[str]) -> None:
    if len(set(special)) != len(special) or not all(special):
        raise ValueError(f"special={tuple(special)!r} must be distinct, non-empty tokens.")
