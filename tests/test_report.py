"""Page, deck and workbook, read back: they say what the table says, in one language, and always in the same bytes."""

import io
import math
import re
import sys
import zipfile
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import openpyxl
import pptx
import pytest
from typer.testing import CliRunner
from words import assert_german, in_figures

import sim
from sim import report
from sim.cli import app
from sim.economics import business_case, profit_and_loss
from sim.errors import ArgumentError
from sim.figures import page as figures_page
from sim.figures.style import INK, shown_value
from sim.kpis import catalogue
from sim.labels import euros, label, language, signed
from sim.messages import definition, say
from sim.report.answer import ranked
from sim.report.drawing import drawing
from sim.report.parts import Amount, Chart, Series, Table, bounds, number_format
from sim.scenario.own_names import own_names

CASE = Path(__file__).parent / "cases" / "two_touchpoints.yaml"
WORDS = """extends: {case}
name: Zwei Kontaktpunkte
question: Lohnt sich der gemeinsame Blick auf den Vorgang?
segments: {{households: {{label: Haushalte}}}}
needs: {{question: {{label: Anfrage}}}}
touchpoints: {{web: {{label: Webseite, cost_per_contact: {{value: 0.5 EUR, source: Q1}}}}, hotline: {{label: Telefon}}}}
levers: {{shared_case: {{label: Gemeinsamer Vorgang}}, training: {{label: Schulung}}}}
strategies:
  today: {{label: "Heute, getrennt"}}
  trained: {{label: Nur Schulung, levers: {{training: {{}}}}}}
  joined: {{label: Gemeinsam, levers: {{shared_case: {{coverage: 0.8}}}}}}
sources: {{Q1: "Rechnung des Betreibers, 2024"}}
decision: {{primary: {{frustrations_per_100_journeys: 5, fcr_customer_share: 0.02}}, confidence: 0.9}}
"""
STRATEGIES = ["today", "trained", "joined"]


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    file = tmp_path_factory.mktemp("case") / "case.yaml"
    file.write_text(WORDS.format(case=CASE), encoding="utf-8")
    return sim.compare(sim.load(file), STRATEGIES, replications=3, executor="serial", store=False, progress=False)


@pytest.fixture(scope="module", params=["en", "de"])
def content(request, result):
    return report.content(result, request.param)


@pytest.fixture(scope="module")
def alone(result):
    one = sim.compare(result.scenario, STRATEGIES[::2], replications=2, executor="serial", store=False, progress=False)
    return report.content(one)


@pytest.fixture(scope="module")
def german(result):
    return report.content(result, "de")


@pytest.fixture(scope="module")
def page(content):
    return Page(report.page(content))


@pytest.fixture(scope="module")
def deck(content):
    return pptx.Presentation(io.BytesIO(report.deck(content)))


@pytest.fixture(scope="module")
def book(content):
    return openpyxl.load_workbook(io.BytesIO(report.workbook(content)))


def test_a_copy_says_at_the_top_what_does_not_carry_over(result):
    copy = replace(result, scale=0.5)
    said = report.content(copy)
    told = [
        repr(copy),
        repr(business_case(copy)),
        repr(profit_and_loss(copy)),
        " ".join(said.caveats),
        figures_page(copy).partition("<h2>")[0].rpartition("<h1>")[2],
        report.page(said).partition("<nav")[0].rpartition("<h1>")[2],
        " ".join(texts(pptx.Presentation(io.BytesIO(report.deck(said))).slides[0])),
    ]
    for head in (" ".join(each.split())[:600] for each in told):
        assert "a copy of 0.5 times the size" in head
        assert "neither their size nor waiting and money per customer" in head
    assert said.title.endswith("(copy at scale 0.5)")
    for sheet in openpyxl.load_workbook(io.BytesIO(report.workbook(said))):
        assert any("a copy of 0.5 times" in str(cell.value) for row in sheet.iter_rows(max_row=6) for cell in row)
    assert "gelten nur für die Kopie" in " ".join(report.content(copy, "de").caveats)
    assert not result.caveats
    assert not report.content(result).caveats


def test_it_opens_with_the_question_the_finding_the_money_and_the_verdicts(content, result):
    first = content.sections[0]
    finding, money, verdicts, _ = first.paragraphs
    assert first.finding == result.scenario.document.question
    assert finding == f"{section(content, 'comparison').finding}."
    assert len(money) == len(STRATEGIES)
    rows = section(content, "business-case").tables[0].rows
    with language(content.language):
        assert all(euros(row[1].value) in told and "90" in told for row, told in zip(rows, money[1:], strict=True))
    assert len(verdicts) == len(STRATEGIES) - 1
    assert [each.name for each in content.sections][:3] == ["question", "comparison", "business-case"]


