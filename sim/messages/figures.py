"""What titles, subtitles, axes and legends of figures say."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

__all__ = ["TEXTS"]

TEXTS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        # forest plot
        "forest.better left": ("\u2190 better", "\u2190 besser"),
        "forest.better right": ("better \u2192", "besser \u2192"),
        "forest.background": ("background, no verdict", "Hintergrund, kein Urteil"),
        "forest.zone": ("too small to matter", "zu klein, um zu zählen"),
        "forest.no primary": (
            "Differences to {baseline}; the scenario declares no primary KPI",
            "Differenzen zu {baseline}; das Szenario nennt keine Hauptkennzahl",
        ),
        "forest.on": ("{verdict} on {kpis}", "{verdict} bei {kpis}"),
        "forest.no difference": (
            "no relevant difference on any primary KPI",
            "kein relevanter Unterschied bei irgendeiner Hauptkennzahl",
        ),
        "forest.no evidence": (
            "not enough evidence on any primary KPI",
            "nicht genug Belege bei irgendeiner Hauptkennzahl",
        ),
        "forest.how sure": (
            "Difference to {baseline}, mean and {percent} % interval, from {pairs} "
            "replications of the same customers with the same luck. "
            "Verdicts hold together with {percent} % confidence (Holm-adjusted), given the scenario's assumptions.",
            "Differenz zu {baseline}, Mittel und {percent}-%-Intervall, aus {pairs} "
            "Wiederholungen mit denselben Kunden und demselben Glück. "
            "Die Urteile gelten zusammen mit {percent} % Sicherheit (nach Holm), unter den Annahmen des Szenarios.",
        ),
        # frustrations by type
        "types.hover": ("per 100 journeys", "je 100 Kundenreisen"),
        "types.axis": ("frustration events per 100 journeys", "Frustrationsereignisse je 100 Kundenreisen"),
        "types.how sure": (
            "Mean of {pairs} replications and {percent} % interval of each mean; "
            "differences are surer than these intervals, for they compare the same customers.",
            "Mittel aus {pairs} Wiederholungen mit {percent}-%-Intervall jedes Mittels; "
            "Differenzen sind sicherer als diese Intervalle, denn sie vergleichen dieselben Kunden.",
        ),
        "types.nobody": ("Nobody is frustrated in any strategy", "In keiner Strategie ist jemand frustriert"),
        "types.most": (
            "Under {baseline}, “{kind}” is the most frequent frustration ({rate} per 100 journeys)",
            "Unter {baseline} ist „{kind}“ die häufigste Frustration ({rate} je 100 Kundenreisen)",
        ),
        "types.not clear": (
            "{first}; not enough evidence that any type changes",
            "{first}; nicht genug Belege, dass sich eine Art ändert",
        ),
        "types.change": ("under {strategy} ({difference})", "unter {strategy} ({difference})"),
        "types.and changes": (
            "{first} and changes most, {change}",
            "{first} und ändert sich am meisten, {change}",
        ),
        "types.other changes": (
            "{first}; “{kind}” changes most, {change}",
            "{first}; „{kind}“ ändert sich am meisten, {change}",
        ),
        # flows
        "flows.of 100": ("of 100 journeys", "von 100 Kundenreisen"),
        "flows.first": ("first contact", "erster Kontakt"),
        "flows.second": ("second contact", "zweiter Kontakt"),
        "flows.third": ("third contact", "dritter Kontakt"),
        "flows.later": ("later", "später"),
        "flows.in the end": ("in the end", "am Ende"),
        "flows.title": (
            "Of 100 journeys under {strategy}, {resolved} end resolved and {given_up} given up; "
            "customers switch touchpoints {switched} times on the way",
            "Von 100 Kundenreisen unter {strategy} enden {resolved} gelöst und {given_up} aufgegeben; "
            "unterwegs wechseln Kunden {switched}-mal den Kontaktpunkt",
        ),
        "flows.subtitle": (
            "Research before choosing where to be served counts as a contact; flows below "
            "{least} per 100 journeys are not drawn. "
            "Switches: {switched}, {percent} % interval {low} to {high} ({pairs} replications).",
            "Recherche vor der Wahl des Kontaktpunkts zählt als Kontakt; Ströme unter "
            "{least} je 100 Kundenreisen sind nicht gezeichnet. "
            "Wechsel: {switched}, {percent}-%-Intervall {low} bis {high} ({pairs} Wiederholungen).",
        ),
        "flows.difference": (
            " Difference to {baseline}: {difference} ({interval})",
            " Differenz zu {baseline}: {difference} ({interval})",
        ),
        "flows.not clear": (
            "; not enough evidence of a difference.",
            "; nicht genug Belege für einen Unterschied.",
        ),
        # one customer's two lives
        "lives.year": (
            "{resolved} journeys resolved, loyalty {loyalty} at the end",
            "{resolved} Kundenreisen gelöst, Loyalität {loyalty} am Ende",
        ),
        "lives.lost so far": ("points lost so far", "bisher verlorene Punkte"),
        "lives.lost": ("points lost", "verlorene Punkte"),
        "lives.week": ("week of the run", "Woche des Laufs"),
        "lives.points": ("points", "Punkte"),
        "lives.waited": ("waited {minutes} min", "{minutes} min gewartet"),
        "lives.contact at": ("contact at", "Kontakt"),
        "lives.long wait": ("after a long wait", "nach langem Warten"),
        "lives.frustration": ("frustration", "Frustration"),
        "lives.title": (
            "Customer {customer} ({segment}): frustration costs {before} points "
            "under {baseline} and {after} under {strategy}",
            "Kunde {customer} ({segment}): Frustration kostet {before} Punkte "
            "unter {baseline} und {after} unter {strategy}",
        ),
        "lives.subtitle": (
            "One of the customers whose year differs most: it shows what can happen, not what is typical. "
            "Points of experience lost at each contact; the same person with the same luck "
            "(replication {replication}).",
            "Einer der Kunden, deren Jahr sich am meisten unterscheidet: Das zeigt, was geschehen kann, nicht, was "
            "typisch ist. Verlorene Erlebnispunkte bei jedem Kontakt; dieselbe Person mit demselben Glück "
            "(Wiederholung {replication}).",
        ),
    }
)
"""English and German by key."""
