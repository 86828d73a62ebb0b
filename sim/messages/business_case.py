"""What the figures of a business case say."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

__all__ = ["TEXTS"]

TEXTS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "case.page": ("{name}: business case", "{name}: Geschäftsfall"),
        "case.told": (
            "{strategies} against {baseline}; {pairs} paired replication{pairs:|s}, seed {seed}, scale {scale}. "
            "Scenario digest (SHA-256): {digest}",
            "{strategies} gegen {baseline}; {pairs} gepaarte Wiederholung{pairs:|en}, Startwert {seed}, Maßstab "
            "{scale}. Prüfsumme des Szenarios (SHA-256): {digest}",
        ),
        "case.years": ("{years} year{years:|s}", "{years} Jahr{years:|e}"),
        "case.months": ("{months} month{months:|s}", "{months} Monat{months:|e}"),
        # where the net present value comes from
        "case.parts axis": ("EUR, discounted, against {baseline}", "EUR, abgezinst, gegen {baseline}"),
        "case.parts subtitle": (
            "Parts add up to the net present value over {years} at {rate} % per year; {percent} % intervals of "
            "{pairs} paired replication{pairs:|s}. {carried}",
            "Die Teile ergeben zusammen den Kapitalwert (Zeitraum: {years}, Zinssatz: {rate} % je Jahr); "
            "{percent}-%-Intervalle aus {pairs} gepaarten Wiederholung{pairs:|en}. {carried}",
        ),
        "case.not_enough_evidence": (
            "Not enough evidence that {strategy} pays or loses money over {years}: {eur} EUR{interval}",
            "Nicht genug Belege, ob sich {strategy} rechnet oder Geld verliert: {eur} EUR{interval} (Zeitraum: "
            "{years})",
        ),
        "case.pays": (
            "Over {years}, {strategy} is worth {eur} EUR{interval}, most of it from {part}",
            "{strategy} bringt {eur} EUR{interval} (Zeitraum: {years}), am meisten durch: {part}",
        ),
        "case.loses": (
            "Over {years}, {strategy} loses money: {eur} EUR{interval}, most of it through {part}",
            "{strategy} verliert Geld: {eur} EUR{interval} (Zeitraum: {years}), am meisten durch: {part}",
        ),
        # what it rests on
        "case.discount": (
            "All money is discounted at {percent} % per year to the first measured month; what levers cost before that "
            "month is counted, what they earn before it is not.",
            "Alles Geld ist mit {percent} % im Jahr auf den ersten gemessenen Monat abgezinst; was Maßnahmen davor "
            "kosten, zählt, was sie davor einbringen, nicht.",
        ),
        "case.basis last_quarter": ("the last simulated quarter", "des letzten simulierten Quartals"),
        "case.basis measured_period": ("the whole measured period", "des ganzen Messzeitraums"),
        "case.goes on": (
            "{simulated} months are simulated; from there to month {horizon} the monthly differences of {basis} go on, "
            "less {fade} % per year: an assumption.",
            "{simulated} Monate sind simuliert; von da bis Monat {horizon} gelten die monatlichen Differenzen {basis} "
            "fort, abzüglich {fade} % im Jahr: eine Annahme.",
        ),
        "case.goes on as it is": (
            "{simulated} months are simulated; from there to month {horizon} the monthly differences of {basis} go on "
            "as they are: an assumption.",
            "{simulated} Monate sind simuliert; von da bis Monat {horizon} gelten die monatlichen Differenzen {basis} "
            "unverändert fort: eine Annahme.",
        ),
        "case.roster": (
            "A roster costs the same whether or not it is needed, so saved service minutes count only where a strategy "
            "changes rosters.",
            "Ein Dienstplan kostet dasselbe, ob er gebraucht wird oder nicht; gesparte Bearbeitungsminuten zählen also "
            "nur, wo eine Strategie den Dienstplan ändert.",
        ),
        "case.luck": (
            "Intervals speak of the luck of the simulation, not of wrong assumptions.",
            "Intervalle sprechen vom Glück der Simulation, nicht von falschen Annahmen.",
        ),
        # money so far
        "case.hover": ("month %{{x}}: %{{y:,.0f}} EUR", "Monat %{{x}}: %{{y:,.0f}} EUR"),
        "case.simulated": ("simulated", "simuliert"),
        "case.carried on": ("carried on", "fortgeschrieben"),
        "case.month axis": ("months after measuring begins", "Monate nach Beginn der Messung"),
        "case.so far axis": (
            "EUR so far, discounted, against {baseline}",
            "EUR bis dahin, abgezinst, gegen {baseline}",
        ),
        "case.so far subtitle": (
            "Lines are means of {pairs} paired replication{pairs:|s}, bands their {percent} % intervals, month by "
            "month. {early}{carried}",
            "Linien sind Mittel aus {pairs} gepaarten Wiederholung{pairs:|en}, Bänder ihre {percent}-%-Intervalle, "
            "Monat für Monat. {early}{carried}",
        ),
        "case.early": (
            "Before month 0 only what levers cost is counted. ",
            "Vor Monat 0 zählt nur, was Maßnahmen kosten. ",
        ),
        "case.back after": ("{strategy} after {months} month{months:|s}", "{strategy} nach {months} Monat{months:|en}"),
        "case.back": ("On average the money is back for {found}", "Im Mittel ist das Geld wieder da bei {found}"),
        "case.back any": (
            "On average the money is back for {count} of {all} strategies, first for {first}",
            "Im Mittel ist das Geld wieder da bei {count} von {all} Strategien, zuerst bei {first}",
        ),
        "case.loses some": (
            "not brought back within {years}: what is spent on {found}",
            "nicht wieder eingebracht (Zeitraum: {years}): {found}",
        ),
        "case.loses any": (
            "{count} of {all} strategies do not bring back within {years} what is spent",
            "{count} von {all} Strategien bringen nicht wieder ein, was sie kosten (Zeitraum: {years})",
        ),
        "case.open some": (
            "not enough evidence whether the money comes back for {found}",
            "nicht genug Belege, ob das Geld wiederkommt bei {found}",
        ),
        "case.open any": (
            "not enough evidence for {count} of {all} strategies",
            "nicht genug Belege bei {count} von {all} Strategien",
        ),
        "case.all simulated": ("All months are simulated.", "Alle Monate sind simuliert."),
        "case.carried last_quarter": (
            "From month {month} on the last quarter's monthly differences are carried on (assumption).",
            "Ab Monat {month} werden die monatlichen Differenzen des letzten Quartals fortgeschrieben (Annahme).",
        ),
        "case.carried measured_period": (
            "From month {month} on the measured period's monthly differences are carried on (assumption).",
            "Ab Monat {month} werden die monatlichen Differenzen der gemessenen Zeit fortgeschrieben (Annahme).",
        ),
    }
)
"""English and German by key."""