class Page(HTMLParser):
    """Tables, texts and links of a page."""

    def __init__(self, html):
        super().__init__()
        self.html, self.tables, self.texts, self.addresses, self.open = html, [], [], [], []
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        self.open.append(tag)
        self.addresses += [value for name, value in attributes if name in ("href", "src")]
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in ("td", "th"):
            self.tables[-1][-1].append("")
        if tag in ("meta", "link", "br"):
            self.open.pop()

    def handle_endtag(self, tag):
        while self.open and self.open.pop() != tag:
            pass

    def handle_data(self, data):
        if "script" in self.open or "style" in self.open:
            return
        self.texts.append(data)
        if self.open and self.open[-1] in ("td", "th"):
            self.tables[-1][-1][-1] += data


def section(content, name):
    return next(each for each in content.sections if each.name == name)


def texts(slide):
    found = [shape.text_frame.text for shape in slide.shapes if shape.has_text_frame]
    for shape in slide.shapes:
        if shape.has_table:
            found += [cell.text for row in shape.table.rows for cell in row.cells]
        if shape.has_chart:
            chart = shape.chart
            found += [str(category).replace("\n", " ") for plot in chart.plots for category in plot.categories]
            found += [series.name for plot in chart.plots for series in plot.series]
    return found


def tables(deck):
    return [shape.table for slide in deck.slides for shape in slide.shapes if shape.has_table]


def kpi_rows(content):
    table = section(content, "comparison").tables_for("workbook")[0]
    return table.rows


# --- the same numbers everywhere ---


def test_the_content_holds_the_table(result, content):
    rows = kpi_rows(content)
    assert len(rows) == len(result.table) == (len(STRATEGIES) - 1) * len(catalogue(result.scenario))
    for row, told in zip(result.table.to_dict("records"), rows, strict=True):
        amounts = [cell.value for cell in told if isinstance(cell, Amount)]
        expected = [row[name] for name in ("baseline_mean", "mean", "difference", "ci_low", "ci_high")]
        assert all(a == b or (math.isnan(a) and math.isnan(b)) for a, b in zip(amounts, expected, strict=True))


def test_the_page_shows_the_table(content, page):
    with language(content.language):
        expected = [[str(cell) for cell in row] for row in kpi_rows(content)]
    assert expected in [table[1:] for table in page.tables]


def long_sheets(book):
    return [sheet for sheet in book if sheet.auto_filter.ref]


def test_the_workbook_holds_the_table_as_numbers(result, content, book):
    sheet = long_sheets(book)[0]
    heads = sheet[sheet.auto_filter.ref][0]
    for at, row in enumerate(result.table.to_dict("records"), start=heads[0].row + 1):
        for column, name in enumerate(("baseline_mean", "mean", "difference", "ci_low", "ci_high"), start=3):
            found = sheet.cell(at, column)
            if math.isnan(row[name]):
                assert found.value is None
                continue
            points = row["unit"] == "share" and column >= 5
            assert found.value == pytest.approx(row[name] * (100 if points else 1), rel=1e-14)
            assert ("%" in found.number_format) == (row["unit"] == "share" and not points)
            assert found.number_format.startswith("+") == (column >= 5)


def test_numbers_in_a_row_have_the_same_decimals(book):
    sheet = long_sheets(book)[0]
    for row in list(sheet[sheet.auto_filter.ref])[1:]:
        formats = [cell.number_format.split(";")[0] for cell in row if isinstance(cell.value, int | float)]
        assert len({each.strip("+%").partition(".")[2] for each in formats}) <= 1


def test_long_tables_have_sheets_with_heads_that_stay_and_filters(content, book):
    long = [(table, len(table.rows)) for each in content.sections for table in each.tables_for("workbook")]
    long = [table for table, rows in long if rows > 40]
    assert len(long) == len(long_sheets(book)) > 1
    for table, sheet in zip(long, long_sheets(book), strict=True):
        first, *rows = list(sheet[sheet.auto_filter.ref])
        assert tuple(cell.value for cell in first) == table.heads
        assert len(rows) == len(table.rows)
        assert sheet.freeze_panes == f"A{first[0].row + 1}"
    for sheet in book:
        drawn = [int(row) for each in sheet._charts for row in re.findall(r"\$(\d+)", first_reference(each))]
        assert all(chart.anchor._from.row < min(drawn) for chart in sheet._charts), "a chart lies under numbers"


