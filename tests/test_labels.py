"""Words, sentences and numbers in two languages."""

import ast
import importlib
import pkgutil
import re
import string
from pathlib import Path

import pytest

from sim import messages
from sim.errors import ArgumentError
from sim.kpis import catalogue
from sim.labels import ENGLISH, GERMAN, kpi_label, label, language, number, signed, spoken, unit_label, value
from sim.messages import TEXTS, definition, kpis, say
from sim.messages.keys import GERMAN_KEYS
from sim.report.parts import Amount
from sim.scenario import Fact, FrustrationType, load
from sim.scenario.paths import at

CASES = sorted((Path(__file__).parents[1] / "scenarios").glob("*.yaml"))


def test_every_label_has_both_languages():
    assert set(ENGLISH) == set(GERMAN)
    assert all(text.strip() == text and text for words in (ENGLISH, GERMAN) for text in words.values())


def test_every_frustration_type_and_kpi_has_its_words():
    known = {kind.value for kind in FrustrationType}
    assert known <= set(ENGLISH)
    for file in CASES:
        for kpi in catalogue(load(file)):
            assert kpis.german(kpi.name), f"{kpi.name} has no definition in German, see sim.messages.kpis"
            english = kpi_label(kpi.name)
            with language("de"):
                assert kpi_label(kpi.name) != english


def test_every_sentence_fills_in_the_same_in_both_languages():
    def filled(text):
        return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}

    different = [key for key, (english, german) in TEXTS.items() if filled(english) != filled(german)]
    assert different == []
    edges = [key for key, (english, german) in TEXTS.items() if english[:1].isspace() != german[:1].isspace()]
    assert edges == [], "one begins with a space, the other does not"
    assert [key for key, (english, german) in TEXTS.items() if bool(english) != bool(german)] == []


def test_no_sentence_is_written_twice_under_one_key():
    modules = [
        importlib.import_module(f"sim.messages.{module.name}") for module in pkgutil.iter_modules(messages.__path__)
    ]
    keys = [key for module in modules for key in getattr(module, "TEXTS", ())]
    assert sorted(keys) == sorted(TEXTS)


def test_every_number_of_a_scenario_has_its_words_in_german():
    english = set()
    with language("de"):
        assert [fact.value for fact in Fact if label(fact.value) == fact.value] == []
        for file in CASES:
            case = load(file)
            for path in case.assumptions()["path"]:
                places = [at(path.split(".")[:depth]) for depth in range(len(path.split(".")))]
                fixed = [key for key, around in zip(path.split("."), places, strict=True) if around.model is not None]
                english |= {key for key in fixed if key not in GERMAN and key not in GERMAN_KEYS}
    assert english == set()
    assert [key for key in GERMAN_KEYS if key in GERMAN] == []


def test_numbers_in_german():
    with language("de"):
        assert [number(x) for x in (1234567.0, -0.5, 41.26, 0.0123)] == ["1.234.567", "−0,5", "41,3", "0,0123"]
        assert value(0.0563, "share") == "5,63"
        assert unit_label("EUR per hour") == "EUR je Stunde"
    assert number(1234.5, 5) == "1,234.5"


def test_all_that_people_read_has_one_minus_sign():
    written = [number(-1234.0), value(-0.05, "share"), signed(-0.05, "share"), str(Amount(-2.0, "min"))]
    assert written == ["−1,234", "−5", "−5", "−2"]
    assert str(Amount(-2.0, "min", signed=True)) == "−2"


def test_a_language_lasts_as_long_as_its_block():
    assert spoken() == "en"
    with language("de"):
        with language("en"):
            assert label("better") == "better"
        assert label("better") == "besser"
        with pytest.raises(ZeroDivisionError), language("en"):
            raise ZeroDivisionError
        assert spoken() == "de"
    assert spoken() == "en"


def test_words_of_the_program_go_before_names_of_the_scenario_and_these_before_usual_names():
    with language("de", {"store": "Läden", "better": "falsch"}):
        assert [label(name) for name in ("store", "better", "hotline", "click_and_collect")] == [
            "Läden",
            "besser",
            "Hotline",
            "click and collect",
        ]


def test_an_unknown_language_is_named():
    with pytest.raises(ArgumentError, match="got 'fr', expected 'en' or 'de'"), language("fr"):
        pass


def test_definitions():
    with language("de"):
        assert definition("waiting_min", "Mean waiting time.").startswith("Mittlere Wartezeit")
        assert definition("passed_on_per_100_journeys", "") == (
            "Frustrationsereignisse der Art „weitergereicht“ je 100 Kundenreisen."
        )
        assert definition("not_known_yet", "In English.") == "In English."


def test_nothing_is_said_of_one_in_the_plural():
    assert say("case.back after", strategy="A", months="1") == "A after 1 month"
    with language("de"):
        assert say("case.back after", strategy="A", months="2") == "A nach 2 Monaten"
        assert say("workshop.agents_value", value="−1") == "−1 Person"
    plurals = r"\{pairs\} (?:\w+ )?(replications|Wiederholungen)"
    assert [key for key, said in TEXTS.items() for text in said if re.search(plurals, text)] == []


def test_say_fills_in_and_misses_what_is_missing():
    assert say("interval", low="1", high="2") == "1 to 2"
    with pytest.raises(KeyError):
        say("interval", low="1")


def test_every_sentence_is_said_somewhere():
    """Keys stand in the code as they are, or are made of texts and names."""
    files = [path for path in (Path(__file__).parents[1] / "sim").rglob("*.py") if path.parent.name != "messages"]
    nodes = [node for path in files for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))]
    strings = {node.value for node in nodes if isinstance(node, ast.Constant)}
    made = [
        re.compile("".join(re.escape(part.value) if isinstance(part, ast.Constant) else ".+" for part in node.values))
        for node in nodes
        if isinstance(node, ast.JoinedStr)
    ]
    named = [each for each in made if re.match(r"[a-z_]+\\\.", each.pattern)]
    begun = {each for each in strings if isinstance(each, str) and "." in each}  # completed by a name

    def is_said(key):
        return key in strings or key.rpartition(".")[0] in begun or any(each.fullmatch(key) for each in named)

    assert [key for key in TEXTS if not is_said(key)] == []
