"""A figure to explore is whole without its script: one setting seen, all in a table, the words."""

import ast
import html
import re
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings, strategies

from lablib import figures
from lablib.figures import Mark, Prediction, Setting, exploring

FINDING = "The area grows from 1 to 9 as the side grows from 1 to 3."
ASKED = Prediction("How large at side 3?", "It is 9 there.", drawn=True, unit="squares")
CHOSEN = Prediction("Which grows faster?", "The area.", choices=("side", "area"), right="area")
SVG = "{http://www.w3.org/2000/svg}"


def frame(**limits):
    fig, ax = figures.new()
    ax.set(**{"xlim": (0, 4), "ylim": (0, 10), "xlabel": "side", "ylabel": "area", **limits})
    return fig


def squares(sides=(1, 2, 3)):
    return [
        Setting(f"{n}", [Mark([n], [n * n], label="area")], {"area": f"{n * n}", "side": f"{n} m"})
        for n in sides
    ]


def view(given=None, *, fig=None, **changes):
    words = {"control": "side", "predict": ASKED, "alt": FINDING, "caption": "Squares, n = 3."}
    return figures.explore(fig or frame(), given or squares(), **{**words, **changes})


class Nesting(HTMLParser):
    """Raises if an element is closed that is not open; keeps what hides or runs."""

    VOID = ("input",)

    def __init__(self):
        super().__init__()
        self.open, self.seen = [], []

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def parsed(text):
    reader = Nesting()
    reader.feed(text)
    reader.close()
    assert not reader.open
    return reader.seen


def drawn(found):
    """The marks of each setting, and whether it is seen."""
    root = ElementTree.fromstring(
        found.svg.replace("<svg ", '<svg xmlns:xlink="http://www.w3.org/1999/xlink" ', 1)
        if "xmlns:xlink" not in found.svg
        else found.svg
    )
    groups = [g for g in root.iter(f"{SVG}g") if g.get("class") == "lab-explore-setting"]
    return [(list(group), group.get("display") is None) for group in groups]


def rows(found):
    body = re.search(r"<tbody>(.*)</tbody>", found._repr_html_(), re.DOTALL)[1]
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row) for row in body.split("</tr>")[:-1]]
    return [[html.unescape(cell) for cell in row] for row in cells]


def test_one_setting_is_seen_and_all_stand_in_the_table():
    found = view(default=1)
    assert [seen for _, seen in drawn(found)] == [False, True, False]
    assert rows(found) == [["1", "1", "1 m"], ["2", "4", "2 m"], ["3", "9", "3 m"]]
    assert "<b>side 2</b>: <span>area 4; side 2 m</span>" in found._repr_html_()


def test_what_needs_the_script_is_hidden_and_nothing_runs_or_points_outside():
    seen = parsed(view()._repr_html_())
    hidden = {attrs["class"] for _, attrs in seen if "hidden" in attrs}
    assert hidden == {"lab-explore-predict", "lab-explore-control"}
    assert not [tag for tag, _ in seen if tag in ("script", "link", "img", "form", "iframe")]
    assert not [a for _, attrs in seen for a in attrs if a.startswith("on")]
    links = [v for _, attrs in seen for a, v in attrs.items() if a in ("href", "src", "xlink:href")]
    assert all(link.startswith("#") for link in links)


def test_the_picture_has_its_finding_and_the_controls_their_names():
    text = view()._repr_html_()
    assert f'<svg role="img" aria-label="{FINDING}"' in text
    assert "<figcaption>Squares, n = 3.</figcaption></figure>" in text
    assert '<label><span>side</span> <input type="range" min="0" max="2"' in text
    assert 'aria-valuetext="1"' in text
    assert "<legend>How large at side 3?</legend>" in text
    assert "<span>squares</span>" in text


def test_a_choice_and_buttons_are_groups_of_radio_buttons_apart_from_each_other():
    seen = parsed(view(predict=CHOSEN, buttons=True)._repr_html_())
    names = [attrs["name"] for tag, attrs in seen if tag == "input"]
    assert len(names) == 5
    assert len(set(names)) == 2
    predict = next(attrs for tag, attrs in seen if attrs.get("class") == "lab-explore-predict")
    assert predict["data-right"] == "1"
    assert sum("checked" in attrs for _, attrs in seen) == 1
    other = parsed(view(predict=CHOSEN, caption="Another.")._repr_html_())
    assert not {attrs["name"] for tag, attrs in other if "name" in attrs} & set(names)


