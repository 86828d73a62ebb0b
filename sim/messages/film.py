"""What the film and the story of one customer have in common, and what the film says."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

__all__ = ["TEXTS"]

TEXTS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "day.0": ("Monday", "Montag"),
        "day.1": ("Tuesday", "Dienstag"),
        "day.2": ("Wednesday", "Mittwoch"),
        "day.3": ("Thursday", "Donnerstag"),
        "day.4": ("Friday", "Freitag"),
        "day.5": ("Saturday", "Samstag"),
        "day.6": ("Sunday", "Sonntag"),
        "film.title": (
            "{day} of week {week}: {first} frustrations under {baseline}, {second} under {strategy}",
            "{day} in Woche {week}: {first} Frustrationen unter {baseline}, {second} unter {strategy}",
        ),
        "film.most different": (
            "The day on which the worlds differ most, not a typical one. ",
            "Der Tag, an dem sich die Welten am meisten unterscheiden, kein typischer. ",
        ),
        "film.all": (
            "the {count} customers in touch that day",
            "alle {count} Kundinnen und Kunden mit Kontakt an diesem Tag",
        ),
        "film.some": (
            "{shown} of the {count} customers in touch that day",
            "{shown} der {count} Kundinnen und Kunden mit Kontakt an diesem Tag",
        ),
        "film.how": (
            "{why}Dots are {who}, with the same luck in both worlds (replication {replication}). "
            "Every {step} min they stand where the log says, in between they glide.",
            "{why}Punkte sind {who}, mit demselben Glück in beiden Welten (Wiederholung {replication}). "
            "Alle {step} min stehen sie, wo das Protokoll sagt, dazwischen gleiten sie.",
        ),
        "film.sums": (
            "<b>{frustrations}</b> frustrations so far, <b>{waited}</b> min in line",
            "bisher <b>{frustrations}</b> Frustrationen, <b>{waited}</b> min in der Schlange",
        ),
        "film.without": (" (without {places})", " (ohne {places})"),
        "film.counts": (
            "Counts: all customers; \u25cf dots: {shown} of {count}",
            "Zahlen: alle Kundinnen und Kunden; \u25cf Punkte: {shown} von {count}",
        ),
        "film.served": ("{count} in service", "{count} bedient"),
        "film.waiting": ("{count} waiting", "{count} warten"),
        "film.unanswered": ("{count} unanswered", "{count} unbeantwortet"),
        "film.between": ("need open, between contacts", "Anliegen offen, zwischen Kontakten"),
        "film.home": ("at home", "zu Hause"),
        "film.gone": ("left the company", "abgewandert"),
        "film.flash": ("frustration just now", "eben frustriert"),
        "film.loyalty": ("loyalty, points", "Loyalität, Punkte"),
        "film.hover": ("customer {customer} ({segment})", "Kunde {customer} ({segment})"),
        "film.play": ("Play", "Abspielen"),
        "film.slowly": ("Slowly", "Langsam"),
        "film.pause": ("Pause", "Pause"),
        "film.page": ("{name}: a day in two worlds", "{name}: ein Tag in zwei Welten"),
    }
)
