"""What the workshop says: its controls, its cards, its views."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

__all__ = ["TEXTS"]

TEXTS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        # above the app
        "workshop.heading": ("What if?", "Was wäre, wenn?"),
        "workshop.lead": (
            "Move something on the left and see on the right what it changes, for the same customers with the same "
            "luck. The first answer comes at once; it grows surer while nobody moves.",
            "Links etwas verschieben, rechts sehen, was sich ändert, für dieselben Kunden mit demselben Glück. Die "
            "erste Antwort kommt sofort; sie wird sicherer, solange niemand etwas verschiebt.",
        ),
        "workshop.opening": ("The case is being opened", "Der Fall wird geöffnet"),
        # headings of the controls
        "workshop.levers": ("Levers", "Maßnahmen"),
        "workshop.people": ("People and hours", "Personal und Zeiten"),
        "workshop.assumptions": ("Assumptions", "Annahmen"),
        "workshop.keep": ("Keep", "Behalten"),
        "workshop.levers_hint": (
            "Coverage and start. They act under the chosen strategy only.",
            "Abdeckung und Beginn. Sie wirken nur unter der gewählten Strategie.",
        ),
        "workshop.people_hint": ("They hold in both worlds.", "Sie gelten in beiden Welten."),
        "workshop.assumptions_hint": (
            "What the room voted on, then those with the widest ranges relative to their value. They hold in both "
            "worlds.",
            "Worüber der Raum abgestimmt hat, dann die mit den weitesten Spannen im Verhältnis zum Wert. Sie gelten in "
            "beiden Welten.",
        ),
        "workshop.keep_hint": (
            "Writes a scenario file that extends the case.",
            "Schreibt eine Szenariodatei, die auf dem Fall aufbaut.",
        ),
        # controls
        "workshop.lever_start": ("{lever}, start", "{lever}, Beginn"),
        "workshop.lever_costs": (
            "{once} EUR, {monthly} EUR per month; {lead} + {ramp} weeks",
            "{once} EUR, {monthly} EUR je Monat; {lead} + {ramp} Wochen",
        ),
        "workshop.start_option": ("week {weeks}", "Woche {weeks}"),
        "workshop.start_hint": (
            "Week in which the lever starts, counted from the beginning of the measured time.",
            "Woche, in der die Maßnahme beginnt, gezählt ab Beginn der gemessenen Zeit.",
        ),
        "workshop.agents": ("{touchpoint}: people more or fewer", "{touchpoint}: mehr oder weniger Personen"),
        "workshop.agents_value": ("{value} {value:person|people}", "{value} Person{value:|en}"),
        "workshop.agents_hint": (
            "Added in every hour that is staffed; at least one stays.",
            "In jeder besetzten Stunde dazu; mindestens eine Person bleibt.",
        ),
        "workshop.hours": ("{touchpoint}: opening hours", "{touchpoint}: Öffnungszeiten"),
        "workshop.hours_hint": (
            "Where it opens longer, as many people serve as in the nearest staffed hour.",
            "Wo länger offen ist, dienen so viele Personen wie in der nächsten besetzten Stunde.",
        ),
        "workshop.as_in_case": ("as in the case", "wie im Fall"),
        "workshop.evening_longer": ("2 h longer in the evening", "abends 2 h länger"),
        "workshop.evening_shorter": ("2 h shorter in the evening", "abends 2 h kürzer"),
        "workshop.morning_earlier": ("2 h earlier in the morning", "morgens 2 h früher"),
        "workshop.saturday_open": ("Saturday open like Friday", "Samstag offen wie Freitag"),
        "workshop.saturday_closed": ("Saturday closed", "Samstag zu"),
        "workshop.sunday_open": ("Sunday open like Saturday", "Sonntag offen wie Samstag"),
        "workshop.sunday_closed": ("Sunday closed", "Sonntag zu"),
        "workshop.always_open": ("around the clock", "rund um die Uhr"),
        "workshop.at_low": ("low", "niedrig"),
        "workshop.towards_low": ("lower", "niedriger"),
        "workshop.towards_high": ("higher", "höher"),
        "workshop.at_high": ("high", "hoch"),
        "workshop.several": ("{count} numbers together: {values}", "{count} Zahlen zusammen: {values}"),
        "workshop.one_value": ("{value} (range {low} to {high})", "{value} (Spanne {low} bis {high})"),
        # actions
        "workshop.undo": ("Undo", "Zurück"),
        "workshop.reset": ("Reset", "Alles wie im Fall"),
        "workshop.name": ("Name", "Name"),
        "workshop.name_placeholder": ("e.g. Half the customers", "z. B. Halbe Kundschaft"),
        "workshop.keep_button": ("Keep", "Behalten"),
        "workshop.kept": ("Kept", "Behalten wurde"),
        "workshop.open_kept": ("Open", "Öffnen"),
        "workshop.nothing_kept": ("nothing kept yet", "noch nichts"),
        "workshop.was_kept": (
            "Kept in {file}. It loads with journeysim like any scenario file.",
            "Behalten in {file}. journeysim lädt sie wie jede Szenariodatei.",
        ),
        "workshop.was_opened": ("Opened {file}.", "{file} ist geöffnet."),
        # what cannot be kept or opened
        "workshop.bad_name": (
            "got the name {name}, expected one that begins with a letter from a to z",
            "Der Name ist {name}, er muss mit einem Buchstaben von a bis z beginnen",
        ),
        "workshop.name_taken": (
            "the case has a strategy {name} already; choose another name",
            "Der Fall hat schon eine Strategie {name}; bitte einen anderen Namen wählen",
        ),
        "workshop.file_exists": (
            "{file} exists; choose another name, or allow it to be overwritten",
            "{file} gibt es schon; bitte einen anderen Namen wählen oder das Überschreiben erlauben",
        ),
        "workshop.not_kept_from_here": (
            "{file} was not kept from {case} as it is now; start a workshop with it: journeysim workshop {file}",
            "{file} wurde nicht aus {case}, wie sie jetzt ist, behalten; ein Workshop damit beginnt so: journeysim "
            "workshop {file}",
        ),
        # what differs
        "workshop.differs": ("Changed against the case", "Geändert gegenüber dem Fall"),
        "workshop.differs_nothing": (
            "Nothing is changed: this is the case as it is.",
            "Nichts ist geändert: Das ist der Fall, wie er ist.",
        ),
        "workshop.differs_row": ("{title}: {base} → {value}", "{title}: {base} → {value}"),
        # the answer
        "workshop.better": ("better", "besser"),
        "workshop.worse": ("worse", "schlechter"),
        "workshop.no_relevant_difference": ("no relevant difference", "kein relevanter Unterschied"),
        "workshop.not_enough_evidence": ("not yet clear", "noch nicht klar"),
        "workshop.no_threshold": ("no threshold set", "keine Schwelle gesetzt"),
        "workshop.finding": ("{strategy} against {baseline}: {found}", "{strategy} gegen {baseline}: {found}"),
        "workshop.no_verdict": (
            "{strategy} against {baseline}: the case declares no primary KPIs, so there is no verdict",
            "{strategy} gegen {baseline}: Der Fall nennt keine Hauptkennzahlen, also gibt es kein Urteil",
        ),
        "workshop.matters_from": ("matters from {zone}", "zählt ab {zone}"),
        "workshop.before": ("was {value}", "war {value}"),
        "workshop.state_working": (
            "{done} of {goal} paired replication{goal:|s}, refining",
            "{done} von {goal} gepaarten Wiederholung{goal:|en}, wird genauer",
        ),
        "workshop.state_done": ("{done} paired replication{done:|s}", "{done} gepaarte Wiederholung{done:|en}"),
        "workshop.state_look": (
            "first look in a copy of {scale} times the size, refining",
            "erster Blick in eine Kopie {scale}-facher Größe, wird genauer",
        ),
        "workshop.state_first": ("first answer on its way", "erste Antwort ist unterwegs"),
        "workshop.state_failed": ("No answer: {error}", "Keine Antwort: {error}"),
        "workshop.sure": (
            "{confidence} % intervals of this number alone; all verdicts hold together.",
            "{confidence}-%-Intervalle dieser Zahl allein; alle Urteile gelten zusammen.",
        ),
        "workshop.full": (
            "Full size of the case: {customers} customers.",
            "Volle Größe des Falls: {customers} Kunden.",
        ),
        # views
        "workshop.sees": ("Who sees what", "Wer sieht was"),
        "workshop.goes": ("Where customers go", "Wohin Kunden gehen"),
        "workshop.frustrations": ("Frustrations", "Frustrationen"),
        "workshop.table": ("All as text", "Alles als Text"),
        "workshop.unsourced": ("Assumptions", "Annahmen"),
        "workshop.numbers_too": ("Numbers of the picture as a table", "Zahlen des Bildes als Tabelle"),
        # who sees what
        "workshop.sees_title_all": (
            "Under {strategy}, touchpoints see {after} % of what others know, instead of {before} %",
            "Unter {strategy} sehen Kontaktpunkte {after} % dessen, was andere wissen, statt {before} %",
        ),
        "workshop.sees_title_same": (
            "Both worlds alike: touchpoints see {before} % of what others know",
            "Beide Welten gleich: Kontaktpunkte sehen {before} % dessen, was andere wissen",
        ),
        "workshop.sees_subtitle": (
            "How much of what arose at one touchpoint (row) is seen at another (column), in %, once all levers act.",
            "Wie viel von dem, was bei einem Kontaktpunkt entstand (Zeile), bei einem anderen zu sehen ist (Spalte), "
            "in %, wenn alle Maßnahmen wirken.",
        ),
        "workshop.fact": ("fact", "Information"),
        # where customers go
        "workshop.goes_title": (
            "Under {strategy}, “{place}” changes most: {difference} per 100 journeys",
            "Unter {strategy} ändert sich „{place}“ am meisten: {difference} je 100 Kundenreisen",
        ),
        "workshop.goes_title_open": (
            "Not yet clear whether customers go elsewhere under {strategy}",
            "Noch nicht klar, ob Kunden unter {strategy} anderswohin gehen",
        ),
        "workshop.goes_subtitle": (
            "Visits per 100 journeys, then how 100 journeys end. Mean of {pairs} replication{pairs:|s}; lines are "
            "{percent} % intervals of each mean.",
            "Besuche je 100 Kundenreisen, dann, wie 100 Kundenreisen enden. Mittel aus {pairs} "
            "Wiederholung{pairs:|en}; Linien sind {percent}-%-Intervalle jedes Mittels.",
        ),
        "workshop.place": ("where", "wo"),
        "workshop.visits": ("visits: {place}", "Besuche: {place}"),
        "workshop.ends": ("end: {outcome}", "Ende: {outcome}"),
        "workshop.kind": ("frustration", "Frustration"),
        # the text
        "workshop.state": ("state", "Urteil"),
        # assumptions without a source
        "workshop.unsourced_title": (
            "{count} of {all} numbers of the case have no source",
            "{count} von {all} Zahlen des Falls haben keine Quelle",
        ),
        "workshop.said": ("what the file says of it", "was die Datei dazu sagt"),
    }
)
"""English and German by key."""