def test_marks_stand_where_the_axes_say():
    # The frame is 0 to 4 by 0 to 10; equal steps of value are equal steps on the page.
    dots = [float(marks[0].get("cx")) for marks, _ in drawn(view())]
    assert dots[1] - dots[0] == pytest.approx(dots[2] - dots[1], abs=0.15)
    ups = [float(marks[0].get("cy")) for marks, _ in drawn(view())]
    assert (ups[0] - ups[2]) / (ups[0] - ups[1]) == pytest.approx(8 / 3, abs=0.02)
    guess = re.search(r'data-scale="0 ([\d.]+) 10 ([\d.]+)"', view().svg)
    bottom, top = (float(end) for end in guess.groups())
    assert bottom - (bottom - top) * 0.9 == pytest.approx(ups[2], abs=0.15)


def test_every_kind_of_mark_is_drawn_with_its_interval():
    ends = {"low": [0.5, 1.5], "high": [1.5, 2.5]}
    for kind, shapes in {"dots": 3, "line": 2, "bars": 2, "rows": 2}.items():
        marks = [Mark([1, 2], [1, 2], kind, color="green", **ends)]
        found = view([Setting(name, marks, {"n": "2"}) for name in "ab"])
        pieces = drawn(found)[0][0]
        assert len(pieces) == shapes
        assert any("var(--lab-green, #009e73)" in (one.get("style") or "") for one in pieces)


def test_bars_reach_from_zero_to_their_value():
    lying = view([Setting(name, [Mark([2], [5], "rows")], {"n": "1"}) for name in "ab"])
    path = drawn(lying)[0][0][0].get("d")
    left, right = (float(x) for x in re.match(r"M([\d.]+) [\d.]+H([\d.]+)", path).groups())
    dot = view([Setting(name, [Mark([2], [5])], {"n": "1"}) for name in "ab"])
    origin = view([Setting(name, [Mark([0], [5])], {"n": "1"}) for name in "ab"])
    assert right == pytest.approx(float(drawn(dot)[0][0][0].get("cx")), abs=0.11)
    assert left == pytest.approx(float(drawn(origin)[0][0][0].get("cx")), abs=0.11)


def test_markup_in_every_text_is_escaped():
    evil = '<b onclick="x">&"'
    marked = [
        Setting(f"{evil}{n}", [Mark([1], [1], label=evil)], {evil: f"{evil}{n}"}) for n in (1, 2)
    ]
    asked = Prediction(f"{evil}?", evil, choices=(f"{evil}1", f"{evil}2"), right=f"{evil}1")
    for buttons in (False, True):
        found = view(marked, control=evil, predict=asked, alt=f"{FINDING}{evil}", caption=evil,
                     buttons=buttons)  # fmt: skip
        text = found._repr_html_()
        assert "<b onclick" not in text
        assert not [attrs for _, attrs in parsed(text) if "onclick" in attrs]
        assert rows(found)[0] == [f"{evil}1", f"{evil}1"]


def test_the_same_figure_gives_the_same_bytes():
    assert view()._repr_html_() == view()._repr_html_()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"given": squares((1,))}, "settings has 1; give at least two"),
        ({"given": squares((2, 2))}, r"labels \['2', '2'\]; give each its own"),
        ({"default": 3}, "default is 3; give a place from 0 to 2"),
        ({"control": " "}, "control is ' '; write"),
        ({"caption": ""}, "caption is ''; write"),
        ({"alt": "a chart"}, "state in a sentence"),
        ({"predict": Prediction("", "x")}, "predict.question is ''"),
        ({"predict": Prediction("x?", "")}, "predict.answer is ''"),
        ({"predict": Prediction("x?", "x", choices=("a",))}, "two or more, all apart"),
        ({"predict": Prediction("x?", "x", choices=("a", "a"))}, "two or more, all apart"),
        ({"predict": Prediction("x?", "x", ("a", "b"), right="c")}, "name one of the choices"),
        ({"predict": Prediction("x?", "x", ("a", "b"), drawn=True)}, "drawn is for a number"),
        ({"given": squares((1, 2, 0, 0.5, 1.5, 2.5)), "buttons": True}, "use the slider above 5"),
        ({"given": squares((1, 4))}, r"settings\['4'\].marks: y = 16 lies outside"),
        ({"given": squares((1, float("nan")))}, "x = nan lies outside"),
    ],
)
def test_what_cannot_be_shown_is_refused_with_its_fix(changes, message):
    with pytest.raises(ValueError, match=message):
        view(**changes)


