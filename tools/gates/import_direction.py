"""Imports inside `lablib` follow the arrows: data, models, evaluation <- training <- topics.

Without this gate one convenient import between two topic packages turns the library into a knot in
which no page can be read, tested or deleted alone; and one `import torch` at the top of a module
that everything loads makes every tabular page pay seconds and hundreds of megabytes. The gate reads
all imports, also those inside functions; torch is followed through top-level imports only.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tools.gates.common import Violation, python

GATE = "import_direction"
BASE = {"data", "models", "evaluation"}
COMMON = {"figures"}  # a folder of its own, but like record and experiment it knows no topic
APPLIED = {"applications", "deployment"}
COMMAND_LINE = {"cli", "__main__"}
OUTSIDE = {"tools", "book", "exercises", "chapters", "tests", "benchmarks"}
# Modules that load torch when they are imported.
HEAVY = {"torch", "torchvision", "torchaudio", "opacus", "transformers", "captum", "lightning"}
HEAVY |= {"peft", "accelerate", "torchmetrics", "sentence_transformers"}
TORCH_HOMES = {"models", "training"}


@dataclass
class Module:
    """One file of `lablib`: all its imports, and those that run when it is imported."""

    path: str
    name: str
    imports: list[tuple[int, str]] = field(default_factory=list)
    eager: list[tuple[int, str]] = field(default_factory=list)

    @property
    def package(self) -> str:
        """First name below `lablib`, "" for `lablib` itself."""
        return [*self.name.split("."), ""][1]


def check(root: Path) -> list[Violation]:
    """Every import against the arrows, and every cheap module that would load torch."""
    modules = {m.name: m for m in _modules(root)}
    folders = {n.split(".")[1] for n in modules if n.count(".") > 1}
    folders |= {m.package for m in modules.values() if m.path.count("/") == 2}
    topics = folders - BASE - COMMON - APPLIED - {"training", "exercises"}
    found = []
    for module in modules.values():
        for line, target in module.imports:
            rule = _broken(module, target, topics)
            if rule:
                found.append(Violation(GATE, module.path, line, rule))
    light = {name for name, m in modules.items() if _is_light(m, topics)}
    return found + [v for name in light for v in _torch(modules[name], modules, light)]


def _modules(root: Path) -> Iterator[Module]:
    for path, _, tree in python(root, "lablib/**/*.py"):
        parts = path.removesuffix(".py").split("/")
        is_package = parts[-1] == "__init__"
        name = ".".join(parts[:-1] if is_package else parts)
        module = Module(path, name)
        here = name if is_package else name.rpartition(".")[0]
        for node in ast.walk(tree):
            module.imports += _targets(node, here)
        for node in _eager(tree.body):
            module.eager += _targets(node, here)
        yield module


def _eager(body: list[ast.stmt]) -> Iterator[ast.AST]:
    """Nodes that run on import: not function bodies, not ``if TYPE_CHECKING`` blocks."""
    todo: list[ast.AST] = list(body)
    while todo:
        node = todo.pop(0)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            todo = [*node.orelse, *todo]
            continue
        yield node
        todo = [*ast.iter_child_nodes(node), *todo]


def _targets(node: ast.AST, here: str) -> list[tuple[int, str]]:
    """Dotted names that a node imports (``from a import b`` gives a.b)."""
    if isinstance(node, ast.Import):
        return [(node.lineno, alias.name) for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        base = node.module or ""
        if node.level:
            parts = here.split(".")
            base = ".".join([*parts[: len(parts) - node.level + 1], *filter(None, [base])])
        return [(node.lineno, f"{base}.{alias.name}") for alias in node.names]
    if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module"):
        return [(node.lineno, ast.literal_eval(a)) for a in node.args[:1] if _is_text(a)]
    return []


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _broken(module: Module, target: str, topics: set[str]) -> str:
    """The rule that ``module`` breaks by importing ``target``, or ""."""
    top, _, rest = target.partition(".")
    if top in OUTSIDE:
        return (
            f"lablib imports {top}; the arrow runs the other way, move what is shared into lablib"
        )
    there = rest.partition(".")[0]
    here = module.package
    if top != "lablib" or there == here or here in COMMAND_LINE:
        return ""
    if there in COMMAND_LINE:
        return f"lablib.{here or '__init__'} imports the command line; nothing may do that"
    if there in APPLIED and here not in APPLIED:
        return f"lablib.{here} imports lablib.{there}; applications stand above everything else"
    if there in topics and here in topics:
        return (
            f"topic lablib.{here} imports topic lablib.{there}; what two topics need belongs "
            "below them, in data, models, evaluation or training"
        )
    if there in topics and here not in APPLIED:
        return f"lablib.{here or '__init__'} imports topic lablib.{there}; it may know no topic"
    if there == "training" and here in BASE:
        return f"lablib.{here} imports lablib.training; {here} stands below training"
    return ""


def _is_light(module: Module, topics: set[str]) -> bool:
    """Whether pages without networks load the module; a topic's ``__init__`` always runs."""
    if module.package in TORCH_HOMES:
        return False
    if module.package in topics | APPLIED:
        return module.path.endswith("__init__.py")
    return True


def _torch(start: Module, modules: dict[str, Module], light: set[str]) -> list[Violation]:
    """Imports in `start` that load torch, unless another light module is to blame."""
    found = []
    for line, target in start.eager:
        chain = _chain(target, modules, {start.name})
        if chain and not light & set(chain):
            way = " -> ".join([start.name, *chain])
            fix = "import it inside the function that needs it"
            found.append(Violation(GATE, start.path, line, f"loads torch on import ({way}); {fix}"))
    return found


def _chain(target: str, modules: dict[str, Module], seen: set[str]) -> list[str]:
    """The shortest-first path of names from an imported name to a heavy library, or []."""
    if target.partition(".")[0] in HEAVY:
        return [target.partition(".")[0]]
    parts = target.split(".")
    for end in range(1, len(parts) + 1):
        module = modules.get(".".join(parts[:end]))
        if module is None or module.name in seen:
            continue
        seen.add(module.name)
        for _, inner in module.eager:
            rest = _chain(inner, modules, seen)
            if rest:
                return [module.name, *rest]
    return []
