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
        "forest.best": (
            "Of {count} strategies, better on most primary KPIs: {found}",
            "Von {count} Strategien bei den meisten Hauptkennzahlen besser: {found}",
        ),
        "forest.better on": ("{strategy} ({better} of {all})", "{strategy} ({better} von {all})"),
        "forest.better and worse on": (
            "{strategy} ({better} of {all}, worse on {worse})",
            "{strategy} ({better} von {all}, schlechter bei {worse})",
        ),
        "forest.none better": (
            "None of {count} strategies is better on any primary KPI",
            "Keine von {count} Strategien ist bei irgendeiner Hauptkennzahl besser",
        ),
        "forest.how sure": (
            "Difference to {baseline}, mean and {percent} % interval, from {pairs} "
            "replication{pairs:|s} of the same customers with the same luck. "
            "Verdicts hold together with {percent} % confidence (Holm-adjusted), given the scenario's assumptions.",
            "Differenz zu {baseline}, Mittel und {percent}-%-Intervall, aus {pairs} "
            "Wiederholung{pairs:|en} mit denselben Kunden und demselben Glück. "
            "Die Urteile gelten zusammen mit {percent} % Sicherheit (nach Holm), unter den Annahmen des Szenarios.",
        ),
        "forest.not sure": (
            "Difference to {baseline} in one pair of replications, which has no interval; run at least 2, better 20.",
            "Differenz zu {baseline} in einem Paar von Wiederholungen, das kein Intervall hat; mindestens 2, besser 20 "
            "rechnen.",
        ),
        # frustrations by type
        "types.hover": ("per 100 journeys", "je 100 Kundenreisen"),
        "types.axis": ("frustration events per 100 journeys", "Frustrationsereignisse je 100 Kundenreisen"),
        "types.how sure": (
            "Mean of {pairs} replication{pairs:|s} and {percent} % interval of each mean; "
            "differences are surer than these intervals, for they compare the same customers.",
            "Mittel aus {pairs} Wiederholung{pairs:|en} mit {percent}-%-Intervall jedes Mittels; "
            "Differenzen sind sicherer als diese Intervalle, denn sie vergleichen dieselben Kunden.",
        ),
        "types.others": ("all {count} other types", "alle {count} anderen Arten"),
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
        # frustrations by segment
        "segments.most": (
            "Under {baseline}, “{most}” meets {rate} frustrations per 100 journeys, “{least}” {other}",
            "Unter {baseline} erlebt „{most}“ {rate} Frustrationen je 100 Kundenreisen, „{least}“ {other}",
        ),
        "segments.because": (
            "{found}; they differ most in “{kind}” ({difference})",
            "{found}; am meisten unterscheiden sie sich bei „{kind}“ ({difference})",
        ),
        "segments.change": (
            "{found}; under {strategy}, most changes for “{segment}”, from {before} to {rate}",
            "{found}; unter {strategy} ändert sich am meisten für „{segment}“, von {before} auf {rate}",
        ),
        "segments.alike": (
            "Under {baseline}, no segment clearly meets more frustrations than the others",
            "Unter {baseline} erlebt kein Segment eindeutig mehr Frustrationen als die anderen",
        ),
        "segments.subtitle": (
            "Frustration events per 100 journeys of the segment, mean of {pairs} replication{pairs:|s}. Below each "
            "segment: the sum of its column. The same shade means the same number in both panels; types that never "
            "happen are left out.",
            "Frustrationsereignisse je 100 Kundenreisen des Segments, Mittel aus {pairs} Wiederholung{pairs:|en}. "
            "Unter jedem Segment: die Summe seiner Spalte. Gleiche Färbung heißt gleiche Zahl in beiden Feldern; "
            "Arten, die nie vorkommen, fehlen.",
        ),
        # frustrations by pair of touchpoints
        "pairs.other cause": ("another cause", "andere Ursache"),
        "pairs.known at": ("where the missing fact was known", "wo die fehlende Information bekannt war"),
        "pairs.met at": ("where the customer was", "wo der Kunde war"),
        "pairs.from": ("at {place}, known at {origin}", "bei {place}, bekannt bei {origin}"),
        "pairs.none": (
            "Under {baseline}, no frustration comes from a fact that somebody else in the company knows",
            "Unter {baseline} entsteht keine Frustration aus etwas, das jemand anders im Unternehmen weiß",
        ),
        "pairs.finding": (
            "Under {baseline}, {known} of {all} frustrations per 100 journeys arise because a place does not see what "
            "the company knows; most {pair} ({rate})",
            "Unter {baseline} entstehen {known} von {all} Frustrationen je 100 Kundenreisen, weil eine Stelle nicht "
            "sieht, was das Unternehmen weiß; am meisten {pair} ({rate})",
        ),
        "pairs.subtitle": (
            "Frustration events per 100 journeys, mean of {pairs} replication{pairs:|s}. Grey: causes other than a "
            "missing fact, such as a queue, on a scale of their own.",
            "Frustrationsereignisse je 100 Kundenreisen, Mittel aus {pairs} Wiederholung{pairs:|en}. Grau: andere "
            "Ursachen als eine fehlende Information, etwa eine Schlange, auf eigener Skala.",
        ),
        # lost sales by cause
        "lost.unit": ("EUR per customer and year", "EUR je Kunde und Jahr"),
        "lost.axis": ("lost sales, EUR per customer and year", "entgangener Umsatz, EUR je Kunde und Jahr"),
        "lost.no event": ("no frustration before", "ohne vorherige Frustration"),
        "lost.nothing": ("Under {baseline}, no sale is lost", "Unter {baseline} entgeht kein Umsatz"),
        "lost.most": (
            "Under {baseline}, customers give up purchases of {eur} EUR per head and year, {part} EUR of it after "
            "“{cause}”",
            "Unter {baseline} geben Kunden Käufe von {eur} EUR je Kopf und Jahr auf, {part} EUR davon nach „{cause}“",
        ),
        "lost.changes": ("{first}; the sum changes {changes}", "{first}; die Summe ändert sich {changes}"),
        "lost.changes most": (
            "{first}; the sum changes most {change}",
            "{first}; die Summe ändert sich am meisten {change}",
        ),
        "lost.not clear": (
            "{first}; not enough evidence that the sum changes",
            "{first}; nicht genug Belege, dass sich die Summe ändert",
        ),
        "lost.subtitle": (
            "Revenue of purchases that customers wanted and gave up, by the frustration that cost most in the contact "
            "after which they gave up; where it had none, in the whole journey. Mean of {pairs} replication{pairs:|s} "
            "and {percent} % interval of each mean.",
            "Umsatz von Käufen, die Kunden wollten und aufgaben, nach der Frustration, die in dem Kontakt am meisten "
            "kostete, nach dem sie aufgaben; gab es dort keine, auf der ganzen Kundenreise. Mittel aus {pairs} "
            "Wiederholung{pairs:|en} mit {percent}-%-Intervall jedes Mittels.",
        ),
        "lost.left out": (
            " {count} rarer cause{count: is|s are} left out: at most {eur} EUR in sum.",
            " {count} seltenere Ursache{count: fehlt|n fehlen}: zusammen höchstens {eur} EUR.",
        ),
        # both first-contact resolutions
        "fcr.customers": ("As customers live it", "Wie Kunden es erleben"),
        "fcr.all": ("As all touchpoints report it", "Wie alle Kontaktpunkte es melden"),
        "fcr.axis": ("settled at the first contact, %", "beim ersten Kontakt erledigt, %"),
        "fcr.finding": (
            "Under {baseline}, touchpoints report {reported} % of matters settled at the first contact; customers find "
            "{lived} % settled",
            "Unter {baseline} melden Kontaktpunkte {reported} % der Anliegen als beim ersten Kontakt erledigt; für "
            "Kunden sind es {lived} %",
        ),
        "fcr.no gap": (
            "Under {baseline}, touchpoints report no more settled at the first contact ({reported} %) than customers "
            "find ({lived} %)",
            "Unter {baseline} melden Kontaktpunkte nicht mehr als beim ersten Kontakt erledigt ({reported} %), als "
            "Kunden finden ({lived} %)",
        ),
        "fcr.subtitle": (
            "A touchpoint counts a matter as settled if the customer does not come back to it within a week, wherever "
            "else the customer goes. Dotted: the customers' view. Mean of {pairs} replication{pairs:|s}, {percent} % "
            "intervals.",
            "Ein Kontaktpunkt zählt ein Anliegen als erledigt, wenn der Kunde nicht binnen einer Woche zu ihm "
            "zurückkommt, wohin er sonst auch geht. Gepunktet: die Sicht der Kunden. Mittel aus {pairs} "
            "Wiederholung{pairs:|en}, {percent}-%-Intervalle.",
        ),
        # experience against expectation
        "gap.below": ("← less than expected", "← weniger als erwartet"),
        "gap.above": ("more than expected →", "mehr als erwartet →"),
        "gap.axis": ("experience minus expectation, points", "Erlebnis minus Erwartung, Punkte"),
        "gap.none": (
            "Under {baseline}, no touchpoint clearly falls short of what its customers expect",
            "Unter {baseline} bleibt kein Kontaktpunkt eindeutig hinter den Erwartungen seiner Kunden zurück",
        ),
        "gap.some": (
            "Under {baseline}, {count} of {all} touchpoints {count:falls|fall} short of what customers expect, most "
            "of all {place} ({points} point{points:|s})",
            "Unter {baseline} {count:bleibt|bleiben} {count} von {all} Kontaktpunkten hinter den Erwartungen der "
            "Kunden zurück, am meisten {place} ({points} Punkt{points:|e})",
        ),
        "gap.all": (
            "Under {baseline}, every touchpoint falls short of what its customers expect, most of all {place} "
            "({points} point{points:|s})",
            "Unter {baseline} bleibt jeder Kontaktpunkt hinter den Erwartungen seiner Kunden zurück, am meisten "
            "{place} ({points} Punkt{points:|e})",
        ),
        "gap.change": (
            "{first}; most changes at {place} under {strategy}, from {before} to {points}",
            "{first}; am meisten ändert sich {place} unter {strategy}, von {before} auf {points}",
        ),
        "gap.subtitle": (
            "Mean over all contacts at a touchpoint of what it was like, less what this customer expected of it after "
            "all contacts before. Mean of {pairs} replication{pairs:|s}, {percent} % intervals.",
            "Mittel über alle Kontakte bei einem Kontaktpunkt: wie es war, abzüglich dessen, was dieser Kunde nach "
            "allen Kontakten davor erwartete. Mittel aus {pairs} Wiederholung{pairs:|en}, {percent}-%-Intervalle.",
        ),
        # who sees what
        "sees.seen at": ("seen at", "gesehen bei"),
        "sees.arose at": ("arose at", "entstanden bei"),
        "sees.hover": (
            "{fact}: arose at {origin}, seen at {target}: {percent} %",
            "{fact}: entstanden bei {origin}, gesehen bei {target}: {percent} %",
        ),
        "sees.finding": (
            "Under {strategy}, touchpoints see {percent}\u00a0% of what others know; least of “{fact}”, {least}\u00a0%",
            "Unter {strategy} sehen Kontaktpunkte {percent}\u00a0% dessen, was andere wissen; am wenigsten von "
            "„{fact}“, {least}\u00a0%",
        ),
        "sees.subtitle": (
            "How much of what arose at one touchpoint (row) is seen at another (column), in %, once all levers act. "
            "Beside each fact: the mean between different touchpoints.",
            "Wie viel von dem, was bei einem Kontaktpunkt entstand (Zeile), bei einem anderen zu sehen ist (Spalte), "
            "in %, wenn alle Maßnahmen wirken. Neben jeder Information: das Mittel zwischen verschiedenen "
            "Kontaktpunkten.",
        ),
        # roll-out
        "roll_out.hover": (
            "week %{{customdata[1]}}: %{{z}} % of the full effect",
            "Woche %{{customdata[1]}}: %{{z}} % der vollen Wirkung",
        ),
        "roll_out.cost": ("{once} EUR, {monthly} EUR a month", "{once} EUR, {monthly} EUR im Monat"),
        "roll_out.axis": ("weeks after measuring begins", "Wochen nach Beginn der Messung"),
        "roll_out.finding": (
            "{strategy} works fully from {when}; it takes {once} EUR once and {monthly} EUR a month",
            "{strategy} wirkt voll ab {when}; nötig sind {once} EUR einmalig und {monthly} EUR im Monat",
        ),
        "roll_out.begins": ("measuring begins", "Messung beginnt"),
        "roll_out.before": (
            "{weeks} week{weeks:|s} before measuring begins",
            "{weeks} Woche{weeks:|n} vor Beginn der Messung",
        ),
        "roll_out.at the start": ("the start of measuring", "Beginn der Messung"),
        "roll_out.after": (
            "{weeks} week{weeks:|s} after measuring begins",
            "{weeks} Woche{weeks:|n} nach Beginn der Messung",
        ),
        "roll_out.too late": (
            "{strategy} does not work fully within the run; it takes {once} EUR once and {monthly} EUR a month",
            "{strategy} wirkt im Lauf nicht voll; nötig sind {once} EUR einmalig und {monthly} EUR im Monat",
        ),
        "roll_out.subtitle": (
            "Blue: share of the lever's full effect, paler where it does not reach everybody; white: not yet; orange: "
            "worse than before, while people learn. Right: cost once, and per month.",
            "Blau: Anteil an der vollen Wirkung der Maßnahme, blasser, wo sie nicht alle erreicht; weiß: noch nicht; "
            "orange: schlechter als zuvor, solange gelernt wird. Rechts: Kosten einmalig und im Monat.",
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
            "{least} per 100 journeys are not drawn. Those still open at the end are among the 100; KPIs "
            "leave them out. "
            "Switches: {switched}, {percent} % interval {low} to {high} ({pairs} replication{pairs:|s}).",
            "Recherche vor der Wahl des Kontaktpunkts zählt als Kontakt; Ströme unter "
            "{least} je 100 Kundenreisen sind nicht gezeichnet. Am Ende offene zählen hier mit, in Kennzahlen nicht. "
            "Wechsel: {switched}, {percent}-%-Intervall {low} bis {high} ({pairs} Wiederholung{pairs:|en}).",
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
            "{resolved} journey{resolved:|s} resolved, loyalty {loyalty} at the end",
            "{resolved} Kundenreise{resolved:|n} gelöst, Loyalität {loyalty} am Ende",
        ),
        "lives.year left": (
            "{resolved} journey{resolved:|s} resolved, loyalty {loyalty} when leaving the company in week {week}",
            "{resolved} Kundenreise{resolved:|n} gelöst, Loyalität {loyalty} beim Abwandern in Woche {week}",
        ),
        "lives.left": ("left the company", "abgewandert"),
        "lives.lost so far": ("points lost so far", "bisher verlorene Punkte"),
        "lives.lost": ("points lost", "verlorene Punkte"),
        "lives.week": ("week of the run", "Woche des Laufs"),
        "lives.points": ("points", "Punkte"),
        "lives.waited": ("waited {minutes} min", "{minutes} min gewartet"),
        "lives.contact at": ("contact at", "Kontakt"),
        "lives.long wait": ("after a long wait", "nach langem Warten"),
        "lives.frustration": ("frustration", "Frustration"),
        "lives.title": (
            "Customer {customer} ({segment}): frustration costs {before} point{before:|s} "
            "under {baseline} and {after} under {strategy}",
            "Kunde {customer} ({segment}): Frustration kostet {before} Punkt{before:|e} "
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
