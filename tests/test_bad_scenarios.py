"""Mistakes that authors of scenario files make, and what they are told."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from sim.errors import ScenarioError
from sim.scenario import load

VALID = Path(__file__).parent / "bad_files" / "valid.yaml"
TEXT = VALID.read_text(encoding="utf-8")


@dataclass(frozen=True)
class Mistake:
    """Text of the valid file, what an author writes instead, and the messages, each with its line."""

    name: str
    right: str
    wrong: str
    messages: list[str]


def read_mistakes(name: str) -> list[Mistake]:
    """Mistakes from a file beside the valid one."""
    return [Mistake(**entry) for entry in YAML(typ="safe").load(VALID.with_name(name))]


MISTAKES = read_mistakes("mistakes.yaml")
SUSPICIOUS = read_mistakes("suspicious.yaml")


def messages(text: str) -> list[str]:
    """Messages for a file `case.yaml` in the working directory."""
    Path("case.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        load("case.yaml")
    return str(caught.value).splitlines()


@pytest.fixture(autouse=True)
def _in_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_the_file_that_is_spoilt_is_valid_and_unsuspicious() -> None:
    assert load(VALID).warnings == ()


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.name.replace(" ", "_"))
def test_mistake(mistake: Mistake) -> None:
    assert TEXT.count(mistake.right) == 1
    assert messages(TEXT.replace(mistake.right, mistake.wrong)) == [f"case.yaml:{each}" for each in mistake.messages]


def test_all_mistakes_of_a_file_are_reported_at_once_in_its_order() -> None:
    names = [
        "unit missing",
        "share above 1",
        "misspelt key",
        "unknown kind",
        "opening hours",
        "profile with a missing hour",
        "unknown follow-up",
        "shares above 1",
        "spread of an exponential",
        "part of a week",
        "staffed without agents",
        "lever with two amounts",
        "lever out of bounds",
        "unknown lever",
    ]
    text, expected = TEXT, []
    for mistake in MISTAKES:
        if mistake.name in names:
            text = text.replace(mistake.right, mistake.wrong)
            expected += [f"case.yaml:{each}" for each in mistake.messages]
    found = messages(text)
    assert sorted(found) == sorted(expected)
    lines = [int(each.split(":")[1]) for each in found]
    assert lines == sorted(lines)
    assert len(found) == 15


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "case.yaml: the file is empty"),
        ("# only a comment\n", "case.yaml: the file is empty"),
        ("- a\n", "case.yaml:1: expected keys with values, such as 'name: My case'"),
        (
            "name: a\n\trun: b\n",
            "case.yaml:2: not valid YAML: found character '\\t' that cannot start any token; "
            "indent with spaces, not with tabs",
        ),
        (
            "name: Case 1: shoes\n",
            "case.yaml:1: not valid YAML: mapping values are not allowed here; indent alike what belongs together, "
            "write a space after each colon, put text with a colon in quotes",
        ),
        (
            "run: {warm_up: 4 weeks\nname: a\n",
            "case.yaml:2: not valid YAML: expected ',' or '}', but got ':'; "
            "check the indentation and the brackets here and in the lines above",
        ),
        ("name: a\n---\nname: b\n", "case.yaml:2: the file holds several documents, divided by '---'; keep one"),
        (
            "name: %a\n",
            "case.yaml:1: not valid YAML: found character '%' that cannot start any token; "
            "write the number first, such as 30 %, and put other text with a '%' in quotes",
        ),
        (
            "name: *a\n",
            "case.yaml:1: not valid YAML: found undefined alias 'a'; put text that begins with '*' in quotes",
        ),
        ("name: a\nquestion: \x07\n", "case.yaml:2: the character #x07 cannot stand in a text; delete it"),
        ("name: " + "[" * 3000 + "]" * 3000, "case.yaml: brackets or indentation go too deep, expected ten levels"),
        ("extends: .\n", "case.yaml:1: extends: is a folder, expected a file such as './case.yaml'"),
        ("extends: 3\n", "case.yaml:1: extends: expected the name of a file, or a list of names"),
        ("extends: [othr.yaml]\n", "case.yaml:1: extends.0: there is no file 'othr.yaml', did you mean 'other.yaml'?"),
        (
            "extends: ring.yaml\n",
            "ring.yaml:1: extends: the files extend each other in a circle: case.yaml -> ring.yaml -> case.yaml",
        ),
    ],
)
def test_file_that_cannot_be_read(text: str, expected: str) -> None:
    Path("other.yaml").write_text("name: other\n", encoding="utf-8")
    Path("ring.yaml").write_text("extends: case.yaml\n", encoding="utf-8")
    assert messages(text) == [expected]


def test_file_that_is_not_text() -> None:
    Path("case.yaml").write_bytes(b"name: \xff\n")
    with pytest.raises(ScenarioError, match=r"^case.yaml: the file is not text in UTF-8; save it as UTF-8$"):
        load("case.yaml")


def test_file_without_end() -> None:
    with pytest.raises(ScenarioError, match="more than 20,000,000 characters"):
        load("/dev/zero")


def test_aliases_of_aliases_do_not_fill_the_memory() -> None:
    lines = ["a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]"]
    lines += [f"{name}: &{name} [{', '.join(['*' + of] * 10)}]" for of, name in zip("abcdefg", "bcdefgh", strict=True)]
    (told,) = messages("\n".join(lines))
    assert told.endswith(": more than 500,000 values, expected a scenario; do aliases (*name) refer to aliases?")


@pytest.mark.parametrize(
    "text", ["\ufeff" + TEXT, TEXT.replace("\n", "\r\n"), TEXT.replace("customers: 200", "customers: &n 200")]
)
def test_what_editors_do_to_a_file_is_no_mistake(text: str) -> None:
    Path("case.yaml").write_bytes(text.encode("utf-8"))
    assert load("case.yaml").digest == load(VALID).digest


@pytest.mark.parametrize(
    ("section", "most", "entry"),
    [
        ("touchpoints", 31, "kind: self_service"),
        ("needs", 127, "served_at: {}"),
        ("segments", 127, "customers: 1"),
    ],
)
def test_too_many_entries(section: str, most: int, entry: str) -> None:
    present = len(load(VALID).content.raw[section])
    more = "".join(f"  more{number}: {{{entry}}}\n" for number in range(most - present + 1))
    text = TEXT.replace(f"\n{section}:\n", f"\n{section}:\n{more}", 1)
    line = TEXT.splitlines().index(f"{section}:") + 1
    told = f"got {most + 1} {section}, expected at most {most}; put together those that are alike"
    assert messages(text) == [f"case.yaml:{line}: {section}: {told}"]
    Path("case.yaml").write_text(text.replace("  more0:", "  # more0:"), encoding="utf-8")
    assert len(load("case.yaml").content.raw[section]) == most


def test_needs_that_cause_themselves_in_the_same_instant() -> None:
    text = TEXT.replace("distribution: constant, mean: 5 min", "distribution: constant, mean: 0 min")
    again = "{need: buy, after: resolved, share: 1, delay: 0 min}"
    text = text.replace("{need: question, after: resolved, share: 20 %, delay: 3 days, resolved_at: [shop]}", again)
    told = "the need causes itself again in the same instant, without end; give the follow-up a delay"
    assert messages(text) == [f"case.yaml:42: needs.buy.follow_ups: {told}"]


def test_nothing_is_sold_anywhere() -> None:
    text = TEXT.replace("{kind: self_service}", "{kind: self_service, carries: 0}")
    text = text.replace("kind: staffed\n", "kind: staffed\n    carries: 0\n").replace(
        "agents: 2, w", "agents: 2, carries: 0, w"
    )
    Path("case.yaml").write_text(text, encoding="utf-8")
    (warning,) = load("case.yaml").warnings
    assert (
        str(warning)
        == "case.yaml:20: touchpoints.web.carries: carries is 0 at every touchpoint: no product is sold anywhere"
    )


def test_a_lever_may_switch_on_what_is_off_today() -> None:
    text = TEXT.replace("passes_on: 0.3", "passes_on: 0.3, offered: 0, promise_at: phone")
    text = text.replace(
        "      - {path: needs.*.served_at.phone.resolves, add: 5 %}",
        """\
      - {path: needs.*.served_at.phone.offered, to: 1}
      - {path: needs.*.served_at.phone.promises, to: 0.5}""",
    )
    Path("case.yaml").write_text(text, encoding="utf-8")
    assert load("case.yaml").warnings == ()


def test_file_that_does_not_exist() -> None:
    Path("shoe_retailer.yaml").write_text(TEXT, encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        load("shoe_retailr.yaml")
    assert str(caught.value) == (
        "shoe_retailr.yaml: there is no file 'shoe_retailr.yaml', did you mean 'shoe_retailer.yaml'?"
    )


def test_folder_instead_of_a_file() -> None:
    with pytest.raises(ScenarioError, match=r"^\.: is a folder, expected a file$"):
        load(".")


def test_alias_to_itself_and_unreadable_key() -> None:
    found = messages("name: &me [*me]\n? [a]\n: 3\n")
    assert "case.yaml:1: name.0: the alias refers to itself" in found
    assert "case.yaml:2: a key must be plain text" in found


def test_mistake_in_an_extended_file_names_that_file_and_line() -> None:
    Path("base.yaml").write_text(TEXT.replace("margin: 30 %", "margin: 300 %"), encoding="utf-8")
    assert messages("extends: base.yaml\nname: Other\nsegments: {regular: {customers: -1}}\n") == [
        "base.yaml:36: needs.buy.margin: got '300 %', expected a share from 0 to 1, or '0 %' to '100 %'",
        "case.yaml:3: segments.regular.customers: got -1, expected a whole number of at least 0",
    ]


def test_a_section_of_the_wrong_shape_is_not_told_again_by_the_levers_that_change_it() -> None:
    Path("base.yaml").write_text(TEXT, encoding="utf-8")
    assert messages("extends: base.yaml\ntouchpoints:\n  - phone\n") == [
        "case.yaml:2: touchpoints: got a list, expected a mapping (key: value)"
    ]


def test_a_misspelt_name_in_an_extending_file_is_a_new_one_that_hardly_anybody_means() -> None:
    Path("base.yaml").write_text(TEXT, encoding="utf-8")
    told = "a new name, and less said than of 'regular'; did you mean 'regular'?"
    wrong = "extends: base.yaml\nsegments:\n  regluar: {customers: 5, "
    assert f"case.yaml:3: segments.regluar: {told}" in messages(wrong + "patience: 5 minuts}\n")
    Path("case.yaml").write_text(wrong + "needs_per_year: {buy: 1 per year}}\n", encoding="utf-8")
    assert [str(each) for each in load("case.yaml").warnings] == [f"case.yaml:3: segments.regluar: {told}"]
    Path("case.yaml").write_text("extends: base.yaml\nsegments: {regular: {customers: 5}}\n", encoding="utf-8")
    assert load("case.yaml").warnings == ()


@pytest.mark.parametrize("mistake", SUSPICIOUS, ids=lambda mistake: mistake.name.replace(" ", "_"))
def test_warning(mistake: Mistake) -> None:
    assert TEXT.count(mistake.right) == 1
    Path("case.yaml").write_text(TEXT.replace(mistake.right, mistake.wrong), encoding="utf-8")
    assert [str(each) for each in load("case.yaml").warnings] == [f"case.yaml:{each}" for each in mistake.messages]


def test_nobody_looks_around_in_a_letter_box() -> None:
    text = TEXT.replace("web: {kind: self_service}", "web: {kind: self_service}\n  letter: {kind: deferred}")
    assert messages(text.replace("  research_at: web", "  showroom_at: letter\n  research_at: web")) == [
        "case.yaml:51: behaviour.showroom_at: got 'letter', which is deferred, expected a place to look around"
    ]


def test_a_source_in_words_or_called_assumption_needs_no_declaration() -> None:
    for source in ("Talk with the shop manager", "assumption", "log, tills"):
        Path("case.yaml").write_text(TEXT.replace("source: tills", f"source: '{source}'"), encoding="utf-8")
        assert load("case.yaml").warnings == ()


JUNK = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-3, 3)
    | st.floats()
    | st.sampled_from(["", "*", "a.b", "web", "buy", "0 min", "100 %", "1e300 weeks", "always", "Mon 8:00-9:00"]),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from(["", "*", "value", "web", "buy", "path", "to", "levers"]), inner, max_size=2)
    ),
    max_leaves=4,
)


def places(node: Any, keys: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Paths of everything below a node of raw content."""
    below = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return [path for key, value in below for path in [(*keys, key), *places(value, (*keys, key))]]


CASE = load(VALID)
PLACES = places(CASE.content.raw)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(PLACES), JUNK)
def test_whatever_is_wrong_is_told_in_the_same_way(keys: tuple[Any, ...], junk: Any) -> None:
    """Junk anywhere in a scenario ends in a scenario or in a ScenarioError, never in another error."""
    with suppress(ScenarioError):
        assert CASE.change({".".join(map(str, keys)): junk}).strategies
