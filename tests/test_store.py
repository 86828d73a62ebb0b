import ast
import dataclasses
import gzip
import hashlib
import json
import math
import os
import pickle
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pandas.testing as pdt
import pytest
from cases import COMPANY, company, scenario
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

import sim
from sim import experiment, records, replication, sources, store
from sim.cli import app
from sim.errors import ArgumentError
from sim.replication import Replication, Unit, identity, measured
from sim.scenario import load
from sim.scenario.paths import numbers
from sim.store import Key, Store, StoreWarning, opened
from sim.tally import Tally

CASE = Path(__file__).parent / "cases" / "two_touchpoints.yaml"
QUIET = {"executor": "serial", "progress": False}


@pytest.fixture(scope="module")
def case():
    return load(CASE)


@pytest.fixture(scope="module")
def plain(case):
    """The comparison, without a store."""
    return experiment.compare(case, replications=2, seed=2, store=False, **QUIET)


@pytest.fixture
def kept(tmp_path):
    return Store(tmp_path / "results")


@pytest.fixture
def simulations(monkeypatch):
    """What is really simulated, as strategy and replication."""
    done = []

    def noted(unit, engine, stop=None):
        done.append((unit.strategy, unit.replication))
        return measured(unit, engine, stop)

    monkeypatch.setattr(experiment, "measured", noted)
    return done


def assert_same(one, other):
    pdt.assert_frame_equal(one.replications, other.replications, check_exact=True)
    pdt.assert_frame_equal(one.table, other.table, check_exact=True)
    assert one.aggregates.keys() == other.aggregates.keys()
    for name, table in one.aggregates.items():
        pdt.assert_frame_equal(other.aggregates[name], table, check_exact=True)
    assert repr(one) == repr(other)


def files(kept):
    return sorted(kept.folder.rglob("*.json.gz"))


# --- with and without a store ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("workers", ["serial", 2])
@pytest.mark.parametrize("engine", ["reference", "compiled"])
def test_results_with_a_store_are_those_without(case, plain, kept, engine, workers, simulations):
    if engine == "compiled":
        pytest.importorskip("numba")
    first = experiment.compare(
        case, replications=2, seed=2, store=kept, engine=engine, executor=workers, progress=False
    )
    assert_same(first, plain)
    assert len(kept.entries()) == 6
    simulations.clear()
    again = experiment.compare(case, replications=2, seed=2, store=kept.folder, engine="reference", **QUIET)
    assert simulations == []
    assert_same(again, plain)


def test_only_what_is_new_is_simulated(case, kept, simulations):
    some = {"seed": 2, "store": kept, **QUIET}
    experiment.compare(case, ["today", "shared"], replications=1, **some)
    simulations.clear()
    experiment.compare(case, ["today", "shared"], replications=3, **some)
    assert sorted(simulations) == [("shared", 1), ("shared", 2), ("today", 1), ("today", 2)]
    simulations.clear()
    three = experiment.compare(case, replications=3, **some)
    assert sorted(simulations) == [("trained", 0), ("trained", 1), ("trained", 2)]
    assert_same(three, experiment.compare(case, replications=3, **some | {"store": False}))
    simulations.clear()
    experiment.compare(case, ["today", "shared"], replications=1, **some | {"seed": 3})
    experiment.compare(case, ["today", "shared"], replications=1, scale=0.5, **some)
    assert len(simulations) == 4


def test_what_must_be_equal_is_simulated_once(case, simulations):
    other = case.change({"decision.confidence": 0.9, "strategies.shared.levers.shared_case.coverage": 0.5})
    units = [Unit(which, "today", 1, 0) for which in (case, other, case)]
    one, two, three = experiment.obtained(units, None, "serial", None, False)
    assert simulations == [("today", 0)]
    assert one is two is three


