"""Whether everything that people read is German: labels and sentences that German says otherwise must not occur."""

import json
import re

from sim.labels import ENGLISH, GERMAN
from sim.messages import TEXTS
from sim.messages.keys import GERMAN_KEYS

SHOWN = {"text", "name", "label", "ticktext", "y", "x", "hovertemplate", "title", "subtitle", "valuesuffix"}
"""Keys of figures under which texts stand that people see."""
NAMES = """extends: {case}
name: Werkstatt
segments: {{households: {{label: Haushalte}}}}
needs: {{question: {{label: Anfrage}}}}
touchpoints: {{web: {{label: Webseite}}, hotline: {{label: Telefon}}, store: {{label: Laden}}}}
levers: {{shared_case: {{label: Gemeinsamer Vorgang}}, training: {{label: Schulung}}}}
sources: {{assumption_wage: "assumption: Stundensatz mit allem", survey: Umfrage, L1: Quelle, L2: Quelle}}
strategies: {{today: {{label: Heute}}, trained: {{label: Geschult}}, shared: {{label: Gemeinsam}}}}
"""


def english_words():
    """Labels and fixed pieces of sentences that German says otherwise."""
    words = [english for name, english in ENGLISH.items() if english.lower() not in {GERMAN[name].lower()}]
    words += [key.replace("_", " ") for key in GERMAN_KEYS if "_" in key]
    germans = [*GERMAN.values(), *GERMAN_KEYS.values(), *(german for _, german in TEXTS.values())]
    every_german = " ".join(germans).lower()
    for english, _ in TEXTS.values():
        words += [piece.strip(" .,:;()“”%") for piece in re.split(r"\{[^}]*\}|\n", english)]
    whole = {word for word in words if len(word) > 3}
    return [word for word in whole if not re.search(rf"\b{re.escape(word.lower())}\b", every_german)]


def shown(node, here=False):
    """Texts that a figure shows: titles, names, ticks, hovers."""
    if isinstance(node, dict):
        for key, value in node.items():
            yield from shown(value, key in SHOWN)
    elif isinstance(node, list | tuple):
        for value in node:
            yield from shown(value, here)
    elif isinstance(node, str) and here:
        yield node


def in_figures(html):
    """Texts that the figures of a page show."""
    decoder = json.JSONDecoder()
    for match in re.finditer(r'Plotly\.newPlot\(\s*"[^"]+",\s*', html):
        data, end = decoder.raw_decode(html, match.end())
        layout, _ = decoder.raw_decode(html, html.index("{", end))
        yield from shown([data, layout])


def assert_german(said):
    plain = re.sub(r"<[^>]+>|%\{[^}]*\}", " ", " \n ".join(said))
    plain = re.sub(r"\b[a-z_0-9]+(\.[a-z_0-9*]+)+\b", " ", plain).lower()  # paths of the scenario
    found = [word for word in english_words() if re.search(rf"\b{re.escape(word.lower())}\b", plain)]
    assert not found, found
