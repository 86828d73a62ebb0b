"""Nothing that stakeholders read stays English: every figure, and everything the workshop shows."""

import re
from pathlib import Path

import pytest
from words import NAMES, assert_german, shown

import sim
from sim.economics import business_case
from sim.figures import ComparisonFigures, RunFigures
from sim.figures.business_case import BusinessCaseFigures
from sim.labels import language
from sim.messages import TEXTS
from sim.scenario.own_names import own_names
from sim.workshop import Session
from sim.workshop.figures import VIEWS, picture
from sim.workshop.panel import Workshop

CASE = Path(__file__).parent / "cases" / "workshop.yaml"
FEW = {"replications": 3, "executor": "serial", "progress": False}


@pytest.fixture(scope="module")
def case(tmp_path_factory):
    file = tmp_path_factory.mktemp("case") / "werkstatt.yaml"
    file.write_text(NAMES.format(case=CASE), encoding="utf-8")
    return sim.load(file)


@pytest.fixture(scope="module")
def result(case):
    return sim.compare(case, store=False, **FEW)


def german(case):
    with language("de"):
        names = own_names(case)
    return language("de", names)


def drawers(owner):
    return [name for name in vars(owner) if not name.startswith("_") and callable(getattr(owner, name))]


def assert_figure_is_german(figure):
    content = figure.to_plotly_json()
    content["layout"].pop("template", None)
    said = [*shown(content)]
    assert said
    assert_german(said)


@pytest.mark.parametrize("name", drawers(ComparisonFigures))
def test_figures_of_a_comparison(case, result, name):
    with german(case):
        assert_figure_is_german(getattr(result.figures, name)())


@pytest.mark.parametrize("name", drawers(RunFigures))
def test_figures_of_a_run(case, name):
    run = sim.run(case, "shared", **FEW)
    with german(case):
        assert_figure_is_german(getattr(run.figures, name)())


@pytest.mark.parametrize("name", drawers(BusinessCaseFigures))
def test_figures_of_a_business_case(case, result, name):
    with german(case):
        assert_figure_is_german(getattr(business_case(result).figures, name)())


@pytest.mark.parametrize("paths", [["behaviour.pause"], ["behaviour.pause", "needs.question.value"]])
@pytest.mark.parametrize("strategies", [["today", "shared"], ["today"]])
def test_figures_of_a_sweep(case, paths, strategies):
    grid = dict(zip(paths, (["2 h", "9 h"], ["40 EUR", "90 EUR"]), strict=False))
    sweep = sim.sweep(case, grid, strategies, store=False, **FEW)
    with german(case):
        assert_figure_is_german(sweep.figure())


@pytest.mark.parametrize("view", VIEWS)
def test_pictures_of_the_workshop(case, result, view):
    with german(case):
        drawn = picture(view, result)
        assert_figure_is_german(drawn.figure)
        assert_german([*drawn.table.columns, *drawn.table.iloc[:, 0]])


def texts(widget):
    """Everything that a widget and those in it show."""
    for name in ("value", "description", "placeholder", "tooltip", "tooltips", "titles", "_options_labels"):
        said = getattr(widget, name, None)
        said = said if isinstance(said, list | tuple) else [said]
        yield from (each for each in said if isinstance(each, str))
    for child in getattr(widget, "children", ()):
        yield from texts(child)


def test_all_that_the_workshop_shows(case, tmp_path):
    made = Workshop(Session(case, "shared"), tmp_path / "ideen", store=False, stages=(2, 3), spoken="de")
    try:
        for name in (
            "coverage.shared_case",
            "start.training",
            "agents.hotline",
            "hours.store",
            "assumption.behaviour.pause",
        ):
            slider = made.controls.slider(name)
            options = getattr(slider, "_options_values", None)
            slider.value = 50.0 if options is None else next(each for each in options if each != slider.value)
        made.controls.keep.click()
        assert "muss mit einem Buchstaben" in made.controls.message.value
        made.controls.name.value = "Idee"
        made.controls.keep.click()
        assert "Behalten in idee.yaml" in made.controls.message.value
        made.refiner.wait(120)
        said = []
        for _, view in made._views.options:
            made._views.value = view
            said += [text for text in texts(made.widget) if "<style>" not in text and view != "unsourced"]
        assert any("gepaarte Wiederholungen" in text for text in said)
        assert_german(said)
    finally:
        made.close()


def test_the_search_would_find_english(case, result):
    with pytest.raises(AssertionError):
        assert_figure_is_german(result.figures.replications())


def test_every_sentence_says_something_else_in_german():
    alike = {re.sub(r"\{[^}]*\}|[^A-Za-z]", "", english) for english, said in TEXTS.values() if english == said}
    assert alike == {"", "EUR", "Definition", "Frustration", "Name", "Pause", "Segment"}


def test_the_german_shoe_retailer_has_a_german_name_for_everything_that_has_one():
    folder = Path(__file__).parents[1] / "scenarios"
    english, case = (sim.load(folder / name) for name in ("shoe_retailer.yaml", "shoe_retailer_de.yaml"))
    for section in ("segments", "touchpoints", "needs", "levers", "strategies"):
        for name, entry in getattr(english.document, section).items():
            file, _ = case.content.position(f"{section}.{name}.label")
            assert not entry.label or file.endswith("_de.yaml"), f"{section}.{name}: {entry.label}"
