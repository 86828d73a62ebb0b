"""What ballots and the comparison under them say."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

__all__ = ["TEXTS"]

TEXTS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "ballots.headline": (
            "{name}: {count} ballot{count:|s} of {people} participant{people:|s} on {parameters} number{parameters:|s}",
            "{name}: {count} Stimmzettel von {people} Teilnehmenden zu {parameters} Zahl{parameters:|en}",
        ),
        "ballots.table parameter": ("number", "Zahl"),
        "ballots.table unit": ("unit", "Einheit"),
        "ballots.table ballots": ("ballots", "Stimmzettel"),
        "ballots.table today": ("before", "zuvor"),
        "ballots.table disagreement": ("between participants, %", "zwischen Teilnehmenden, %"),
        # figure of the spread
        "ballots.disagree": (
            "The room disagrees most on {parameter}: {percent} % of what is uncertain lies between participants",
            "Am wenigsten einig ist sich der Raum bei {parameter}: {percent} % der Unsicherheit liegen zwischen den "
            "Teilnehmenden",
        ),
        "ballots.agree": (
            "The room agrees: nobody's estimate differs from the others'",
            "Der Raum ist sich einig: Niemandes Schätzung weicht von den anderen ab",
        ),
        "ballots.one": (
            "One participant has voted, so there is nothing to disagree on",
            "Nur eine Person hat abgestimmt, es gibt also nichts, worüber man uneins wäre",
        ),
        "ballots.subtitle": (
            "One thin line per participant from lowest to highest value, with a dot at the best; the thick line is the "
            "pool of all with equal weights, from its 10 % to its 90 % quantile. Each row has its own scale.",
            "Eine dünne Linie je Person vom niedrigsten zum höchsten Wert, mit Punkt beim besten; die dicke Linie ist "
            "die Mischung aller mit gleichem Gewicht, vom 10-%- zum 90-%-Quantil. Jede Zeile hat ihre eigene Skala.",
        ),
        "ballots.participant": ("one participant", "eine Person"),
        "ballots.pool": ("all together, 10 % to 90 %", "alle zusammen, 10 % bis 90 %"),
        "ballots.median": ("median", "Median"),
        "ballots.today": ("in the scenario before", "im Szenario zuvor"),
        "ballots.row label": (
            "{parameter}  <br>between participants: {percent} %",
            "{parameter}  <br>zwischen Teilnehmenden: {percent} %",
        ),
        # the comparison
        "ballots.compared": (
            "{name}: compared at the room's middle values and under its ballots, {pairs} paired replication{pairs:|s} "
            "of each; {people} participant{people:|s}, {parameters} number{parameters:|s}",
            "{name}: verglichen bei den mittleren Werten des Raums und unter seinen Stimmzetteln, je {pairs} "
            "gepaarte Wiederholung{pairs:|en}; {people} Teilnehmende, {parameters} Zahl{parameters:|en}",
        ),
        "ballots.found": ("{verdict}, {difference} ({ends})", "{verdict}, {difference} ({ends})"),
        "ballots.row": (
            "{strategy}, {kpi}: at middle values {middle}; under the ballots {ballots}; single draws mostly "
            "{low} to {high}, relevantly better in {percent} % of them",
            "{strategy}, {kpi}: bei mittleren Werten {middle}; unter den Stimmzetteln {ballots}; einzelne Ziehungen "
            "meist {low} bis {high}, in {percent} % davon relevant besser",
        ),
        "ballots.how to read": (
            "The interval under the ballots is that of the mean over all that the room believes possible; single draws "
            "(10 % to 90 % of them are named) say how far it could be off.",
            "Das Intervall unter den Stimmzetteln ist das des Mittels über alles, was der Raum für möglich hält; "
            "einzelne Ziehungen (genannt sind 10 % bis 90 %) sagen, wie weit es daneben liegen kann.",
        ),
        "ballots.same": (
            "The ballots change no verdict",
            "Die Stimmzettel ändern kein Urteil",
        ),
        "ballots.changed": ("The ballots change a verdict: {changes}", "Die Stimmzettel ändern ein Urteil: {changes}"),
        "ballots.change": (
            "{strategy}, {kpi}: {before} becomes {after}",
            "{strategy}, {kpi}: aus {before} wird {after}",
        ),
        "ballots.no primary": (
            "The scenario declares no primary KPI, so there is no verdict that ballots could change",
            "Das Szenario nennt keine Hauptkennzahl, also gibt es kein Urteil, das Stimmzettel ändern könnten",
        ),
        "ballots.widest": (
            "{same}; single draws range most for {strategy}, {kpi}: {low} to {high}",
            "{same}; einzelne Ziehungen streuen am meisten bei {strategy}, {kpi}: {low} bis {high}",
        ),
        "ballots.figure": (
            "Difference to {baseline}: at the room's middle values (square, {percent} % interval), under its ballots "
            "(circle, {percent} % interval of the mean) and in every one of {pairs} draw{pairs:|s} (dots).",
            "Differenz zu {baseline}: bei den mittleren Werten des Raums (Quadrat, {percent}-%-Intervall), unter "
            "seinen Stimmzetteln (Kreis, {percent}-%-Intervall des Mittels) und in allen {pairs} Ziehungen (Punkte).",
        ),
        "ballots.at middle": ("at middle values", "bei mittleren Werten"),
        "ballots.under": ("under the ballots", "unter den Stimmzetteln"),
        "ballots.draws": ("single draws", "einzelne Ziehungen"),
    }
)
"""English and German by key."""