def test_a_run_and_a_repetition_always_simulate(case, tmp_path, monkeypatch):
    folder = tmp_path / "results"
    monkeypatch.setenv("JOURNEYSIM_STORE", str(folder))
    sim.run(case, replications=1, **QUIET)
    sim.run(case, replications=1, collect="kpis", **QUIET)
    assert not folder.exists()
    record = {"kind": "comparison", "strategies": ["today", "shared"], "replications": 1, "seed": 1, "scale": 1.0}
    record |= {"scenario": case.to_yaml(), "files": [], "sha256": {}}
    (tmp_path / "record.json").write_text(json.dumps(record))
    records.repeat(tmp_path / "record.json", "serial", False)
    assert not folder.exists()


# --- the form of an entry --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def key(case):
    return Key.of(Unit(case, "shared", 2, 0))


@pytest.fixture(scope="module")
def result(case):
    return measured(Unit(case, "shared", 2, 0))


def assert_equal(one: Replication, other: Replication):
    assert (one.strategy, one.replication) == (other.strategy, other.replication)
    assert [(name, repr(float(value))) for name, value in one.kpis.items()] == [
        (name, repr(float(value))) for name, value in other.kpis.items()
    ]
    for name, array in one.tally._asdict().items():
        kept = getattr(other.tally, name)
        assert (kept.dtype, kept.shape, kept.tobytes()) == (array.dtype, array.shape, array.tobytes()), name


def test_an_entry_comes_back_as_it_was(kept, key, result):
    assert any(math.isnan(value) for value in result.kpis.values())
    kept.keep(key, result, "Two touchpoints")
    assert_equal(kept.look_up([key])[key], result)


@given(st.lists(st.floats(), min_size=1, max_size=5), st.lists(st.floats(), max_size=3))
def test_every_number_comes_back_exactly(tmp_path_factory, values, sums):
    kept = Store(tmp_path_factory.mktemp("results"))
    key = Key("s", "today", 1, 0, store.code_version())
    arrays = {name: np.arange(4).reshape(2, 2) for name in Tally._fields} | {"waiting_min": np.array(sums)}
    result = Replication("today", 0, {str(at): value for at, value in enumerate(values)}, Tally(**arrays))
    kept.keep(key, result, "some\u2028name\n")
    assert_equal(kept.look_up([key])[key], result)
    assert kept.entries()["scenario"].tolist() == ["some\u2028name\n"]


def test_a_year_in_which_nothing_happens_can_be_kept(case, kept):
    unit = Unit(case.change({"segments.households.needs_per_year.question": "0 per year"}), "today", 1, 0)
    kept.keep(Key.of(unit), measured(unit), "Nothing")
    assert_equal(kept.look_up([Key.of(unit)])[Key.of(unit)], measured(unit))


def test_an_entry_is_small_and_describes_itself(kept, key, result):
    kept.keep(key, result, "Two touchpoints")
    (file,) = files(kept)
    assert file.stat().st_size < 8192
    head, body, checksum = gzip.decompress(file.read_bytes()).decode().splitlines()
    assert json.loads(head)["key"] == dataclasses.asdict(key)
    assert json.loads(head)["scenario"] == "Two touchpoints"
    assert json.loads(body)["kpis"].keys() == result.kpis.keys()
    assert checksum == hashlib.sha256(f"{head}\n{body}\n".encode()).hexdigest()


# --- what cannot be trusted ------------------------------------------------------------------------------------------


class Trap:
    """What a cache must never do: run what it reads."""

    def __reduce__(self):
        return (os.abort, ())


def lines(content: bytes) -> list[str]:
    return gzip.decompress(content).decode().splitlines()


def packed(*parts: str, checksum: str | None = None) -> bytes:
    text = "".join(f"{part}\n" for part in parts)
    own = hashlib.sha256(text.encode()).hexdigest() if checksum is None else checksum
    return gzip.compress(f"{text}{own}\n".encode())


