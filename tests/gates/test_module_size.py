import pytest

from tools.gates.module_size import check


def function(lines: int, indent: str = "") -> str:
    """A function with a long docstring and `lines` lines of body."""
    body = f"{indent}    x = 1\n" * (lines - 1)
    doc = f'{indent}    """Say.\n' + "\n    more\n" * 40 + f'{indent}    """\n'
    return f"{indent}def step(x):\n{doc}{body}{indent}    return x\n"


CLEAN = {
    "lablib/start/small.py": function(60),
    "lablib/start/full.py": "x = 1\n" * 350,
    "tools/long.py": "x = 1\n" * 900,
}
PLANTS = {
    "module": ("lablib/start/full.py", None, "x = 1\n" * 351, 1, "351 lines, over 350"),
    "function": ("lablib/start/small.py", None, "\n\n" + function(61), 3, "step has 61 lines"),
    "method": (
        "lablib/start/small.py",
        None,
        "class Thing:\n" + function(61, "    "),
        2,
        "step has 61 lines",
    ),
    "without docstring": (
        "lablib/start/small.py",
        None,
        "async def go():\n" + "    x = 1\n" * 61,
        1,
        "go has 61 lines",
    ),
}


def test_clean(tree):
    assert check(tree(CLEAN)) == []


@pytest.mark.parametrize("plant", PLANTS.values(), ids=PLANTS)
def test_plant(planted, plant):
    planted(check, CLEAN, *plant)
