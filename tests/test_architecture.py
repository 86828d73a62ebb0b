"""The shape of the code: imports run one way, modules stay small, nothing happens at import, luck has one source."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import sim

ROOT = Path(__file__).parents[1]
FILES = sorted((ROOT / "sim").rglob("*.py"))
MODULES = {".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path for path in FILES}

# The pipeline. A room may import what stands in a line above it, and itself.
ORDER = (
    ("sources",),
    ("errors", "jit", "layout"),
    ("labels",),
    ("messages",),
    ("scenario",),
    ("luck", "rules", "gamma", "strategy", "copies", "output_analysis"),
    ("parameters", "population", "fitting"),
    ("engines", "memory"),
    ("tables",),
    ("tally",),
    ("simulation", "results"),
    ("ledger",),
    ("relations",),
    ("kpis", "aggregates"),
    ("replication",),
    ("store", "workers"),
    ("film", "story"),
    ("twins",),
    ("verdicts",),
    ("comparison",),
    ("experiment",),
    ("sweeping", "ballots", "economics", "process_log", "expectations"),
    ("figures", "patterns"),
    ("report",),
    ("records",),
    ("workshop",),
    ("sim",),
    ("cli",),
    ("__main__",),
)
RANK = {room: rank for rank, rooms in enumerate(ORDER) for room in rooms}
# Results show themselves: their figures are imported when somebody asks for them.
TYPES_ONLY = ("TYPE_CHECKING", "typing.TYPE_CHECKING")
AGAINST_THE_STREAM = {
    ("comparison", "figures"),
    ("twins", "figures"),
    ("experiment", "figures"),
    ("sweeping", "figures"),
    ("economics", "figures"),
    ("ballots", "figures"),
    ("comparison", "report"),
}


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def room(module: str) -> str:
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else "sim"


def imported(node: ast.AST) -> Iterator[str]:
    """Modules of sim that an import statement names."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names if alias.name.split(".")[0] == "sim")
    elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "sim":
        for alias in node.names:
            inner = f"{node.module}.{alias.name}"
            yield inner if inner in MODULES else str(node.module)


