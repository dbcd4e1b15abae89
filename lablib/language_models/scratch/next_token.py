"""Which token comes next, by temperature: a figure to explore, from one model and one prompt."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from lablib import figures
from lablib.figures import ExploreView, Mark, Prediction, Setting
from lablib.language_models.scratch.corpus import Corpus
from lablib.models.generation import sampling_probabilities

TEMPERATURES = (0.2, 0.4, 0.6, 0.8, 1.0, 1.2, 1.5, 2.0)
LISTED = 8
NUCLEUS = 0.9


def nucleus_size(chances: Tensor, *, top_p: float) -> int:
    """How many tokens top-p keeps: the fewest that reach `top_p` together.

    Parameters
    ----------
    chances : Tensor, shape (V,)
        Probabilities of the next token.
    top_p : float
        Above 0, at most 1.

    >>> nucleus_size(torch.tensor([0.1, 0.6, 0.3]), top_p=0.8)
    2
    """
    if not 0 < top_p <= 1:
        raise ValueError(f"top_p={top_p} must be above 0 and at most 1; 0.9 is usual")
    together = chances.sort(descending=True).values.double().cumsum(0)  # (V,)
    return min(int((together < top_p).sum()) + 1, len(chances))


@torch.no_grad()
def temperatures(model: nn.Module, text: Corpus, *, prompt: str, caption: str) -> ExploreView:
    """Probabilities of the likeliest next tokens, at each temperature.

    Parameters
    ----------
    model : Decoder
        Gives logits (B, T, V).
    text : Corpus
        Its tokenizer cuts the prompt.
    prompt : str
        What has been written so far, at least one token.
    caption : str
        Which model it is.
    """
    tokens = torch.tensor([text.tokenizer.encode(prompt).ids])  # (1, T)
    model.eval()
    logits = model(tokens)[0, -1]  # (V,)
    order = logits.argsort(descending=True)
    names = [_shown(text, int(token)) for token in order[:LISTED]]
    places = list(range(LISTED, -1, -1))
    fig, ax = figures.new(width=4.4, height=3.5)
    ax.set(xlim=(0, 1.02), ylim=(-0.6, LISTED + 0.6), xlabel="probability")
    ax.set_yticks(places, [*names, f"{len(logits) - LISTED:,} others"])
    ax.tick_params(axis="y", length=0)
    settings, sizes = [], {}
    for temperature in TEMPERATURES:
        chances = sampling_probabilities(logits, temperature=temperature)
        first = [float(chance) for chance in chances[order[:LISTED]]]
        sizes[temperature] = nucleus_size(chances, top_p=NUCLEUS)
        settings.append(Setting(
            f"{temperature:g}",
            [
                Mark(first, places[:-1], "rows"),
                Mark([max(0.0, 1 - sum(first))], [0], "rows", color="gray"),
            ],
            {
                "likeliest": f"{first[0]:.1%}",
                f"top-p {NUCLEUS:g} keeps": f"{sizes[temperature]:,} tokens",
            },
        ))  # fmt: skip
    cold, hot = TEMPERATURES[0], TEMPERATURES[-1]
    return figures.explore(
        fig,
        settings,
        control="temperature",
        default=TEMPERATURES.index(1.0),
        predict=Prediction(
            f"At temperature 1, how many of the {len(logits):,} tokens does it take to reach a "
            f"probability of {NUCLEUS:.0%} together?",
            f"{sizes[1.0]:,} tokens. At temperature {cold:g} it takes {sizes[cold]:,}, at {hot:g} "
            f"{sizes[hot]:,}. The order of the tokens is the same at each temperature.",
            unit="tokens",
        ),
        alt=f"The tokens that reach {NUCLEUS:.0%} together are {sizes[cold]:,} at temperature "
        f"{cold:g}, {sizes[1.0]:,} at 1 and {sizes[hot]:,} at {hot:g}; their order is the same.",
        caption=f"Next token after “{prompt}”. A dot in a token is a space. {caption}",
    )


def _shown(text: Corpus, token: int) -> str:
    """The token as text, with its spaces and line ends to be seen; its number where it has none."""
    name = str(text.tokenizer.decode([token], skip_special_tokens=False))
    name = name.replace(" ", "·").replace("\n", "↵")
    readable = name and all((one.isprintable() and one < "\u0250") or one == "↵" for one in name)
    return name if readable else f"token {token}"
