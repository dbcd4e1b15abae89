import pytest

from tools.gates import run
from tools.gates.word_list import check

# Split, so that this file keeps the rule it proves.
ROOT, HOME, SCRATCH, WORK = "/" + "root/", "/" + "home/", "/" + "tmp/", "/" + "work/"
D, SOTA, MAKE = "de" + "bias", "state-of-the" + "-art", "make" + "_fair"
CLEAN = {
    "chapters/start/page.md": (
        "---\nlesson: {claim: A claim.}\n---\n# T\n\nWe measure bias in the state of the data.\n\n"
        "```{code-cell} python\nengine.make_private(model)\n```\n"
    ),
    "book/references.bib": f"@article{{x, title = {{{D}ing embeddings}}}}\n",
    "lablib/fairness/gap.py": '"""Gaps."""\n\n\ndef selection_rate(y):\n    """Rate."""\n',
    "tools/serve.py": "path = 'home/x'\nurl = 'https://example.org/home/x'\n",
    "Makefile": "book:\n\tpip install --index-url https://pypi.org/simple .\n",
}
PAGE, MODULE = "chapters/start/page.md", "lablib/fairness/gap.py"
PLANTS = {
    "prose": (PAGE, "measure bias", f"{D} it", 6, f"'{D}' in prose"),
    "over two lines": (PAGE, "in the state", f"the {SOTA.replace('the-', 'the ')}", 6, "prose"),
    "on the second line": (PAGE, "We measure", "We\nget an unbiased" + " model to", 7, "measured"),
    "front matter": (PAGE, "A claim.", f"This {D}es.", 1, "front matter"),
    "fully": (PAGE, "We measure", "It is perfectly" + " safe to", 6, "name the property"),
    "in Chinese": (PAGE, "We measure", "这里消" + "除了偏见。We", 6, "偏见' in prose"),
    "a virtue in Chinese": (PAGE, "We measure", "完" + "全公平。We", 6, "name the property"),
    "readme": ("README.md", None, f"# T\n\nA {SOTA} course.\n", 3, "in prose"),
    "docstring": (MODULE, '"""Rate."""', f'"""Rate.\n\n    {D}ed.\n    """', 7, "a docstring"),
    "function": (MODULE, "selection_rate", MAKE, 4, f"'{MAKE}' promises a virtue"),
    "variable": (MODULE, '    """Rate."""', f"    y_{D}ed = y", 5, "promises a virtue"),
    "argument": (MODULE, "(y)", f"(y, {D}=True)", 4, "promises a virtue"),
    "class": (MODULE, "def sel", f"class {D.title()}er:\n    pass\n\n\ndef sel", 4, "a virtue"),
    "cell": (PAGE, "engine.make_private(model)", f"{MAKE}er = 1", 9, "promises a virtue"),
    "module": (f"lablib/fairness/{D}.py", None, "", 1, "file name"),
    "machine path": ("tools/serve.py", "home/x'\nurl", f"{WORK}x'\nurl", 1, "one machine"),
    "machine path in a page": (PAGE, "# T", f"# T {SCRATCH}out", 4, "one machine"),
    "root": ("Makefile", "book:\n", f"book:\n\tls {ROOT}.cache\n", 2, "one machine"),
    "home": ("Makefile", "book:\n", f"book:\n\tls {HOME}ann/course\n", 2, "one machine"),
    "other folder": ("Makefile", "book:\n", "book:\n\tcat ../sha" + "red/x\n", 2, "outside"),
    "index": (
        "Makefile",
        "https://pypi.org/simple",
        "https://packages.example.org/x",
        2,
        "package index of one machine",
    ),
    "authorship": ("Makefile", "book:", "# generated" + " with an LLM\nbook:", 1, "remove it"),
    "trailer": ("NOTES.md", None, "x\n\nCo-Authored" + "-By: A <a@b.example>\n", 3, "remove it"),
}


def test_clean(tree):
    assert check(tree(CLEAN)) == []


@pytest.mark.parametrize("plant", PLANTS.values(), ids=PLANTS)
def test_plant(planted, plant):
    planted(check, CLEAN, *plant)


@pytest.mark.parametrize(
    ("line", "waived"),
    [
        (f"x = '{ROOT}secret'  # gate-ok: word_list the sandbox must hide it\n", True),
        (f"# gate-ok: word_list the sandbox must hide it\nx = '{ROOT}secret'\n", True),
        (f"x = '{ROOT}secret'  # gate-ok: word_list\n", False),
        (f"x = '{ROOT}secret'  # gate-ok: links the sandbox must hide it\n", False),
    ],
)
def test_an_exception_needs_the_gate_and_a_reason(tree, line, waived):
    found, dropped = run(tree({"lablib/sandbox.py": line}), ["word_list"])
    assert (len(found["word_list"]), dropped) == ((0, 1) if waived else (1, 0))