def at_import(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Statements that run when a module is imported; what only type checkers read does not."""
    for statement in body:
        if isinstance(statement, ast.If):
            if ast.unparse(statement.test) not in (*TYPES_ONLY, "__name__ == '__main__'"):
                yield from at_import(statement.body)
            yield from at_import(statement.orelse)
        elif isinstance(statement, ast.Try):
            for part in (statement.body, statement.orelse, statement.finalbody):
                yield from at_import(part)
        else:
            yield statement


def test_every_room_has_its_place():
    assert {room(module) for module in MODULES} == set(RANK), (
        "write a new room into ORDER, at its place in the pipeline"
    )


def statements(path: Path, at_import_only: bool) -> Iterator[ast.AST]:
    """All statements of a module, or those that run at its import; never what only type checkers read."""
    body = tree(path).body
    if at_import_only:
        yield from at_import(body)
        return
    for_types = {
        id(inner)
        for node in ast.walk(ast.Module(body, []))
        if isinstance(node, ast.If) and ast.unparse(node.test) in TYPES_ONLY
        for inner in ast.walk(node)
    }
    yield from (node for node in ast.walk(ast.Module(body, [])) if id(node) not in for_types)


@pytest.mark.parametrize("module", MODULES)
def test_imports_run_one_way(module):
    here = room(module)
    for node in statements(MODULES[module], at_import_only=False):
        for target in imported(node):
            there = room(target)
            if there != here and (here, there) not in AGAINST_THE_STREAM:
                assert RANK[there] < RANK[here], f"{module} imports {target}, which comes later in the pipeline"


def test_no_import_cycle_at_import_time():
    """Module by module, also within a room."""
    needs = {
        module: {target for node in statements(path, at_import_only=True) for target in imported(node)} - {module}
        for module, path in MODULES.items()
    }
    # a package runs before its modules but offers what they define: it only counts as one that needs them
    done: set[str] = set()
    while ready := {module for module in needs if module not in done and needs[module] <= done}:
        done |= ready
    stuck = {module: needs[module] - done for module in needs if module not in done}
    assert not stuck


@pytest.mark.parametrize("module", MODULES)
def test_modules_stay_small(module):
    assert len(MODULES[module].read_text(encoding="utf-8").splitlines()) <= 500


@pytest.mark.parametrize("module", MODULES)
def test_what_is_public_has_a_docstring(module):
    without = []

    def look(node: ast.AST, path: str) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and not child.name.startswith(
                "_"
            ):
                if ast.get_docstring(child) is None:
                    without.append(f"{path}.{child.name}")
                if isinstance(child, ast.ClassDef):
                    look(child, f"{path}.{child.name}")
            elif isinstance(child, ast.If | ast.Try):
                look(child, path)

    parsed = tree(MODULES[module])
    look(parsed, module)
    assert ast.get_docstring(parsed) or module.endswith("__main__") or not parsed.body, f"{module} has no docstring"
    assert not without


OWN_CLASS = "_Representer.add_representer("  # completes a class of the same module, as ruamel.yaml wants it
IO = {
    "open",
    "print",
    "input",
    "exec",
    "read_text",
    "read_bytes",
    "write_text",
    "write_bytes",
    "mkdir",
    "unlink",
    "run",
    "Popen",
}


@pytest.mark.parametrize("module", MODULES)
def test_import_has_no_side_effects(module):
    """No bare call, no loop, no reading or writing when a module is imported."""
    allowed = (
        ast.Import
        | ast.ImportFrom
        | ast.Assign
        | ast.AnnAssign
        | ast.FunctionDef
        | ast.ClassDef
        | ast.Expr
        | ast.Assert
    )
    for statement in at_import(tree(MODULES[module]).body):
        assert isinstance(statement, allowed), ast.unparse(statement)[:80]
        if isinstance(statement, ast.Expr) and not ast.unparse(statement).startswith(OWN_CLASS):
            assert isinstance(statement.value, ast.Constant), ast.unparse(statement)[:80]
        if isinstance(statement, ast.Assign | ast.AnnAssign) and statement.value is not None:
            for call in (node for node in ast.walk(statement.value) if isinstance(node, ast.Call)):
                name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
                assert name not in IO, ast.unparse(statement)[:80]


@pytest.mark.parametrize("module", MODULES)
def test_no_function_changes_module_state(module):
    assert not [node for node in ast.walk(tree(MODULES[module])) if isinstance(node, ast.Global)]


def test_the_package_offers_what_type_checkers_see():
    for_types = {
        (str(node.module).removeprefix("sim."), alias.name)
        for branch in tree(MODULES["sim"]).body
        if isinstance(branch, ast.If)
        for node in branch.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert for_types == {(module, name) for module, names in sim._MODULES.items() for name in names}
    assert sorted(name for _, name in for_types) == sorted(sim.__all__)
    assert all(getattr(sim, name) is not None for name in sim.__all__)
    assert not {f"sim.{name}" for name in sim.__all__} & set(MODULES), (
        "a module would stand for what it is called after"
    )


HEAVY = {"numba", "numpy", "pandas", "plotly", "scipy", "simpy", "pyarrow", "pydantic"}


def test_help_needs_no_library_of_the_simulation():
    said = "import sys; sys.argv[1:] = ['--help']; import sim.cli, atexit; atexit.register(lambda: print(*sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", f"{said}; sim.cli.main()"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert "compare" in done.stdout
    assert not HEAVY & set(done.stdout.splitlines()[-1].split())


def test_importing_the_package_says_nothing():
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", "import sim"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize("module", MODULES)
def test_luck_has_one_source(module):
    """Neither NumPy's nor Python's generators, nor SciPy's, nor the system's."""
    for node in ast.walk(tree(MODULES[module])):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [str(node.module), *(f"{node.module}.{alias.name}" for alias in node.names)]
        elif isinstance(node, ast.Attribute):
            names = [ast.unparse(node)]
        else:
            continue
        for name in names:
            parts = name.split(".")
            assert parts[0] not in ("random", "secrets", "uuid"), name
            assert parts[:2] not in (["np", "random"], ["numpy", "random"], ["os", "urandom"]), name
            assert parts[-1] != "rvs", name


ANNOTATIONS = ("__future__", "collections.abc", "typing")


@pytest.mark.parametrize("module", [module for module in MODULES if room(module) == "rules"])
def test_rules_use_math_and_other_rules_only(module):
    for node in ast.walk(tree(MODULES[module])):
        if isinstance(node, ast.Import):
            assert [alias.name for alias in node.names] == ["math"]
        elif isinstance(node, ast.ImportFrom):
            assert str(node.module) in ANNOTATIONS or room(str(node.module)) in ("jit", "rules"), node.module
        elif isinstance(node, ast.BinOp):
            assert not isinstance(node.op, ast.Pow), f"write x * x, line {node.lineno}: x ** y differs between engines"


def test_kernels_with_and_without_checks_of_indices_share_no_rules():
    """numba compiles a rule once, as the first kernel that calls it wants it: with checks or without."""
    marked = {"kernel": set(), "kernel_from_the_front": set(), "rule": set()}
    for module, path in MODULES.items():
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.FunctionDef):
                for decorator in node.decorator_list:
                    if isinstance(decorator, ast.Name) and decorator.id in marked:
                        marked[decorator.id].add(module)
    assert marked["kernel"] == {"sim.tables", "sim.tally"}
    assert marked["kernel_from_the_front"] == {"sim.population", "sim.engines.compiled"}
    for module in marked["kernel"]:
        for node in ast.walk(tree(MODULES[module])):
            if isinstance(node, ast.ImportFrom) and node.module != "sim.jit":
                found = {str(node.module), *(f"{node.module}.{alias.name}" for alias in node.names)}
                assert not found & (marked["rule"] - {module}), found


@pytest.mark.parametrize("module", [module for module in MODULES if room(module) != "cli"])
def test_code_does_not_know_which_strategy_it_simulates(module):
    """No name and no text speaks of a case's strategies, but for examples in docstrings and the help."""
    parsed = tree(MODULES[module])
    documentation = {
        id(node.body[0].value)
        for node in ast.walk(parsed)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node) is not None
    }
    for node in ast.walk(parsed):
        word = node.id if isinstance(node, ast.Name) else node.value if isinstance(node, ast.Constant) else ""
        if isinstance(word, str) and id(node) not in documentation:
            assert not {"siloed", "integrated"} & set(word.lower().replace("_", " ").split()), word
