"""The HTML of an explorable figure: question, control, picture and the table of all settings.

Its script only hides and shows what is written here: the words of a setting are read from its row
of the table, so nothing stands on the page twice.
"""

from __future__ import annotations

import hashlib
import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lablib.figures.explore_marks import Mark


@dataclass(frozen=True)
class Setting:
    """One position of the control: its `label`, what is drawn, and what is read off.

    Attributes
    ----------
    label : what the control says there, such as "0.35"; different in each setting.
    marks : what changes in the picture, alike in all settings.
    readouts : names to values as written, such as ``{"right": "84.1 %"}``; the same names in all.
    """

    label: str
    marks: Sequence[Mark]
    readouts: Mapping[str, str]


@dataclass(frozen=True)
class Prediction:
    """What a reader commits to before the figure is seen; it stays in the page.

    Attributes
    ----------
    question : asked before the figure.
    answer : a sentence with what was computed, shown afterwards.
    choices : to choose one of; if empty, a number is asked for.
    right : the choice that the computation bears out.
    unit : of the number asked for.
    drawn : whether the number is drawn into the picture, as a line at that height.
    """

    question: str
    answer: str
    choices: Sequence[str] = ()
    right: str | None = None
    unit: str = ""
    drawn: bool = False


@dataclass(frozen=True)
class ExploreView:
    """A figure to explore: `svg` with the marks of all settings, and the words around it."""

    svg: str
    alt: str
    caption: str
    settings: tuple[Setting, ...]
    control: str
    predict: Prediction
    default: int = 0
    buttons: bool = False

    def _repr_html_(self) -> str:
        picture = self.svg.replace(
            "<svg ", f'<svg role="img" aria-label="{html.escape(self.alt, quote=True)}" ', 1
        )
        asked, said = html.escape(self.predict.question), html.escape(self.predict.answer)
        return (
            '<figure class="lab-figure lab-explore">'
            f'<p class="lab-explore-question">{asked}</p>{self._prediction()}'
            f'<div class="lab-explore-stage"><p class="lab-explore-answer" role="status">{said}</p>'
            f'{self._control()}<output class="lab-explore-now">{self._now()}</output>'
            f'<div class="lab-explore-picture">{picture}</div>{self._table()}</div>'
            f"<figcaption>{html.escape(self.caption)}</figcaption></figure>"
        )

    def _prediction(self) -> str:
        what, name = self.predict, f"{self._name()}-guess"
        if what.choices:
            fields = "".join(
                f'<label class="lab-explore-option"><input type="radio" name="{name}" '
                f'value="{place}"> <span>{html.escape(choice)}</span></label>'
                for place, choice in enumerate(what.choices)
            )
            right = "" if what.right is None else f' data-right="{what.choices.index(what.right)}"'
        else:
            unit = html.escape(what.unit)
            fields = (
                '<label class="lab-explore-number"><span data-word="number">Your number'
                '</span> <input type="number" step="any" inputmode="decimal"> '
                f"<span>{unit}</span></label>"
            )
            right = ""
        return (
            f'<fieldset class="lab-explore-predict"{right} hidden>'
            f"<legend>{html.escape(what.question)}</legend>{fields}"
            '<button type="button" data-word="look">Look</button>'
            '<p class="lab-explore-missing" role="status"></p></fieldset>'
        )

    def _control(self) -> str:
        control = html.escape(self.control)
        labels = [html.escape(setting.label, quote=True) for setting in self.settings]
        if self.buttons:
            options = "".join(
                f'<label class="lab-explore-option"><input type="radio" name="{self._name()}" '
                f'value="{place}"{" checked" if place == self.default else ""}> '
                f"<span>{label}</span></label>"
                for place, label in enumerate(labels)
            )
            return (
                f'<fieldset class="lab-explore-control" hidden><legend>{control}</legend>'
                f"{options}</fieldset>"
            )
        return (
            f'<div class="lab-explore-control" hidden><label><span>{control}</span> '
            f'<input type="range" min="0" max="{len(labels) - 1}" step="1" '
            f'value="{self.default}" aria-valuetext="{labels[self.default]}" autocomplete="off">'
            f'</label><p class="lab-explore-ends" aria-hidden="true"><span>{labels[0]}</span>'
            f"<span>{labels[-1]}</span></p></div>"
        )

    def _now(self) -> str:
        """The default setting in words, as the script writes the others."""
        setting = self.settings[self.default]
        values = "; ".join(f"{name} {value}" for name, value in setting.readouts.items())
        return (
            f"<b>{html.escape(f'{self.control} {setting.label}')}</b>: "
            f"<span>{html.escape(values)}</span>"
        )

    def _table(self) -> str:
        names = (self.control, *self.settings[0].readouts)
        head = "".join(f'<th scope="col">{html.escape(name)}</th>' for name in names)
        rows = "".join(
            f'<tr><th scope="row">{html.escape(one.label)}</th>'
            + "".join(f"<td>{html.escape(value)}</td>" for value in one.readouts.values())
            + "</tr>"
            for one in self.settings
        )
        return (
            '<details class="lab-explore-all"><summary data-word="all">All settings as a table'
            '</summary><div class="lab-table" tabindex="0" role="region" '
            f'aria-label="{html.escape(self.control, quote=True)}"><table><thead><tr>{head}</tr>'
            f"</thead><tbody>{rows}</tbody></table></div></details>"
        )

    def _name(self) -> str:
        """Keeps the radio buttons of two figures of a page apart, the same in each build."""
        told = "\n".join((self.control, self.predict.question, self.alt, self.caption))
        return f"explore-{hashlib.sha256(told.encode()).hexdigest()[:8]}"
