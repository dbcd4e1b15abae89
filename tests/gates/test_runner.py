import subprocess

import pytest

from tools.gates import NAMES, main
from tools.gates.common import files
from tools.gates.pages import mask, parse


def test_one_line_a_violation_a_count_and_exit_1(tree, capsys):
    root = tree({"lablib/long.py": '"""Long."""\n' + "x = 1\n" * 350, "README.md": "[a](b.md)\n"})
    assert main(["--root", str(root), "module_size", "links", "alt_text"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("module_size: lablib/long.py:1: 351 lines, over 350; split it")
    assert lines[1].startswith("links: README.md:1: link 'b.md' does not exist; correct")
    assert lines[2:] == ["1 gates passed, 2 failed"]


def test_all_pass_and_exit_0(tree, capsys):
    assert main(["--root", str(tree({"README.md": "Hello.\n"})), "links"]) == 0
    assert capsys.readouterr().out == "1 gates passed, 0 failed\n"


def test_without_names_every_gate_runs(tree, capsys):
    main(["--root", str(tree({"README.md": "Hello.\n"}))])
    assert capsys.readouterr().out.splitlines()[-1] == f"{len(NAMES) - 1} gates passed, 1 failed"


@pytest.mark.parametrize("arguments", [["no_such_gate"], ["--root", "no/such/folder"]])
def test_a_mistyped_command_never_passes(arguments, capsys):
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    assert stop.value.code == 2
    assert "no" in capsys.readouterr().err


def test_files_are_those_git_would_keep(tree):
    root = tree(
        {
            ".gitignore": "ignored/\n",
            "kept.md": "",
            "ignored/x.md": "",
            "_build/y.md": "",
            "z.py": "",
        }
    )
    assert files(root, "**/*.md") == ["ignored/x.md", "kept.md"]
    subprocess.run(["git", "init", "-q", str(root)], check=True)
    assert files(root, "**/*.md") == ["kept.md"]
    subprocess.run(["git", "-C", str(root), "add", "kept.md"], check=True)
    assert files(root, "*.md") == ["kept.md"]


def test_a_page_is_split_into_what_it_is():
    page = parse(
        "p.md",
        "---\na: 1\n---\nOne.\n\n````{note}\nTwo.\n```{code-cell}\n:tags: [x]\n\ny = 1\n```\n````\n"
        ":::{tip} Three\nFour.\n:::\n$$\n5\n$$\n<!-- six\nseven -->\n```python\neight\n```\n",
    )
    assert page.front == {"a": 1}
    assert [text for _, text in page.prose if text] == ["One.", "Two.", "Four."]
    assert [(b.name, b.line, b.closed) for b in page.blocks] == [
        ("note", 6, True),
        ("code-cell", 8, True),
        ("tip", 14, True),
        ("", 22, True),
    ]
    assert (page.cells[0].tags, page.cells[0].body) == ({"x"}, [(11, "y = 1")])


def test_masking_keeps_the_place_of_every_letter():
    text = "a {glue}`b` `` c ` c `` $d$ \\$5 [e](f.md) https://g.example\nh <b>i</b>"
    masked = mask(text)
    assert len(masked) == len(text)
    assert masked.split() == ["a", "\\$5", "[e]", "h", "i"]