def with_key(content: bytes, **changes) -> bytes:
    head, body, _ = lines(content)
    told = json.loads(head)
    told["key"] |= changes
    return packed(json.dumps(told), body)


DAMAGE = {
    "empty": lambda content: b"",
    "cut off": lambda content: content[:-9],
    "half": lambda content: content[: len(content) // 2],
    "text": lambda content: b"no result at all\n",
    "pickle": lambda content: pickle.dumps(Trap()),
    "packed pickle": lambda content: gzip.compress(pickle.dumps(Trap())),
    "not UTF-8": lambda content: gzip.compress(b"\xff\n\xff\n\xff\n"),
    "other number": lambda content: packed(
        lines(content)[0], lines(content)[1].replace("0.", "1.", 1), checksum=lines(content)[2]
    ),
    "no checksum": lambda content: gzip.compress("\n".join(lines(content)[:2]).encode()),
    "no JSON": lambda content: packed("{", "}"),
    "no key": lambda content: packed("{}", "{}"),
    "a list": lambda content: packed("[]", "[]"),
    "nothing in it": lambda content: packed(lines(content)[0], "{}"),
    "a text as number": lambda content: packed(lines(content)[0], '{"kpis": {"a": "b"}, "tally": {}}'),
    "deep": lambda content: packed(lines(content)[0], "[" * 100_000),
    "other seed": lambda content: with_key(content, seed=3),
    "other code": lambda content: with_key(content, code="0" * 64),
    "other scenario": lambda content: with_key(content, scenario="0" * 64),
    "more in the key": lambda content: with_key(content, engine="fast"),
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE.keys())
def test_a_damaged_or_foreign_entry_is_computed_again(case, plain, kept, simulations, damage):
    some = {"replications": 2, "seed": 2, "store": kept, **QUIET}
    experiment.compare(case, **some)
    victim = kept._file(Key.of(Unit(case, "shared", 2, 1)))
    sound = victim.read_bytes()
    victim.write_bytes(damage(sound))
    simulations.clear()
    with pytest.warns(StoreWarning, match="cannot be trusted are computed again") as warned:
        again = experiment.compare(case, **some)
    assert len(warned) == 1
    assert str(victim) in str(warned[0].message)
    assert simulations == [("shared", 1)]
    assert_same(again, plain)
    assert lines(victim.read_bytes())[1:2] == lines(sound)[1:2]
    experiment.compare(case, **some)
    assert simulations == [("shared", 1)]


def test_many_damaged_entries_are_one_warning(case, plain, kept):
    some = {"replications": 2, "seed": 2, "store": kept, **QUIET}
    experiment.compare(case, **some)
    for file in files(kept):
        file.write_bytes(b"")
    with pytest.warns(StoreWarning, match="and 5 more") as warned:
        assert_same(experiment.compare(case, **some), plain)
    assert len(warned) == 1


@pytest.fixture(scope="module")
def entry(key, result):
    return store._written(key, result, "Two touchpoints")


@settings(max_examples=300)
@given(data=st.data())
def test_whatever_happens_to_a_byte_no_wrong_result_comes_back(entry, key, result, data):
    at = data.draw(st.integers(0, len(entry) - 1))
    change = data.draw(st.sampled_from(["byte", "cut", "insert", "delete"]))
    byte = bytes([data.draw(st.integers(0, 255))])
    content = {
        "byte": entry[:at] + byte + entry[at + 1 :],
        "cut": entry[:at],
        "insert": entry[:at] + byte + entry[at:],
        "delete": entry[:at] + entry[at + 1 :],
    }[change]
    try:
        found = store._parsed(content, key)
    except store._DAMAGE:
        return
    assert_equal(found, result)


def test_a_folder_in_the_place_of_an_entry_harms_nobody(case, plain, kept):
    kept._file(Key.of(Unit(case, "shared", 2, 1))).mkdir(parents=True)
    with pytest.warns(StoreWarning) as warned:
        assert_same(experiment.compare(case, replications=2, seed=2, store=kept, **QUIET), plain)
    assert ["computed again" in str(each.message) for each in warned] == [True, False]
    assert "results are not kept" in str(warned[1].message)


def test_a_full_disk_is_a_warning(case, plain, kept, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fdopen", full)
    with pytest.warns(StoreWarning, match="results are not kept: .*No space left") as warned:
        assert_same(experiment.compare(case, replications=2, seed=2, store=kept, **QUIET), plain)
    assert len(warned) == 1
    assert not list(kept.folder.rglob("*.part"))


# --- what a key covers -----------------------------------------------------------------------------------------------


WITHOUT_EFFECT = {
    "name": {"name": "Another name"},
    "question": {"question": "Why?"},
    "sources": {"sources": {"Q1": "a book"}},
    "label": {"touchpoints.hotline.label": "Telephone", "segments.private.label": "People"},
    "range and source": {"loyalty.gain": {"value": 0.2, "low": 0.1, "high": 0.3, "source": "Q9"}},
    "written otherwise": {"touchpoints.web.identifies": "80 %", "run.warm_up": "14 days"},
    "hours written otherwise": {"touchpoints.hotline.open": "Mon-Thu 9:00-17:00, Fri 9:00-17:00, Sat 9:00-12:00"},
    "primary KPIs": {"decision.primary": {"loyalty_mean_points": 1}},
    "confidence": {"decision.confidence": 0.8},
    "economics": {"economics.discount_rate": "5 % per year"},
    "expectations": {
        "expect": [{"kpi": "churn_share", "strategy": "trained", "band": [0, 1], "reason": "it is a share"}]
    },
    "another strategy": {"strategies.joined.levers.joined_up.coverage": 0.1},
    "a new strategy": {"strategies.later": {"levers": {"training": {"start": "2 weeks"}}}},
    "a lever of others": {"levers.joined_up.one_off": "1 EUR"},
    "a new lever": {"levers.other": {"changes": [{"path": "loyalty.gain", "to": 1}]}},
}


@pytest.mark.parametrize("changes", WITHOUT_EFFECT.values(), ids=WITHOUT_EFFECT.keys())
def test_what_has_no_effect_is_not_part_of_the_key_and_has_none(changes):
    before, after = company(), company(changes)
    assert before.digest != after.digest
    assert identity(before, "trained") == identity(after, "trained")
    results = [measured(Unit(each, "trained", 1, 0)) for each in (before, after)]
    assert_equal(*results)


def test_every_number_that_can_have_an_effect_is_part_of_the_key():
    base = company()
    used = ("levers.training", "strategies.trained", "decision.write_off")
    paths = [
        path
        for path, _ in numbers(base.content.raw)
        if path.startswith(used)
        or path.split(".")[0] not in ("levers", "strategies", "decision", "economics", "expect")
    ]
    assert len(paths) > 200
    assert "decision.write_off" in paths
    known = {identity(base, "trained"): "no change"}
    for path in paths:
        quantity = base.quantity(path)
        changed = quantity.value + 1 if quantity.kind.allows(quantity.value + 1) else quantity.value / 2 + 0.01
        other = dataclasses.replace(base, document=base.with_values({path: changed}))
        found = identity.__wrapped__(other, "trained")
        assert known.setdefault(found, path) == path


@pytest.mark.parametrize(
    "changes",
    [
        {"touchpoints.hotline.open": "Mon-Fri 9:00-16:45, Sat 9:00-12:00"},
        {"touchpoints.store.agents": {"Mon-Fri 10:00-18:00": 1, "Sat 10:00-14:15": 2, "Sat 14:15-18:00": 1}},
        {"needs.question.profile": None},
        {"needs.purchase.buys": False},
        {"needs.question.served_at.hotline.service_time.distribution": "constant",
         "needs.question.served_at.hotline.service_time.spread": 0},
        {"behaviour.research_at": None, "segments.private.research_first": {}, "segments.business.research_first": {}},
        {"needs.purchase.follow_ups.0.resolved_at": ["web"]},
        {"needs.purchase.follow_ups.1.after": "given_up"},
        {"levers.training.changes.0.to": 0.91},
        {"levers.training.changes.2.path": "frustrations.passed_on.severity"},
        {"strategies.trained.levers.training.start": "-2 weeks"},
        {"strategies.trained.levers": {}},
    ],
    ids=lambda changes: next(iter(changes)),
)  # fmt: skip
def test_what_is_no_number_is_part_of_the_key(changes):
    assert identity(company(), "trained") != identity(company(changes), "trained")


def test_order_is_part_of_the_key():
    turned = COMPANY.replace("  training:\n    changes:", "  training:\n    label: x\n    changes:")
    assert identity(scenario(turned), "trained") == identity(company(), "trained")
    raw = company().content.raw
    other = {**raw, "touchpoints": dict(reversed(raw["touchpoints"].items()))}
    assert identity(scenario(other), "trained") != identity(company(), "trained")


def test_an_unknown_kind_of_value_is_never_left_out():
    with pytest.raises(TypeError, match="cannot tell whether"):
        replication._plain({"new": object()})


def test_the_sources_of_a_result_are_all_that_it_imports():
    root = Path(sim.__file__).parent
    waiting, found = ["sim.replication"], set()
    while waiting:
        name = waiting.pop()
        if name in found or name == "sim":
            continue
        found.add(name)
        place = root.joinpath(*name.split(".")[1:])
        file = place / "__init__.py" if place.is_dir() else place.with_suffix(".py")
        waiting.append(name.rpartition(".")[0])
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "sim":
                for alias in node.names:
                    inner = root.joinpath(*node.module.split(".")[1:], alias.name)
                    is_module = inner.is_dir() or inner.with_suffix(".py").exists()
                    waiting.append(f"{node.module}.{alias.name}" if is_module else node.module)
            assert not isinstance(node, ast.Import) or not any(alias.name.startswith("sim") for alias in node.names)
    assert {name.split(".")[1] for name in found} == set(sources.RESULTS)


def test_a_changed_source_is_another_version(tmp_path, monkeypatch):
    for part in sources.RESULTS:
        place = Path(sim.__file__).parent / part
        for file in place.rglob("*.py") if place.is_dir() else [place.with_suffix(".py")]:
            copy = tmp_path / file.relative_to(place.parent)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(file.read_bytes())
    monkeypatch.setattr(sources, "__file__", str(tmp_path / "sources.py"))
    digest = sources.digest.__wrapped__
    before = digest(*sources.RESULTS)
    assert before == sources.digest(*sources.RESULTS)
    (tmp_path / "labels.py").write_text("# what people read decides about nothing")
    assert digest(*sources.RESULTS) == before
    rule = tmp_path / "rules" / "loyalty.py"
    rule.write_text(rule.read_text() + "\n")
    assert digest(*sources.RESULTS) != before


def test_entries_of_another_version_are_not_used(case, kept, simulations, monkeypatch):
    some = {"replications": 1, "store": kept, **QUIET}
    experiment.compare(case, **some)
    monkeypatch.setattr(store, "code_version", lambda: "f" * 64)
    experiment.compare(case, **some)
    assert len(simulations) == 6
    assert kept.entries()["usable"].sum() == 3
    assert len(kept.entries()) == 6


# --- two processes ---------------------------------------------------------------------------------------------------


AT_ONCE = f"""
import sys, hashlib, sim
case = sim.load({str(CASE)!r})
for seed in range(4):
    result = sim.compare(case, replications=4, seed=seed, store=sys.argv[1], executor="serial", progress=False)
    print(hashlib.sha256(result.replications.to_csv().encode()).hexdigest())
"""


def test_two_processes_use_the_store_at_once(kept):
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(path or os.getcwd() for path in sys.path)}
    command = [sys.executable, "-W", "error", "-c", AT_ONCE, str(kept.folder)]
    both = [
        subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    told = [process.communicate(timeout=120) for process in both]
    assert [complaint for _, complaint in told] == ["", ""]
    assert told[0][0] == told[1][0]
    assert len(told[0][0].splitlines()) == 4
    assert len(kept.entries()) == 4 * 3 * 4
    assert kept.entries()["usable"].all()
    assert not list(kept.folder.rglob("*.part"))


HAMMER = """
import sys, time, pickle
from sim.store import Store
key, result, folder = pickle.loads(bytes.fromhex(sys.stdin.read()))
until = time.monotonic() + 3.0
while time.monotonic() < until:
    Store(folder).keep(key, result, "hammered")
"""


def test_who_reads_while_others_write_sees_all_or_nothing(kept, key, result):
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(path or os.getcwd() for path in sys.path)}
    told = pickle.dumps((key, result, kept.folder)).hex()
    writers = []
    for _ in range(2):
        writers.append(
            subprocess.Popen([sys.executable, "-c", HAMMER], env=environment, stdin=subprocess.PIPE, text=True)
        )
        writers[-1].stdin.write(told)
        writers[-1].stdin.close()
    reads = 0
    while any(process.poll() is None for process in writers):
        found = kept.look_up([key])  # a warning would be an error
        reads += len(found)
    assert [process.wait() for process in writers] == [0, 0]
    assert reads > 100
    assert_equal(kept.look_up([key])[key], result)


# --- list and prune --------------------------------------------------------------------------------------------------


@pytest.fixture
def filled(case, kept):
    experiment.compare(case, replications=2, store=kept, **QUIET)
    return kept


def test_the_list_says_what_is_kept(filled):
    table = filled.entries()
    assert list(table) == ["scenario", "strategy", "seed", "replication", "written", "bytes", "usable", "file"]
    assert table["scenario"].unique().tolist() == ["Two touchpoints"]
    assert sorted(zip(table["strategy"], table["replication"], strict=True))[0] == ("shared", 0)
    assert table["bytes"].sum() == sum(file.stat().st_size for file in files(filled))
    assert (pd.Timestamp.now("UTC") - table["written"]).dt.total_seconds().between(-1, 600).all()
    text = repr(filled)
    assert f"{filled.folder}: 6 results" in text
    assert "Two touchpoints" in text
    assert "<table" in filled._repr_html_()


def test_an_empty_store_says_so_and_makes_no_folder(kept):
    assert len(kept.entries()) == 0
    assert repr(kept) == f"{kept.folder}: 0 results, 0.0 MB"
    assert "0 results" in kept._repr_html_()
    assert len(kept.prune()) == 0
    assert not kept.folder.exists()


def test_pruning_deletes_what_cannot_be_used(filled, monkeypatch):
    first, second, *_ = files(filled)
    first.write_bytes(b"")
    foreign = [filled.folder / "notes.txt", first.parent / "notes.json.gz", first.parent / ".other.part"]
    for file in foreign:
        file.write_text("mine")
    leftover, fresh = (first.parent / f".{'0' * 64}-{name}.part" for name in ("old", "new"))
    for file in (leftover, fresh):
        file.write_bytes(b"half")
    os.utime(leftover, (time.time() - 7200,) * 2)
    old = filled.folder / ("0" * 16) / second.name
    old.parent.mkdir()
    old.write_bytes(with_key(second.read_bytes(), code="0" * 64))
    assert "(not readable)" in repr(filled)
    deleted = filled.prune()
    assert sorted(deleted["file"]) == sorted([str(first), str(old)])
    assert not old.parent.exists()
    assert not leftover.exists()
    assert fresh.exists()
    assert all(file.read_text() == "mine" for file in foreign)
    assert len(filled.entries()) == 5


def test_pruning_by_age_and_altogether(filled):
    aged = files(filled)[0]
    head, body, _ = lines(aged.read_bytes())
    aged.write_bytes(packed(json.dumps(json.loads(head) | {"written": time.time() - 40 * 86400}), body))
    assert len(filled.prune(older_than_days=50)) == 0
    assert filled.prune(older_than_days=30)["file"].tolist() == [str(aged)]
    assert len(filled.prune(everything=True)) == 5
    assert list(filled.folder.iterdir()) == []
    with pytest.raises(ArgumentError, match="older_than_days must be a number of at least 0, got -1"):
        filled.prune(older_than_days=-1)


# --- which store -----------------------------------------------------------------------------------------------------


def test_the_default_store_is_named_by_the_environment(tmp_path, monkeypatch):
    assert os.environ["JOURNEYSIM_STORE"] == "off"
    assert opened(None) is None
    monkeypatch.setenv("JOURNEYSIM_STORE", str(tmp_path))
    assert opened(None).folder == opened(True).folder == Store().folder == tmp_path
    assert opened(False) is None
    monkeypatch.delenv("JOURNEYSIM_STORE")
    monkeypatch.setattr(store, "user_cache_path", lambda name: tmp_path / name)
    assert Store().folder == tmp_path / "journeysim" / "results"
    assert opened(tmp_path / "a").folder == opened(str(tmp_path / "a")).folder == tmp_path / "a"
    mine = Store(tmp_path / "b")
    assert opened(mine) is mine


def test_what_is_no_store_is_an_error_before_anything_runs(case, tmp_path, simulations):
    (tmp_path / "file").write_text("")
    with pytest.raises(ArgumentError, match="is a file, expected a folder for results"):
        experiment.compare(case, store=tmp_path / "file", **QUIET)
    with pytest.raises(ArgumentError, match="store must be a Store, a folder, None, True or False, got 3"):
        experiment.compare(case, store=3, **QUIET)
    assert simulations == []


# --- command line ----------------------------------------------------------------------------------------------------


@pytest.fixture
def journeysim(tmp_path, monkeypatch):
    monkeypatch.setenv("JOURNEYSIM_STORE", str(tmp_path / "results"))

    def call(*arguments: object, code: int = 0):
        result = CliRunner().invoke(app, [str(argument) for argument in arguments])
        assert result.exit_code == code, result.output
        return result

    return call


COMPARE = ["compare", CASE, "--replications", "2", "--workers", "1"]


def test_the_command_line_keeps_results_lists_and_prunes_them(journeysim, tmp_path, simulations):
    without = journeysim(*COMPARE, "--no-store").stdout
    assert not (tmp_path / "results").exists()
    assert journeysim(*COMPARE).stdout == without
    simulations.clear()
    assert journeysim(*COMPARE).stdout == without
    assert simulations == []
    shown = journeysim("store").stdout
    assert f"{tmp_path / 'results'}: 6 results" in shown
    assert "Two touchpoints" in shown
    assert "deleted: 0 results" in journeysim("store", "--prune").stdout
    assert "deleted: 0 results" in journeysim("store", "--prune", "--older-than", "1").stdout
    assert "deleted: 6 results" in journeysim("store", "--prune", "--all").stdout
    assert "0 results" in journeysim("store", "--folder", tmp_path / "elsewhere").stdout


def test_the_command_line_says_what_goes_together(journeysim, tmp_path):
    for flags in (["--all"], ["--older-than", "3"]):
        assert "add --prune" in journeysim("store", *flags, code=2).stderr
    assert "older_than_days" in journeysim("store", "--prune", "--older-than", "-3", code=2).stderr
    (tmp_path / "results").write_text("")
    assert "is a file" in journeysim("store", code=2).stderr
    shown = journeysim("store", "--help").stdout
    assert "journeysim store --prune --older-than 90" in shown
    assert "--no-store" in journeysim("compare", "--help").stdout
