"""Small automatic changes of a solution: each must fail a check, or be listed with its reason.

A change that no check notices is either a hole in the checks or a change that means the same. The
exercise's `equivalent.txt` lists those of the second kind, one a line, after a reason:

    # reason: a share is never negative
    fidelity: share >= 0 => share > 0

Left out on purpose: changes outside the solution blocks (the learner is given that code), of texts,
and those that only ever crash, such as bit operations on floats.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace

from lablib.exercises import checks, declare, proxy, runner, template

FILE = "equivalent.txt"
REASON = re.compile(r"^#\s*reason:\s*(\S.{9,})$")
SEEDS = 2
SECONDS = 2.0  # a changed loop may never end; the solution itself is far below this

BINARY: dict[type[ast.operator], tuple[type[ast.operator], ...]] = {
    ast.Add: (ast.Sub,),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Div,),
    ast.Div: (ast.Mult, ast.FloorDiv),
    ast.FloorDiv: (ast.Div,),
    ast.Mod: (ast.Mult,),
    ast.Pow: (ast.Mult,),
    ast.MatMult: (ast.Mult,),
    ast.BitAnd: (ast.BitOr,),
    ast.BitOr: (ast.BitAnd,),
}
COMPARISON: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
TWINS = {"min": "max", "max": "min", "any": "all", "all": "any", "argmin": "argmax"}
TWINS |= {"argmax": "argmin", "floor": "ceil", "ceil": "floor", "mean": "median"}


@dataclass(frozen=True)
class Mutant:
    """One changed solution: its source text, the function it is in, and what was changed."""

    function: str
    before: str
    after: str
    source: str

    @property
    def name(self) -> str:
        """Function, text before and text after, as `equivalent.txt` writes them."""
        return f"{self.function}: {self.before} => {self.after}"


@dataclass(frozen=True)
class Outcome:
    """How the checks took the mutants of one exercise."""

    tried: int
    survivors: tuple[str, ...]
    problems: tuple[str, ...]


Connect = Callable[[str, declare.Exercise], proxy.Proxy]


def mutants(solution: str) -> tuple[Mutant, ...]:
    r"""Every single change of the code inside the solution blocks, each text once.

    >>> source = "def f(x):\n    # BEGIN SOLUTION\n    return x < 1\n    # END SOLUTION\n"
    >>> [mutant.name for mutant in mutants(source)]
    ['f: x < 1 => x <= 1', 'f: x < 1 => x >= 1', 'f: x < 1 => x < 2', 'f: x < 1 => x < 0']
    """
    tree = ast.parse(solution)
    spans = template.blocks(solution)
    found: dict[str, Mutant] = {}
    times: dict[str, int] = {}
    for function in tree.body:
        if not isinstance(function, ast.FunctionDef):
            continue
        for path, node in _walk(function, ()):
            line = getattr(node, "lineno", 0)
            if not any(first < line < last for first, last in spans):
                continue
            for new in _changes(node):
                copy = deepcopy(function)
                _put(copy, path, new)
                body = [copy if item is function else item for item in tree.body]
                source = ast.unparse(ast.fix_missing_locations(ast.Module(body, [])))
                if source in found:
                    continue
                shown = path[:-1] if isinstance(node, ast.Constant) else path
                old, now = (_head(_at(whole, shown)) for whole in (function, copy))
                mutant = Mutant(function.name, old, now, source)
                times[mutant.name] = number = times.get(mutant.name, 0) + 1
                if number > 1:  # the same words change at a second place
                    mutant = replace(mutant, after=f"{mutant.after} ({number})")
                found[source] = mutant
    return tuple(found.values())


def listed(exercise: declare.Exercise) -> dict[str, str]:
    """Name of each mutant in `equivalent.txt` to the reason above it.

    Raises
    ------
    ExerciseError
        If a line has no reason above it, or one shorter than ten letters.
    """
    path = exercise.folder / FILE
    if not path.is_file():
        return {}
    names, reason = {}, ""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        text = line.strip()
        if match := REASON.match(text):
            reason = match[1]
        elif text and not text.startswith("#"):
            if not reason:
                where = f"{exercise.id}/{FILE}:{number}"
                raise declare.ExerciseError(
                    f"{where}: no reason above it; write `# reason: ...` with why it means the same"
                )
            names[text] = reason
    return names


def run(exercise: declare.Exercise, connect: Connect, *, seeds: int = SEEDS) -> Outcome:
    """Try every mutant against all checks, hidden ones included.

    Parameters
    ----------
    exercise : Exercise
    connect : callable
        Runs a source text and returns a proxy of its functions.
    seeds : int
        A mutant survives if it passes every check at any one of these seeds: an instructor
        grades with one.

    Returns
    -------
    Outcome
        `problems` names survivors that are not listed and listed ones that do not survive.
    """
    known = listed(exercise)
    hurried = replace(exercise, limits=replace(exercise.limits, seconds=SECONDS))
    made = mutants(exercise.solution)
    order = list(exercise.checks)
    survivors = []
    for mutant in made:
        if _survives(mutant, hurried, connect, order, seeds):
            survivors.append(mutant.name)
    problems = [
        f"no check notices the change `{name}`; add an input that shows it, or list it in {FILE}"
        for name in survivors
        if name not in known
    ]
    problems += [
        f"{FILE} lists `{name}`, which {_why_not(name, made)}; remove the line"
        for name in known
        if name not in survivors
    ]
    return Outcome(len(made), tuple(survivors), tuple(problems))


def _why_not(name: str, made: Sequence[Mutant]) -> str:
    exists = any(mutant.name == name for mutant in made)
    return "a check rejects" if exists else "is no change of this solution"


def _survives(
    mutant: Mutant,
    exercise: declare.Exercise,
    connect: Connect,
    order: list[checks.Check],
    seeds: int,
) -> bool:
    """Whether all checks pass at some seed; the check that says no moves to the front."""
    try:
        learner = connect(mutant.source, exercise)
    except ValueError:  # it does not even load
        return False
    for seed in range(seeds):
        missed = _first_miss(learner, exercise, order, seed)
        if missed is None:
            return True
        if "TooSlowError" in missed.sentence:
            return False
    return False


def _first_miss(
    learner: proxy.Proxy, exercise: declare.Exercise, order: list[checks.Check], seed: int
) -> runner.Result | None:
    for check in tuple(order):
        (result,) = runner.run(replace(exercise, checks=(check,)), learner, seed=seed)
        if not result.passed:
            order.remove(check)
            order.insert(0, check)
            return result
    return None


Way = tuple[tuple[str, int | None], ...]


def _walk(node: ast.AST, path: Way) -> Iterator[tuple[Way, ast.AST]]:
    """Every node below `node` in the order of the text, with the way to it."""
    for name, value in ast.iter_fields(node):
        items = value if isinstance(value, list) else [value]
        for place, item in enumerate(items):
            if isinstance(item, ast.AST):
                step = (*path, (name, place if isinstance(value, list) else None))
                yield step, item
                yield from _walk(item, step)


def _at(root: ast.AST, path: Way) -> ast.AST:
    """The node at `path`."""
    for step, index in path:
        root = getattr(root, step) if index is None else getattr(root, step)[index]
    return root


def _put(root: ast.AST, path: Way, new: ast.AST) -> None:
    """Replace the node at `path`."""
    *way, (name, place) = path
    root = _at(root, tuple(way))
    if place is None:
        setattr(root, name, new)
    else:
        getattr(root, name)[place] = new


def _changes(node: ast.AST) -> Iterator[ast.AST]:
    """All replacements of one node."""
    match node:
        case ast.BinOp(left=left, op=op, right=right):
            for binary in BINARY.get(type(op), ()):
                yield ast.BinOp(left, binary(), right)
        case ast.AugAssign(target=target, op=op, value=value):
            for binary in BINARY.get(type(op), ()):
                yield ast.AugAssign(target, binary(), value)
            yield ast.Pass()
        case ast.Compare(left=left, ops=[op], comparators=others):
            for comparison in COMPARISON.get(type(op), ()):
                yield ast.Compare(left, [comparison()], others)
        case ast.BoolOp(op=logic, values=values):
            yield ast.BoolOp(ast.Or() if isinstance(logic, ast.And) else ast.And(), values)
            yield from values  # one of the conditions alone
        case ast.UnaryOp(operand=operand):
            yield operand
        case ast.If() | ast.While() | ast.IfExp():
            yield from _branches(node)
        case ast.Constant(value=bool(flag)):
            yield ast.Constant(not flag)
        case ast.Constant(value=int(number) | float(number)):
            yield ast.Constant(number + 1)
            yield ast.Constant(number - 1)
        case ast.Call():
            yield from _calls(node)
        case ast.Raise() | ast.Expr(value=ast.Call()):
            yield ast.Pass()
        case ast.Break():
            yield ast.Continue()
        case ast.Continue():
            yield ast.Break()


def _branches(node: ast.If | ast.While | ast.IfExp) -> Iterator[ast.AST]:
    """The condition taken always or never."""
    for flag in (True, False):
        if flag and isinstance(node, ast.While):
            continue  # would only wait for the time limit
        new = deepcopy(node)
        new.test = ast.Constant(flag)
        yield new


def _calls(node: ast.Call) -> Iterator[ast.AST]:
    """A call without one of its named arguments, or of the opposite function."""
    for place in range(len(node.keywords)):
        rest = [item for i, item in enumerate(node.keywords) if i != place]
        yield ast.Call(node.func, node.args, rest)
    match node.func:
        case ast.Name(id=name) if name in TWINS:
            yield ast.Call(ast.Name(TWINS[name], ast.Load()), node.args, node.keywords)
        case ast.Attribute(value=owner, attr=name) if name in TWINS:
            yield ast.Call(ast.Attribute(owner, TWINS[name]), node.args, node.keywords)


def _head(node: ast.AST) -> str:
    """The text of an expression, or the first line of a statement."""
    return ast.unparse(node).splitlines()[0]