@pytest.mark.parametrize(
    ("second", "message"),
    [
        (Setting("b", [Mark([1], [1])], {"other": "1"}), "give the same names"),
        (Setting("b", [], {"n": "1"}), "draw the same marks"),
        (Setting("b", [Mark([1], [1], "line")], {"n": "1"}), "draw the same marks"),
        (Setting("b", [Mark([1, 2], [1])], {"n": "1"}), "give one a point"),
        (Setting("b", [Mark([1], [1], low=[0])], {"n": "1"}), "low and high belong together"),
        (Setting("b", [Mark([1], [1], low=[0], high=[11])], {"n": "1"}), "y = 11 lies outside"),
    ],
)
def test_a_setting_unlike_the_first_is_refused_by_its_name(second, message):
    first = Setting("a", [Mark([1], [1])], {"n": "1"})
    with pytest.raises(ValueError, match=message):
        view([first, second])


def test_unknown_kinds_and_colours_are_refused():
    for mark, message in ((Mark([1], [1], "pie"), "kind is 'pie'"),
                          (Mark([1], [1], color="pink"), "color is 'pink'")):  # fmt: skip
        with pytest.raises(ValueError, match=message):
            view([Setting(name, [mark], {"n": "1"}) for name in "ab"])


def test_the_picture_has_one_panel_and_a_guess_needs_a_linear_axis():
    fig, _ = figures.new(ncols=2)
    with pytest.raises(ValueError, match="fig has 2 axes"):
        view(fig=fig)
    with pytest.raises(ValueError, match="linear vertical axis"):
        view(fig=frame(yscale="log", ylim=(0.1, 10)))
    assert len(drawn(view(fig=frame(yscale="log", ylim=(0.1, 10)), predict=CHOSEN))) == 3


def test_a_figure_too_heavy_for_a_phone_is_refused():
    many = [i / 1000 for i in range(4000)]
    heavy = [Setting(name, [Mark(many, many, "line")], {"n": "1"}) for name in "abc"]
    with pytest.raises(ValueError, match=r"over 60,000; take fewer settings"):
        view(heavy)
    assert len(view()._repr_html_()) < exploring.MOST_BYTES / 4


@settings(max_examples=15, deadline=None)
@given(
    strategies.lists(
        strategies.tuples(strategies.floats(0, 4), strategies.floats(0, 10)), min_size=2, max_size=8
    ),
    strategies.text(
        strategies.characters(min_codepoint=32, max_codepoint=0x9FFF), min_size=1, max_size=9
    ).filter(str.strip),
)
def test_whatever_is_shown_every_setting_is_drawn_once_and_stands_in_the_table(places, word):
    given = [
        Setting(f"{word} {n}", [Mark([x], [y])], {word: f"{x:.3g}"})
        for n, (x, y) in enumerate(places)
    ]
    found = view(given, predict=CHOSEN, default=len(given) - 1)
    groups = drawn(found)
    assert [seen for _, seen in groups] == [False] * (len(given) - 1) + [True]
    assert all(len(marks) == 1 for marks, _ in groups)
    assert rows(found) == [[one.label, *one.readouts.values()] for one in given]
    width, height = (float(n) for n in re.search(r'viewBox="0 0 (\S+) (\S+)"', found.svg).groups())
    for (mark,), _ in groups:
        assert 0 <= float(mark.get("cx")) <= width
        assert 0 <= float(mark.get("cy")) <= height
    parsed(found._repr_html_())


ROOT = Path(__file__).resolve().parents[1]


def explorers(topic):
    """Names of a topic's functions that give a figure to explore."""
    names = set()
    for path in (ROOT / "lablib" / topic.replace("-", "_")).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef) and ast.unparse(node.returns or node) == (
                "ExploreView"
            ):
                names.add(node.name)
    return names


def test_every_topic_has_a_figure_to_explore_on_a_page():
    topics = {path.name for path in (ROOT / "chapters").iterdir() if path.is_dir()}
    for topic in sorted(topics):
        text = "".join(page.read_text("utf-8") for page in (ROOT / "chapters" / topic).glob("*.md"))
        cells = "".join(re.findall(r"```\{code-cell\}.*?\n```", text, re.DOTALL))
        called = {name for name in explorers(topic) if re.search(rf"\b{name}\(", cells)}
        assert called, f"no page of {topic} calls one of {sorted(explorers(topic))}"
