"""What the report says: page, deck and workbook."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

__all__ = ["TEXTS"]

TEXTS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        # words that several tables need
        "kpi": ("KPI", "Kennzahl"),
        "strategy": ("Strategy", "Strategie"),
        "segment": ("Segment", "Segment"),
        "customers": ("Customers", "Kunden"),
        "need": ("Need", "Anliegen"),
        "unit": ("Unit", "Einheit"),
        "path": ("Number in the scenario file", "Zahl in der Szenariodatei"),
        "value": ("Value", "Wert"),
        "low": ("Low", "Unten"),
        "high": ("High", "Oben"),
        "source": ("Source", "Quelle"),
        # the report as a whole
        "report.subtitle": (
            "{others} against {baseline}; {pairs} paired replication{pairs:|s}",
            "{others} gegen {baseline}; {pairs} gepaarte Wiederholung{pairs:|en}",
        ),
        "report.copy": ("{title} (copy at scale {scale})", "{title} (Kopie im Maßstab {scale})"),
        "report.contents": ("Contents", "Inhalt"),
        "report.chart": ("Chart {number}", "Diagramm {number}"),
        "report.more rows": (
            "{count} more row{count: is|s are} in the workbook",
            "{count} weitere Zeile{count: steht|n stehen} in der Arbeitsmappe",
        ),
        "report.numbers": ("Numbers of chart {number}", "Zahlen zu Diagramm {number}"),
        "report.all rows": ("{heading}, all rows", "{heading}, alle Zeilen"),
        "report.on sheet": ("{title}: sheet “{name}”", "{title}: Blatt „{name}“"),
        "report.part": ("{title} ({part} of {parts})", "{title} ({part} von {parts})"),
        "report.in notes": (
            "{count} more point{count: is|s are} in the notes of this slide",
            "{count} weitere{count:r Punkt steht| Punkte stehen} in den Notizen dieser Folie",
        ),
        # question
        "question.heading": ("Question and answer", "Frage und Antwort"),
        "question.how": (
            "The same customers, with the same luck, were simulated under every strategy, {pairs} time{pairs:|s}.",
            "Dieselben Kunden mit demselben Glück wurden unter jeder Strategie simuliert, {pairs}-mal.",
        ),
        "answer.better": (
            "{strategy}: better on {better} of {all} primary KPI{all:|s}, worse on {worse}",
            "{strategy}: besser bei {better} von {all} Hauptkennzahl{all:|en}, schlechter bei {worse}",
        ),
        "answer.none better": (
            "No strategy is clearly better on a primary KPI",
            "Keine Strategie ist bei einer Hauptkennzahl klar besser",
        ),
        "answer.worth": ("{title}; net present value {eur} EUR", "{title}; Kapitalwert {eur} EUR"),
        "answer.worth of": (
            "{strategy}: net present value {eur} EUR over {horizon}{interval}.",
            "{strategy}: Kapitalwert {eur} EUR über {horizon}{interval}.",
        ),
        "answer.highest": (
            "Highest net present value: {strategy}, {eur} EUR over {horizon}{interval}.",
            "Höchster Kapitalwert: {strategy}, {eur} EUR über {horizon}{interval}.",
        ),
        "answer.lowest": (
            "Lowest net present value: {strategy}, {eur} EUR over {horizon}{interval}.",
            "Niedrigster Kapitalwert: {strategy}, {eur} EUR über {horizon}{interval}.",
        ),
        # company
        "company.heading": ("The company", "Das Unternehmen"),
        "company.finding": (
            "{customers} customers in {segments} segment{segments:|s} bring {needs} kind{needs:|s} of needs to "
            "{touchpoints}",
            "{customers} Kunden in {segments} Segment{segments:|en} bringen {needs} Art{needs:|en} von Anliegen zu "
            "{touchpoints}",
        ),
        "company.segments": ("{count} segment{count:|s} of customers", "{count} Kundensegment{count:|e}"),
        "company.rate": ("Needs per customer and year", "Anliegen je Kunde und Jahr"),
        "company.touchpoints": ("{count} touchpoint{count:|s}", "{count} Kontaktpunkt{count:|e}"),
        "company.touchpoint": ("Touchpoint", "Kontaktpunkt"),
        "company.kind": ("Kind", "Art"),
        "company.hours": ("Open, hours per week", "Geöffnet, Stunden je Woche"),
        "company.agents": ("Agents on duty", "Personal im Dienst"),
        "company.wage": ("Cost of an agent, EUR per hour", "Personalkosten, EUR je Stunde"),
        "company.per contact": ("Cost per contact, EUR", "Kosten je Kontakt, EUR"),
        "company.needs": ("{count} kind{count:|s} of needs", "{count} Art{count:|en} von Anliegen"),
        "company.served at": ("Served at", "Bedient an"),
        "company.requires": ("What serving it requires to see", "Was man dafür sehen muss"),
        "company.of": ("{name} ({count})", "{name} ({count})"),
        "company.strategies": (
            "Of {count} levers, the strategies use between {least} and {most}",
            "Von {count} Maßnahmen nutzen die Strategien zwischen {least} und {most}",
        ),
        "company.levers": ("Levers", "Maßnahmen"),
        "company.coverage": ("Coverage, %", "Abdeckung, %"),
        "company.no levers": ("no lever", "keine Maßnahme"),
        "company.cost of levers": (
            "At full coverage all levers together cost {once} EUR once and {monthly} EUR per month",
            "Bei voller Abdeckung kosten alle Maßnahmen zusammen einmalig {once} EUR und {monthly} EUR je Monat",
        ),
        "company.lever": ("Lever", "Maßnahme"),
        "company.one-off": ("One-off cost, EUR", "Einmalige Kosten, EUR"),
        "company.running": ("Running cost, EUR per month", "Laufende Kosten, EUR je Monat"),
        "company.lead time": ("Lead time, weeks", "Vorlauf, Wochen"),
        "company.ramp": ("Ramp, weeks", "Anlauf, Wochen"),
        "company.note": (
            "All numbers are those of the scenario file; the register says where each comes from.",
            "Alle Zahlen sind die der Szenariodatei; das Verzeichnis nennt ihre Herkunft.",
        ),
        # comparison
        "comparison.heading": ("Comparison", "Vergleich"),
        "comparison.all": (
            "All {count} KPIs of every strategy",
            "Alle {count} Kennzahlen jeder Strategie",
        ),
        "comparison.baseline": ("Baseline: {baseline}", "Ausgangslage: {baseline}"),
        "comparison.mean": ("Strategy's mean", "Mittel der Strategie"),
        "comparison.low": ("{percent} % interval from", "{percent}-%-Intervall von"),
        "comparison.high": ("to", "bis"),
        "comparison.verdict": ("Verdict", "Urteil"),
        "comparison.share unit": ("%, differences in percentage points", "%, Differenzen in Prozentpunkten"),
        "comparison.by": ("{strategy} ({difference})", "{strategy} ({difference})"),
        "comparison.found": ("{verdict} under {found}", "{verdict} unter {found}"),
        "comparison.most": (
            "{verdict} under {count} of {all}, most under {by}",
            "{verdict} unter {count} von {all}, am meisten unter {by}",
        ),
        "comparison.count": ("{verdict} under {count} of {all}", "{verdict} unter {count} von {all}"),
        "comparison.extremes": (
            "{best}: {better} of {all} primary KPI{all:|s} better, {worse} worse; {last}: {fewest} better, {more} "
            "worse",
            "{best}: {better} von {all} Hauptkennzahl{all:|en} besser, {worse} schlechter; {last}: {fewest} besser, "
            "{more} schlechter",
        ),
        "comparison.zone": (
            "Differences up to ±{zone} ({unit}) do not matter, as was declared before. {how_sure}",
            "Differenzen bis ±{zone} ({unit}) zählen nicht, wie vorab festgelegt. {how_sure}",
        ),
        "comparison.axis": (
            "difference to {baseline}, {unit} ({better})",
            "Differenz zu {baseline}, {unit} ({better})",
        ),
        # frustrations
        "frustrations.heading": ("Frustrations", "Frustrationen"),
        "frustrations.type": ("Frustration", "Frustration"),
        "frustrations.subtitle": (
            "Mean of {pairs} replication{pairs:|s}; types that never happen are left out.",
            "Mittel aus {pairs} Wiederholung{pairs:|en}; Arten, die nie vorkommen, fehlen.",
        ),
        "frustrations.note": (
            "A frustration event is recorded the moment it happens; it follows from a fact that the touchpoint does "
            "not see, from a queue or from closed doors.",
            "Ein Frustrationsereignis wird in dem Moment festgehalten, in dem es geschieht; es folgt aus einer "
            "Information, die der Kontaktpunkt nicht sieht, aus einer Schlange oder aus geschlossenen Türen.",
        ),
        # flows
        "flows.heading": ("Where customers go", "Wohin Kunden gehen"),
        "flows.resolved": ("{count} under {strategy}", "{count} unter {strategy}"),
        "flows.finding": (
            "Journeys that end resolved, of 100: {resolved}",
            "Von 100 Kundenreisen enden gelöst: {resolved}",
        ),
        "flows.extremes": (
            "Journeys that end resolved, of 100: most under {most}, fewest under {fewest}",
            "Von 100 Kundenreisen enden gelöst: die meisten unter {most}, die wenigsten unter {fewest}",
        ),
        "flows.by": ("{strategy} ({count})", "{strategy} ({count})"),
        "flows.chart": (
            "How journeys begun in the measured period end, over {pairs} replication{pairs:|s} together.",
            "Wie Kundenreisen enden, die im Messzeitraum begannen, über {pairs} Wiederholung{pairs:|en} zusammen.",
        ),
        "flows.axis": ("Of 100 journeys, how many end how", "Von 100 Kundenreisen enden"),
        # twins
        "twins.heading": ("One customer, two lives", "Ein Kunde, zwei Leben"),
        "twins.table": (
            "The customers whose year differs most",
            "Die Kunden, deren Jahr sich am meisten unterscheidet",
        ),
        "twins.who": ("Customer", "Kunde"),
        "twins.severity": ("points lost", "verlorene Punkte"),
        "twins.resolved": ("journeys resolved", "gelöste Kundenreisen"),
        "twins.loyalty": ("loyalty at the end, points", "Loyalität am Ende, Punkte"),
        "twins.left_week": ("left the company in week", "abgewandert in Woche"),
        "twins.note": (
            "These customers show what can happen, not what is typical: they are the ones whose year differs most, in "
            "either direction.",
            "Diese Kunden zeigen, was geschehen kann, nicht, was typisch ist: Es sind die, deren Jahr sich am meisten "
            "unterscheidet, in welche Richtung auch immer.",
        ),
        # assumptions
        "assumptions.heading": ("Assumptions", "Annahmen"),
        "assumptions.finding": (
            "{assumed} of the {count} numbers of the scenario are assumptions without a source",
            "{assumed} der {count} Zahlen des Szenarios sind Annahmen ohne Quelle",
        ),
        "assumptions.subtitle": (
            "Numbers that the scenario file states about company and customers, by its sections.",
            "Zahlen, die die Szenariodatei über Unternehmen und Kunden nennt, nach ihren Abschnitten.",
        ),
        "assumptions.axis": ("how many numbers", "Zahl der Angaben"),
        "assumptions.assumed": ("assumption", "Annahme"),
        "assumptions.sourced": ("with a source", "mit Quelle"),
        "assumptions.kind": ("Origin", "Herkunft"),
        "assumptions.register": ("All {count} numbers", "Alle {count} Zahlen"),
        "assumptions.sources": (
            "The {count} source{count:|s}, in the words of the scenario file",
            "Die {count} Quelle{count:|n}, im Wortlaut der Szenariodatei",
        ),
        "assumptions.text": ("What it says", "Was sie besagt"),
        "assumptions.note": (
            "The register lists every number with its range and its source. What carries no source, or one that calls "
            "itself an assumption, is counted as an assumption; what matters most of it should be measured first.",
            "Das Verzeichnis nennt jede Zahl mit Spanne und Quelle. Was keine Quelle hat, oder eine, die sich selbst "
            "Annahme nennt, zählt als Annahme; was davon am meisten bewirkt, sollte zuerst gemessen werden.",
        ),
        # money
        "money.heading": ("Business case", "Geschäftsfall"),
        "money.finding": (
            "Net present value over {horizon}: {told}",
            "Kapitalwert über {horizon}: {told}",
        ),
        "money.extremes": (
            "Net present value over {horizon}, of {count} strategies: most {most}; least {least}",
            "Kapitalwert über {horizon}, von {count} Strategien: höchster {most}; niedrigster {least}",
        ),
        "money.npv": ("{strategy} {eur} EUR{interval}", "{strategy} {eur} EUR{interval}"),
        "money.earns": (
            "{baseline}: margin less costs over {horizon} is {eur} EUR, discounted{interval}.",
            "{baseline}: Marge abzüglich Kosten über {horizon} beträgt {eur} EUR, abgezinst{interval}.",
        ),
        "money.worth": (
            "{strategy}: {eur} EUR compared with that{interval}.",
            "{strategy}: {eur} EUR im Vergleich dazu{interval}.",
        ),
        "money.npv head": ("Net present value, EUR", "Kapitalwert, EUR"),
        "money.from": ("from", "von"),
        "money.to": ("to, EUR", "bis, EUR"),
        "money.investment": ("Put into levers, EUR", "In Maßnahmen gesteckt, EUR"),
        "money.return": ("Return, %", "Rendite, %"),
        "money.payback": ("Payback, months", "Amortisation, Monate"),
        "money.pays": ("Simulated futures in which it pays, %", "Simulierte Zukünfte, in denen es sich lohnt, %"),
        "money.not clear": ("not clear", "nicht klar"),
        "money.never": ("not within {horizon}", "nicht im Zeitraum ({horizon})"),
        "money.over time": (
            "Discounted money so far against the baseline, mean of the replications; {simulated} months are simulated, "
            "the rest up to month {horizon} is carried on.",
            "Bisher aufgelaufenes abgezinstes Geld gegen die Ausgangslage, Mittel der Wiederholungen; {simulated} "
            "Monate sind simuliert, der Rest bis Monat {horizon} ist fortgeschrieben.",
        ),
        "money.parts subtitle": (
            "Parts of the net present value over {horizon} with their intervals; costs are negative.",
            "Teile des Kapitalwerts über {horizon} mit ihren Intervallen; Kosten sind negativ.",
        ),
        "money.pays means": (
            "The share of futures says how often a single simulated company comes out ahead; the interval is that of "
            "the mean.",
            "Der Anteil der Zukünfte sagt, wie oft ein einzelnes simuliertes Unternehmen besser abschneidet; das "
            "Intervall ist das des Mittels.",
        ),
        # limits
        "limits.heading": ("Limits", "Grenzen"),
        "limits.finding": (
            "The intervals cover the luck of the simulation, not wrong assumptions",
            "Die Intervalle decken das Glück der Simulation ab, nicht falsche Annahmen",
        ),
        "limits.assumptions": (
            "{assumed} of {count} numbers are assumptions. The result says what follows from them, not that they are "
            "true.",
            "{assumed} von {count} Zahlen sind Annahmen. Das Ergebnis sagt, was aus ihnen folgt, nicht, dass sie "
            "stimmen.",
        ),
        "limits.luck": (
            "Each interval has {percent} % confidence for its KPI alone, from {pairs} replication{pairs:|s}; the "
            "verdicts hold together.",
            "Jedes Intervall hat {percent} % Sicherheit für seine Kennzahl allein, aus {pairs} "
            "Wiederholung{pairs:|en}; die Urteile gelten zusammen.",
        ),
        "limits.primary": (
            "A verdict is given on the KPIs that were declared as primary before the comparison; all others are "
            "background.",
            "Ein Urteil gibt es für die Kennzahlen, die vor dem Vergleich zu Hauptkennzahlen erklärt wurden; alle "
            "anderen sind Hintergrund.",
        ),
        "limits.twins": (
            "Single customers illustrate; they prove nothing.",
            "Einzelne Kunden veranschaulichen; sie beweisen nichts.",
        ),
        "limits.model": (
            "The simulated company is simpler than a real one: customers solve one need at a time, and the staff of a "
            "touchpoint is one pool, first come, first served.",
            "Das simulierte Unternehmen ist einfacher als ein echtes: Kunden klären ein Anliegen nach dem anderen, und "
            "das Personal eines Kontaktpunkts ist ein Pool, der der Reihe nach bedient.",
        ),
        "limits.money": (
            "Money is counted per customer and year of the measured period; one-off costs of levers are spread over "
            "the write-off time.",
            "Geld ist je Kunde und Jahr des Messzeitraums gerechnet; einmalige Kosten der Maßnahmen sind über die "
            "Abschreibungszeit verteilt.",
        ),
        "limits.warnings": (
            "The check of the scenario file finds {count} thing{count:|s} suspicious (journeysim check).",
            "Die Prüfung der Szenariodatei nennt {count} Auffälligkeit{count:|en} (journeysim check).",
        ),
        "limits.repeat": (
            "To repeat: {pairs} replication{pairs:|s}, seed {seed}, scale {scale}, journeysim {version}, digest of the "
            "scenario (SHA-256) {digest}.",
            "Zum Wiederholen: {pairs} Wiederholung{pairs:|en}, Startwert {seed}, Maßstab {scale}, journeysim "
            "{version}, Prüfsumme des Szenarios (SHA-256) {digest}.",
        ),
        # definitions
        "definitions.heading": ("Definitions", "Definitionen"),
        "definitions.finding": ("What the KPIs mean", "Was die Kennzahlen bedeuten"),
        "definitions.table": ("{count} KPIs", "{count} Kennzahlen"),
        "definitions.better": ("Better is", "Besser ist"),
        "definitions.definition": ("Definition", "Definition"),
        "definitions.higher": ("higher is better", "höher ist besser"),
        "definitions.lower": ("lower is better", "niedriger ist besser"),
    }
)
"""English and German by key."""