def first_reference(chart):
    values = chart.series[0].val or chart.series[0].yVal
    return values.numRef.f.rpartition("!")[2]


def test_what_lines_share_is_written_once(content, book):
    chart = section(content, "business-case").charts[0]
    assert len(chart.series) > 1
    heads = [[cell.value for cell in row] for row in book[section(content, "business-case").heading].iter_rows()]
    found = next(row for row in heads if row[0] == chart.across)
    assert [name for name in found if name] == [chart.across, *(series.name for series in chart.series)]


def test_the_description_is_paragraphs_without_marks(result):
    words = "A retailer with `names` of things. It has a long story, which nobody reads in one piece. " * 20
    document = result.scenario.document.model_copy(update={"description": words})
    told = section(report.content(replace(result, scenario=replace(result.scenario, document=document))), "company")
    assert len(told.more) > 2
    assert max(map(len, told.more)) <= 600
    assert "`" not in " ".join(told.more)
    assert " ".join(told.more) == " ".join(words.replace("`", "").split())


def test_the_deck_draws_the_table_in_charts_that_can_be_edited(result, content, deck):
    charts = [shape.chart for slide in deck.slides for shape in slide.shapes if shape.has_chart]
    primary = result.scenario.document.decision.primary
    for chart, kpi in zip(charts, primary, strict=False):
        rows = result.table[result.table["kpi"] == kpi].to_dict("records")
        drawn = list(chart.plots[0].series[0].values)
        assert drawn == pytest.approx([shown_value(row["difference"], row["unit"]) for row in rows], rel=1e-12)
        inside = openpyxl.load_workbook(io.BytesIO(chart.part.chart_workbook.xlsx_part.blob)).active
        assert [row[1].value for row in list(inside.iter_rows())[1:]] == pytest.approx(drawn, rel=1e-12)
        plus = re.findall(r"<c:plus>.*?</c:plus>", chart._chartSpace.xml, re.DOTALL)
        lengths = [float(length) for length in re.findall(r"<c:v>(.*?)</c:v>", plus[0])]
        assert lengths == pytest.approx(
            [shown_value(row["ci_high"] - row["difference"], row["unit"]) for row in rows], rel=1e-9
        )
    assert len(charts) == sum(len(each.charts) for each in content.sections)


def test_a_slide_says_what_every_strategy_changes_about_the_primary_kpis(result, content, deck):
    rows = result.verdict.rows
    found = tables(deck)[0]
    assert (len(found.rows), len(found.columns)) == (len(STRATEGIES), 3)
    with language(content.language, own_names(result.scenario)):
        order = [strategy for strategy, _, _ in ranked(result)]
        assert [row.cells[0].text for row in found.rows][1:] == [label(strategy) for strategy in order]
        for row in rows:
            cell = found.cell(order.index(row.strategy) + 1, 1 + [each.kpi for each in rows[:2]].index(row.kpi))
            assert cell.text.split("\n") == [signed(row.difference, row.unit), label(row.verdict.value)]


def test_one_strategy_alone_has_its_primary_kpis_in_one_table_and_no_lonely_bars(alone):
    slides = pptx.Presentation(io.BytesIO(report.deck(alone))).slides
    assert section(alone, "comparison").charts == ()
    found = next(slide for slide in slides if any(shape.has_table for shape in slide.shapes))
    table = next(shape.table for shape in found.shapes if shape.has_table)
    assert (len(table.rows), len(table.columns)) == (3, 7)
    assert "90" in table.cell(0, 5).text
    assert "First-contact resolution" in found.notes_slide.notes_text_frame.text


def test_the_business_case_is_that_of_the_package(result, content):
    case = sim.business_case(result)
    rows = section(content, "business-case").tables[0].rows
    assert [row[1].value for row in rows] == case.table["npv_eur"].tolist()


def test_the_workbook_has_native_charts_that_draw_from_its_cells(content, book):
    drawn = [chart for sheet in book for chart in sheet._charts]
    assert len(drawn) == sum(len(each.charts) for each in content.sections)
    sheet = book[section(content, "comparison").heading]
    chart = section(content, "comparison").charts[0]
    reference = sheet._charts[0].series[0].val.numRef.f.replace("$", "").rpartition("!")[2]
    values = [cell.value for (cell,) in sheet[reference]]
    assert values == pytest.approx(list(chart.series[0].values), rel=1e-12)


# --- what is said ---


