"""What comparisons and twins say in words."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

__all__ = ["TEXTS"]

TEXTS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "and": ("and", "und"),
        "quoted": ("“{text}”", "„{text}“"),
        "interval": ("{low} to {high}", "{low} bis {high}"),
        "interval of": ("{percent} % interval", "{percent}-%-Intervall"),
        "difference": ("difference", "Differenz"),
        # the verdict on one KPI
        "verdict.means": ("{kpi}: {mean} instead of {baseline}", "{kpi}: {mean} statt {baseline}"),
        "verdict.no interval": (
            "{text} (no interval: fewer than two pairs of replications)",
            "{text} (kein Intervall: weniger als zwei Paare von Wiederholungen)",
        ),
        "verdict.interval": (
            "{text} ({difference}, interval {interval}",
            "{text} ({difference}, Intervall {interval}",
        ),
        "verdict.within": (
            "{text} inside the indifference zone of ±{zone})",
            "{text} innerhalb der Indifferenzzone von ±{zone})",
        ),
        "verdict.straddles": (
            "{text} straddles the indifference zone of ±{zone}",
            "{text} reicht über den Rand der Indifferenzzone von ±{zone}",
        ),
        "verdict.includes 0": ("{text} includes 0", "{text} schließt 0 ein"),
        "verdict.only alone": (
            "{text}, clear alone but not together with the other verdicts",
            "{text}, für sich klar, aber nicht zusammen mit den anderen Urteilen",
        ),
        "verdict.too close": (
            "{text}; too close to what matters for a reasonable number of replications)",
            "{text}; zu nah an der Grenze des Relevanten für eine vertretbare Zahl von Wiederholungen)",
        ),
        "verdict.more": (
            "{text}; about {more} more replication{more:|s} if this is the true difference)",
            "{text}; etwa {more} weitere Wiederholung{more:|en}, falls dies die wahre Differenz ist)",
        ),
        # all verdicts
        "verdict.none": (
            "No verdict: the scenario declares no primary KPIs (decision.primary). The table shows all KPIs.",
            "Kein Urteil: Das Szenario nennt keine Hauptkennzahlen (decision.primary). Die Tabelle zeigt alle.",
        ),
        "verdict.on": ("{verdict} on {count}", "{verdict} bei {count}"),
        "verdict.strategy": (
            "{strategy} against {baseline}, {count} primary KPI{count:|s}: {found}.",
            "{strategy} gegen {baseline}, {count} Hauptkennzahl{count:|en}: {found}.",
        ),
        "verdict.how sure": (
            "From {pairs} paired replication{pairs:|s}. All verdicts hold together with "
            "{percent} % confidence (Holm-adjusted); each interval holds for its KPI alone. "
            "They say what follows from the scenario's assumptions, not that the assumptions are true.",
            "Aus {pairs} gepaarten Wiederholung{pairs:|en}. Alle Urteile gelten zusammen mit {percent} % Sicherheit "
            "(nach Holm); jedes Intervall gilt für seine Kennzahl allein. "
            "Sie sagen, was aus den Annahmen des Szenarios folgt, nicht, dass die Annahmen stimmen.",
        ),
        "verdict.not sure": (
            "From one pair of replications, which has no interval, so there is no verdict; run at least 2, better 20.",
            "Aus einem Paar von Wiederholungen, das kein Intervall hat, daher kein Urteil; mindestens 2, besser 20 "
            "rechnen.",
        ),
        # the whole comparison
        "comparison.headline": (
            "{name}: {others} against {baseline}, {pairs} paired replication{pairs:|s}, seed {seed}",
            "{name}: {others} gegen {baseline}, {pairs} gepaarte Wiederholung{pairs:|en}, Startwert {seed}",
        ),
        "comparison.no luck": (
            "How much pairing helps cannot be measured here: too few replications, or nothing varies.",
            "Was die Paarung bringt, lässt sich hier nicht messen: zu wenige Wiederholungen, oder nichts schwankt.",
        ),
        "comparison.luck": (
            "Same customers, same luck: with independent seeds the same intervals would need {middle} times the "
            "replications (median of the KPIs shown; {low} to {high}).",
            "Dieselben Kunden mit demselben Glück: Mit unabhängigen Startwerten bräuchten dieselben Intervalle das "
            "{middle}-Fache an Wiederholungen (Median der gezeigten Kennzahlen; {low} bis {high}).",
        ),
        # copies in another size
        "copy.size": (
            "Simulated in a copy of {scale} times the size. How long customers wait depends on how many people share "
            "the work, so take the direction of differences from it, and neither their size nor waiting and money per "
            "customer.",
            "Simuliert in einer Kopie in {scale}-facher Größe. Wie lange Kunden warten, hängt davon ab, wie viele sich "
            "die Arbeit teilen; daher gilt von den Unterschieden die Richtung, nicht aber ihre Größe, und Wartezeiten "
            "und Geld je Kunde gelten nur für die Kopie.",
        ),
        "copy.verdict": (
            "Found in a copy of {scale} times the size: directions may be taken from it, sizes not.",
            "Gefunden in einer Kopie in {scale}-facher Größe: Richtungen lassen sich übertragen, Größen nicht.",
        ),
        "copy.totals": ("Totals are those of the copy.", "Summen sind die der Kopie."),
        "copy.amounts": ("Amounts are brought to full size.", "Beträge sind auf volle Größe gebracht."),
        "copy.at least one": (
            "Where anybody serves, it is at least one whole person. So this copy has more staff than is in proportion "
            "({told}): staff is dearer there, and waits may come out longer or shorter than in the company.",
            "Wo jemand bedient, ist es mindestens eine ganze Person. So hat diese Kopie mehr Personal, als "
            "verhältnismäßig wäre ({told}): Dort ist das Personal teurer, und man wartet länger oder kürzer als im "
            "Unternehmen.",
        ),
        "copy.one more": (
            "{touchpoint} has {times} times the staff that is in proportion, for there is at least one agent",
            "{touchpoint} hat das {times}-Fache des verhältnismäßigen Personals, denn es ist mindestens eine Person",
        ),
        "copy.overstaffed": ("{touchpoint} {times} times as much", "{touchpoint} das {times}-Fache"),
        "copy.lever": (
            "{strategy}: what {lever} changes about the staff of {touchpoint} moves no hour in this copy; its effect "
            "is missing, and what it costs is counted.",
            "{strategy}: Was {lever} am Personal von {touchpoint} ändert, ändert in dieser Kopie keine Stunde; die "
            "Wirkung fehlt, die Kosten zählen.",
        ),
        "copy.swept": (
            "{path}: the values {values} give the same whole agents in this copy, so that they cannot be told apart "
            "here.",
            "{path}: Die Werte {values} ergeben in dieser Kopie dieselben ganzen Personen und sind hier nicht zu "
            "unterscheiden.",
        ),
        "copy.staffing": (
            "What the scenario changes about the staff of {touchpoint} moves no hour in this copy.",
            "Was das Szenario am Personal von {touchpoint} ändert, ändert in dieser Kopie keine Stunde.",
        ),
        # twins
        "twins.headline": (
            "The customers whose year differs most between {worlds} (replication {replication}).\n"
            "They show what can happen, not what is typical.",
            "Die Kunden, deren Jahr sich zwischen {worlds} am meisten unterscheidet (Wiederholung {replication}).\n"
            "Sie zeigen, was geschehen kann, nicht, was typisch ist.",
        ),
        "twins.customer": ("Customer {customer} ({segment})", "Kunde {customer} ({segment})"),
        "twins.waited": (", waited {waited} min", ", {waited} min gewartet"),
        "twins.week": ("week {week}", "Woche {week}"),
        "twins.same": ("(the same until then: {count} line{count:|s})", "(bis dahin gleich: {count} Zeile{count:|n})"),
        "twins.more": ("… {count} more line{count:|s}: .table", "… {count} weitere Zeile{count:|n}: .table"),
        "twins.left": ("left the company {when}", "abgewandert {when}"),
        "twins.stayed": ("did not leave", "nicht abgewandert"),
        "twins.total": (
            "{severity} point{severity:|s} lost, {resolved} resolved, loyalty {loyalty}",
            "{severity} Punkt{severity:|e} verloren, {resolved} gelöst, Loyalität {loyalty}",
        ),
    }
)
"""English and German by key."""
