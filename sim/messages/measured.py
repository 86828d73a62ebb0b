"""What the figures of runs and sweeps say, and the one that shows what pairing is worth."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

__all__ = ["TEXTS"]

TEXTS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "replications": ("{count} replication{count:|s}", "{count} Wiederholung{count:|en}"),
        # how replications move together
        "pairing.against mean": ("Replications against their mean", "Wiederholungen gegen ihr Mittel"),
        "pairing.around difference": (
            "{percent} % interval around the difference",
            "{percent}-%-Intervall um die Differenz",
        ),
        "pairing.same luck": ("same luck", "dasselbe Glück"),
        "pairing.independent": ("independent seeds", "unabhängige Startwerte"),
        "pairing.axis": ("replication", "Wiederholung"),
        "pairing.subtitle": (
            "{kpi}. All strategies meet the same customers with the same luck, so luck moves them together and cancels "
            "in the difference.",
            "{kpi}. Alle Strategien treffen dieselben Kunden mit demselben Glück; so bewegt das Glück sie gemeinsam "
            "und hebt sich in der Differenz auf.",
        ),
        "pairing.factor": (
            " Factor for {strategy}: {factor} (interval {low} to {high}).",
            " Faktor für {strategy}: {factor} (Intervall {low} bis {high}).",
        ),
        "pairing.unknown": (
            "How much pairing helps cannot be measured here: too few replications, or nothing varies",
            "Was die Paarung bringt, lässt sich hier nicht messen: zu wenige Wiederholungen, oder nichts schwankt",
        ),
        "pairing.times the replications": (
            "{factor} times the replications for {strategy}",
            "das {factor}-Fache an Wiederholungen für {strategy}",
        ),
        "pairing.times": ("{factor} times for {strategy}", "das {factor}-Fache für {strategy}"),
        "pairing.range": (
            "{least} to {most} times the replications, depending on the strategy",
            "je nach Strategie das {least}- bis {most}-Fache an Wiederholungen",
        ),
        "pairing.helps": ("Pairing helps", "Die Paarung hilft"),
        "pairing.harms": ("Pairing does harm here", "Die Paarung schadet hier"),
        "pairing.not clear": (
            "Not enough evidence that pairing always helps",
            "Nicht genug Belege, dass die Paarung immer hilft",
        ),
        "pairing.finding": (
            "{verdict}: for the same intervals, independent seeds would need {found}",
            "{verdict}: Für dieselben Intervalle bräuchten unabhängige Startwerte {found}",
        ),
        # how busy staffed touchpoints are
        "load.busiest": (
            "{place} is busiest on {day} from {hour}:00 ({percent} % of the roster in service)",
            "{place}: am meisten los {day} ab {hour}:00 ({percent} % des Dienstplans im Einsatz)",
        ),
        "load.in service": ("in service: {place}", "im Einsatz: {place}"),
        "load.roster": ("on the roster", "im Dienstplan"),
        "load.agents": ("agents", "Personen"),
        "load.axis": ("day and hour of the week", "Tag und Stunde der Woche"),
        "load.subtitle": (
            "{strategy}: mean over the measured period and {replications}. Work begun before closing time is finished "
            "after it.",
            "{strategy}: Mittel über die gemessene Zeit und {replications}. Was vor Betriebsschluss beginnt, wird "
            "danach beendet.",
        ),
        # how long customers wait
        "waiting.longer": (
            "{percent} % wait more than {minutes} min",
            "{percent} % warten mehr als {minutes} min",
        ),
        "waiting.at": ("{found} at {place}", "{place}: {found}"),
        "waiting.nobody": (
            "Nobody came to a staffed touchpoint",
            "Niemand kam zu einem Kontaktpunkt mit Personal",
        ),
        "waiting.axis": (
            "minutes in line, until service or giving up",
            "Minuten in der Schlange, bis zur Bedienung oder zum Aufgeben",
        ),
        "waiting.share axis": ("% of arrivals who wait longer", "% der Ankommenden, die länger warten"),
        "waiting.subtitle": (
            "{strategy}: all arrivals of the measured period, {replications}.",
            "{strategy}: alle Ankommenden der gemessenen Zeit, {replications}.",
        ),
        # how a KPI follows what a sweep changes
        "response.hover": ("{at}: %{{y}} ({low} to {high})", "{at}: %{{y}} ({low} bis {high})"),
        "response.told": (
            "{strategies}, over {paths}; {replications} at each point, seed {seed}, scale {scale}. Scenario digest "
            "(SHA-256): {digest}",
            "{strategies}, über {paths}; {replications} an jedem Punkt, Startwert {seed}, Maßstab {scale}. Prüfsumme "
            "des Szenarios (SHA-256): {digest}",
        ),
        "response.mean of": ("Mean of {replications} at each point", "Mittel aus {replications} an jedem Punkt"),
        "response.lines subtitle": (
            "{mean}; bands are {percent} % intervals of each mean.",
            "{mean}; Bänder sind {percent}-%-Intervalle jedes Mittels.",
        ),
        "response.surer": (
            " Differences are surer than the bands, for they compare the same customers.",
            " Differenzen sind sicherer als die Bänder, denn sie vergleichen dieselben Kunden.",
        ),
        "response.rises": (
            "{kpi}: up from {first} to {last} under {strategy} as {what} goes from {begin} to {end}",
            "{kpi}: unter {strategy} von {first} hinauf auf {last}, wenn {what} von {begin} auf {end} geht",
        ),
        "response.falls": (
            "{kpi}: down from {first} to {last} under {strategy} as {what} goes from {begin} to {end}",
            "{kpi}: unter {strategy} von {first} hinab auf {last}, wenn {what} von {begin} auf {end} geht",
        ),
        "response.not clear": (
            "Not enough evidence that {what} changes {kpi} under {strategy}",
            "Nicht genug Belege, dass {what} unter {strategy} etwas ändert: {kpi}",
        ),
        "response.at one value": ("{kpi} at {what} = {value}", "{kpi} bei {what} = {value}"),
        "response.against": ("against {baseline}, {found}", "gegen {baseline}: {found}"),
        "response.is": ("{strategies}: {found}", "{strategies}: {found}"),
        "response.everywhere": ("{found} at every value", "{found} bei jedem Wert"),
        "response.somewhere": ("{found} at {values}", "{found} bei {values}"),
        "response.level subtitle": ("{mean}. {kpi}.", "{mean}. {kpi}."),
        "response.difference subtitle": (
            "{mean}. {kpi}: difference to {baseline} at the same point, in {unit}; white and in brackets where its "
            "{percent} % interval, which holds for its point alone, does not lie wholly {zone}.",
            "{mean}. {kpi}: Differenz zu {baseline} am selben Punkt, in {unit}; weiß und in Klammern, wo ihr "
            "{percent}-%-Intervall, das nur für diesen Punkt gilt, nicht ganz {zone} liegt.",
        ),
        "response.zone": (
            "outside the zone of ±{zone} that does not matter",
            "außerhalb der Zone von ±{zone}, die nicht zählt,",
        ),
        "response.no zone": ("on one side of 0", "auf einer Seite der 0"),
        "response.count": ("{what} at {count}", "{what} bei {count}"),
        "response.map finding": (
            "{kpi} against {baseline} at {points} points: {found}",
            "{kpi} gegen {baseline} an {points} Punkten: {found}",
        ),
        "response.no value": ("{kpi} has no value at any point", "{kpi} hat an keinem Punkt einen Wert"),
        "response.levels": (
            "{kpi}, under {baseline}: from {least} to {most}",
            "{kpi}, unter {baseline}: von {least} bis {most}",
        ),
    }
)
"""English and German by key."""