def test_one_finding_per_slide_is_its_title_and_notes_define(result, content, deck):
    titles = [slide.shapes.title.text_frame.text for slide in deck.slides]
    assert all(titles)
    assert len(set(titles[1:])) == len(titles) - 1, "two slides say the same"
    with_charts = [slide for slide in deck.slides if any(shape.has_chart for shape in slide.shapes)]
    assert all(slide.has_notes_slide for slide in with_charts[:2])
    kpi = next(kpi for kpi in catalogue(result.scenario) if kpi.name == "fcr_customer_share")
    with language(content.language):
        assert definition(kpi.name, kpi.definition) in with_charts[1].notes_slide.notes_text_frame.text


def test_the_register_lists_every_number_with_its_source(result, content, book):
    register = result.scenario.assumptions()
    numbers, sources = section(content, "assumptions").tables
    assert [row[0] for row in numbers.rows] == register["path"].tolist()
    by_path = {row[0]: row for row in numbers.rows}
    assert by_path["touchpoints.web.cost_per_contact"][5] == "Q1"
    assert sources.rows == (("Q1", "Rechnung des Betreibers, 2024"),)
    with language(content.language):
        sheet = book[say("report.all rows", heading=section(content, "assumptions").heading)]
    cells = {row[0].value: row[1].value for row in sheet.iter_rows() if row[0].value}
    assert cells["touchpoints.web.cost_per_contact"] == 0.5


def test_the_page_stands_alone(content, page):
    assert f'<html lang="{content.language}">' in page.html
    assert page.html.count("<script>/**") == 1  # plotly.js
    assert {address for address in page.addresses if not address.startswith(("#", "data:"))} == set()
    assert [f"#{each.name}" for each in content.sections] == [a for a in page.addresses if a.startswith("#")]
    said = " ".join(page.texts)
    assert all(each.heading in said for each in content.sections)


def test_names_are_those_of_the_scenario(german):
    assert german.title == "Zwei Kontaktpunkte"
    assert german.subtitle == "Nur Schulung, Gemeinsam gegen „Heute, getrennt“; 3 gepaarte Wiederholungen"


# --- slides have room for what they say ---


def test_the_deck_answers_first_in_few_large_points(content, deck):
    first, slide = content.sections[0], deck.slides[1]
    with language(content.language):
        assert slide.shapes.title.text_frame.text == first.headline != first.finding
    frames = [shape.text_frame for shape in slide.shapes if shape.has_text_frame]
    shown = next(frame for frame in frames if frame.text.startswith(first.brief[0]))
    assert len(shown.paragraphs) <= 6
    assert min(run.font.size.pt for each in shown.paragraphs for run in each.runs) >= 16
    assert first.finding in " ".join(frame.text for frame in frames)
    notes = slide.notes_slide.notes_text_frame.text
    for paragraph in first.paragraphs:
        assert all(text in notes for text in ([paragraph] if isinstance(paragraph, str) else paragraph))


def test_titles_are_short_and_stand_where_all_titles_stand(crowded, deck):
    for slides in (crowded.slides, deck.slides):
        titles = [slide.shapes.title for slide in list(slides)[1:]]
        assert len({(title.left, title.top, title.text_frame.vertical_anchor) for title in titles}) == 1
        assert max(len(title.text_frame.text) for title in titles) <= 160
        left = titles[0].left + titles[0].text_frame.margin_left
        beside = [shape.left for slide in list(slides)[1:] for shape in slide.shapes if shape.has_table]
        assert set(beside) == {left}


def test_a_title_that_is_cut_stands_in_full_in_the_notes(content):
    long = "; ".join(f"strategy {count} pays back after {count} months" for count in range(9))
    first = content.sections[0]
    slides = pptx.Presentation(io.BytesIO(report.deck(replace(content, sections=(replace(first, headline=long),)))))
    slide = slides.slides[1]
    title = slide.shapes.title.text_frame.text
    assert len(title) <= 130
    assert title.endswith("; …")
    assert long.removeprefix("s") in slide.notes_slide.notes_text_frame.text


def test_tables_end_above_the_foot(crowded, deck):
    for slide in (*crowded.slides, *deck.slides):
        foot = max(shape.top for shape in slide.shapes)
        for shape in slide.shapes:
            if shape.has_table:
                assert shape.top + sum(row.height for row in shape.table.rows) <= foot
                assert all(row.height >= needed(shape.table, row) for row in shape.table.rows), (
                    "letters need more than the row has"
                )


def test_a_table_that_is_too_long_goes_on_and_says_what_is_left_out(crowded, content):
    found = [slide for slide in crowded.slides if slide.shapes.title.text_frame.text.startswith("Long ")]
    with language(content.language):
        assert [slide.shapes.title.text_frame.text for slide in found] == [
            say("report.part", title="Long table", part=part, parts=2) for part in (1, 2)
        ]
        shown = sum(
            len(table.rows) - 1 for slide in found for table in [next(s for s in slide.shapes if s.has_table).table]
        )
        assert any(say("report.more rows", count=90 - shown) in text for text in texts(found[1]))


def needed(table, row):
    """Height that the letters of a row need, in lines of which each has as many letters as it is wide."""
    most = 0
    for cell, column in zip(row.cells, table.columns, strict=True):
        size = cell.text_frame.paragraphs[0].runs[0].font.size
        fit = max(1, int(column.width / (0.5 * size)))
        most = max(most, sum(max(1, math.ceil(len(line.text) / fit)) for line in cell.text_frame.paragraphs) * size)
    return most


@pytest.fixture(scope="module")
def crowded(content):
    """A deck with a table of many long rows."""
    rows = tuple((f"row {at}", Amount(float(at), "EUR"), "words of some length " * (1 + at % 9)) for at in range(90))
    one = replace(content.sections[1], tables=(Table("Long table", ("A", "B", "C"), rows),))
    return pptx.Presentation(io.BytesIO(report.deck(replace(content, sections=(one, *content.sections[2:])))))


# --- German ---


def test_figures_of_the_page_scroll_where_the_screen_is_narrow(page):
    style = page.html.split("<style>")[1].split("</style>")[0]
    assert re.search(r"figure\{[^}]*overflow-x:auto", style)
    assert "figure>div{min-width:900px}" in style


def test_the_zero_line_stands_out_from_the_grid():
    line = Series("joined", (-1.0, 1.0), ("#0072B2",), at=(0.0, 1.0))
    (zero,) = drawing(Chart("lines", "Money", "by month", "EUR", (), (line,), across="month")).layout.shapes
    assert zero.layer is None, "below, the grid is drawn over it"
    assert zero.line.color == INK


def test_the_german_page_says_nothing_in_english(german):
    html = report.page(german)
    drawn = list(in_figures(html))
    assert any("Frustration" in text for text in drawn)
    assert_german([*Page(html).texts, *drawn])


def test_the_german_deck_and_workbook_say_nothing_in_english(german):
    deck = pptx.Presentation(io.BytesIO(report.deck(german)))
    assert_german([text for slide in deck.slides for text in texts(slide)])
    assert_german([slide.notes_slide.notes_text_frame.text for slide in deck.slides if slide.has_notes_slide])
    book = openpyxl.load_workbook(io.BytesIO(report.workbook(german)))
    assert_german(
        [cell.value for sheet in book for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)]
    )


def test_the_search_for_english_would_find_it(result):
    with pytest.raises(AssertionError):
        assert_german(Page(report.page(report.content(result, "en"))).texts)


def test_the_german_page_writes_german_numbers(german):
    html = report.page(german)
    assert '"separators":",."' in html
    rates = {cell for table in Page(html).tables for row in table for cell in row}
    assert "0,5" in rates
    assert "0.5" not in rates


# --- files ---


def test_two_runs_write_the_same_bytes(result, content):
    again = report.content(result, content.language)
    for make in (report.page, report.deck, report.workbook):
        assert make(content) == make(again)


def test_no_file_knows_when_it_was_written(german):
    for make in (report.deck, report.workbook):
        with zipfile.ZipFile(io.BytesIO(make(german))) as file:
            assert {entry.date_time for entry in file.infolist()} == {(1980, 1, 1, 0, 0, 0)}
            core = file.read("docProps/core.xml").decode()
            assert set(re.findall(r">(\d{4}-[^<]*)<", core)) == {"1980-01-01T00:00:00Z"}


def test_result_report_writes_three_files_and_leaves_others(result, tmp_path):
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    files = result.report(tmp_path, language="de")
    assert [file.name for file in files] == ["report.html", "report.pptx", "report.xlsx"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["notes.txt", *(file.name for file in files)]
    assert b"Zwei Kontaktpunkte" in files[0].read_bytes()


def test_what_stands_in_the_way_is_said_at_once(result, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("", encoding="utf-8")
    monkeypatch.setattr(report, "find_spec", lambda name: None)
    with pytest.raises(ArgumentError) as error:
        result.report(tmp_path / "file", "fr")
    lines = str(error.value).splitlines()
    assert lines[0] == "language: got 'fr', expected 'en' or 'de'"
    assert lines[1].endswith("is a file, expected a folder")
    assert lines[2] == ("the report needs python-pptx and xlsxwriter; install with: pip install 'journeysim[report]'")


def test_the_package_loads_without_the_packages_of_the_report(monkeypatch):
    assert "pptx" in sys.modules  # by this test alone
    source = "\n".join(path.read_text(encoding="utf-8") for path in Path(report.__file__).parent.glob("*.py"))
    assert not re.findall(r"^(?:import|from) (?:pptx|xlsxwriter)", source, re.MULTILINE)


def test_command(tmp_path):
    file = tmp_path / "case.yaml"
    file.write_text(WORDS.format(case=CASE), encoding="utf-8")
    options = ["--replications", "2", "--workers", "1", "--no-store", "--strategies", "today,joined"]
    done = CliRunner().invoke(app, ["report", str(file), "--out", str(tmp_path / "out"), "--language", "de", *options])
    assert done.exit_code == 0, done.output
    assert "report.html, report.pptx, report.xlsx" in done.output
    wrong = CliRunner().invoke(app, ["report", str(file), "--out", str(tmp_path / "no"), "--language", "fr", *options])
    assert wrong.exit_code == 2
    assert "expected 'en' or 'de'" in wrong.output
    assert not (tmp_path / "no").exists()


# --- small parts ---


def test_number_formats_show_three_digits():
    assert number_format([0.0123]) == "#,##0.0000"
    assert number_format([-41.26, 3.0]) == "#,##0.0"
    assert number_format([3.0, 12.0]) == "#,##0"
    assert number_format([1.81], signed=True) == "+#,##0.00;-#,##0.00;0"


def test_bounds_hold_bars_and_intervals():
    bars = Series("", (-4.0, 3.0), ("#000000",), (-7.2, 1.0), (-1.0, 4.1))
    assert bounds(Chart("bars", "", "", "", ("a", "b"), (bars,))) == (-8.0, 6.0)
    stacked = (Series("", (3.0, 5.0), ("#000000",)), Series("", (4.0, 1.0), ("#111111",)))
    assert bounds(Chart("stacked", "", "", "", ("a", "b"), stacked)) == (0.0, 7.0)


# --- where there is little to tell -----------------------------------------------------------------------------------


def everything_said(result, spoken):
    told = report.content(result, spoken)
    slides = pptx.Presentation(io.BytesIO(report.deck(told))).slides
    page = re.sub(r"<(script|style).*?</\1>", "", report.page(told), flags=re.DOTALL)
    return told, page + "".join(text for slide in slides for text in texts(slide))


@pytest.mark.parametrize("spoken", ["en", "de"])
def test_a_strategy_without_effect_is_given_none(result, spoken):
    case = result.scenario.change({"strategies.joined.levers.shared_case.coverage": 0, "strategies.trained": None})
    same = sim.compare(case, ["today", "joined"], replications=2, executor="serial", store=False, progress=False)
    told, said = everything_said(same, spoken)
    assert "twins" not in [each.name for each in told.sections], "no year differs"
    assert not re.search(r"\b(nan|None)\b", said)
    chart = next(each for each in told.sections if each.name == "frustrations").charts[0]
    assert {"en": "not enough evidence", "de": "nicht genug Belege"}[spoken] in chart.finding


@pytest.mark.parametrize("spoken", ["en", "de"])
def test_one_replication_is_told_without_intervals(result, spoken):
    one = sim.compare(result.scenario, STRATEGIES, replications=1, executor="serial", store=False, progress=False)
    _, said = everything_said(one, spoken)
    assert "(- " not in said
    assert {"en": "hold together", "de": "gelten zusammen"}[spoken] not in said
    case = sim.business_case(one)
    assert case.table["verdict"].tolist() == ["not_enough_evidence"] * 2
    assert "- to -" not in repr(case)


def test_kpis_of_places_and_types_are_told_apart(result):
    primary = {"waiting_min": 0.1, "waiting_min_hotline": 0.1, "repeated_story_per_100_journeys": 1}
    case = result.scenario.change({"decision.primary": primary})
    named = replace(result, scenario=case)
    charts = section(report.content(named, "en"), "comparison").charts
    titles = [chart.finding.split(": ")[0] for chart in charts]
    assert titles == ["Waiting time", "Waiting time (Telefon)", "Had to tell the story again (per 100 journeys)"]
