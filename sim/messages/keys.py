"""What the numbers of a scenario, and what is measured, are called in front of people."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from sim.labels import kpi_label, label, spoken

__all__ = ["GERMAN_KEYS", "key_label", "kpi_name", "path_label"]

GERMAN_KEYS: Mapping[str, str] = MappingProxyType(
    {
        # people
        "customers": "Kunden",
        "prospects": "Interessenten",
        "needs_per_year": "Anliegen je Jahr",
        "rate_shape": "Streuung der Häufigkeit",
        "taste": "Vorliebe",
        "research_first": "recherchiert zuvor im Web",
        "showroom_first": "sieht sich zuvor in der Filiale um",
        "bought_before": "hat zuvor gekauft",
        "patience": "Geduld",
        "patience_shape": "Streuung der Geduld",
        "wait_tolerated": "hingenommene Wartezeit",
        "answer_tolerated": "hingenommene Antwortzeit",
        "tolerance": "Nachsicht",
        "tolerance_spread": "Streuung der Nachsicht",
        "sensitivity_spread": "Streuung der Empfindlichkeit",
        "opening_delay_cost": "Last des Wartens auf die Öffnung",
        "loyalty_level": "Niveau der Loyalität",
        "leaving_per_year": "Abwanderung je Jahr",
        "messages_tolerated": "hingenommene Nachrichten",
        # touchpoints
        "agents": "Personal",
        "staffing": "Besetzung",
        "wage": "Stundensatz",
        "cost_per_contact": "Kosten je Kontakt",
        "identifies": "erkennt Kunden",
        "carries": "führt das Sortiment",
        "promotes": "wirbt mit Angeboten",
        "personal_service": "persönliche Bedienung",
        "system_delay": "Wartezeit auf das System",
        "steers": "lenkt Kunden weiter",
        "competes": "wirbt gegen andere Kanäle",
        "closed": "geschlossen",
        "accompanied": "begleitete Schließung",
        "stays_open": "länger offen",
        "closes": "schließt",
        "saves": "rettet mit einem Angebot",
        "softens": "mildert mit den richtigen Worten",
        "specialist": "Fachleute",
        "transfers": "stellt durch",
        "transfer_time": "Zeit für das Durchstellen",
        "answer_time": "Antwortzeit",
        "answer_spread": "Streuung der Antwortzeit",
        "tracked": "nachverfolgt",
        "deadline": "Frist",
        "handling": "Aufwand ohne die Information",
        # needs
        "urgency": "Dringlichkeit",
        "difficulty_spread": "Streuung der Schwierigkeit",
        "served_at": "bedient bei",
        "service_time": "Bearbeitungszeit",
        "mean": "Mittel",
        "spread": "Streuung",
        "fit": "Eignung",
        "resolves": "löst",
        "passes_on": "reicht weiter",
        "promises": "sagt zu",
        "promise_after": "Zusage nach",
        "offered": "angeboten",
        "requires": "braucht",
        "advice_varies": "Beratung schwankt",
        "stakes": "was auf dem Spiel steht",
        "follow_ups": "Folgeanliegen",
        "share": "Anteil",
        "delay": "Verzögerung",
        "value": "Wert",
        "value_spread": "Streuung des Werts",
        # behaviour
        "taste_spread": "Streuung der Vorlieben",
        "choice_spread": "Streuung der Wahl",
        "experience_weight": "Gewicht der Erfahrung",
        "failed_penalty": "Abschlag nach Misserfolg",
        "research_time": "Zeit für Recherche",
        "self_service_difficulty": "Schwierigkeit der Selbstbedienung",
        "system_delay_tolerated": "hingenommene Wartezeit auf das System",
        "refusal_time": "Zeit für eine Absage",
        "steering_time": "Zeit für das Weiterlenken",
        "unhelpful": "ohne Hilfe",
        "unaccustomed": "Last des Ungewohnten",
        "accustomed_after": "gewohnt nach",
        "goodwill_cost": "Kosten der Kulanz",
        "after_opening": "Ankunft nach Öffnung",
        "redials": "ruft erneut an",
        "redial_after": "erneuter Anruf nach",
        "switches": "wechselt den Kontaktpunkt",
        "comes_back": "kommt wieder",
        "pause": "Pause",
        "hand_over_median": "Median der Übergabezeit",
        "hand_over_spread": "Streuung der Übergabezeit",
        "per_hand_over": "je Übergabe",
        "max_contacts": "Kontakte höchstens",
        "regular_from": "Stammkunde ab",
        "severity": "Schwere",
        # experience and loyalty
        "base": "Grundwert",
        "repeat_decay": "Abklingen bei Wiederholung",
        "start_expectation": "Erwartung zu Beginn",
        "learning": "Lernen",
        "market_drift_per_year": "Wandel des Markts je Jahr",
        "satisfaction_base": "Grundwert der Zufriedenheit",
        "expectation_weight": "Gewicht der Erwartung",
        "gain": "Gewinn",
        "shortfall": "Enttäuschung",
        "dissatisfied_below": "unzufrieden unter",
        "recovery": "Wiedergutmachung",
        "loss": "Verlust",
        "half_life": "Halbwertszeit",
        "leaving_sensitivity": "Empfindlichkeit der Abwanderung",
        "repurchase_sensitivity": "Empfindlichkeit des Wiederkaufs",
        "leaving_after_several_contacts": "Abwanderung nach mehreren Kontakten",
        "leaving_after_given_up": "Abwanderung nach Aufgabe",
        "leaving_after_complaint": "Abwanderung nach Beschwerde",
        "several_touchpoints_for": "mehrere Kontaktpunkte gelten für",
        "several_touchpoints_rate": "mehrere Kontaktpunkte: Häufigkeit",
        "several_touchpoints_value": "mehrere Kontaktpunkte: Wert",
        "memory": "Gedächtnis",
        "promoter_from": "Empfehler ab",
        "detractor_below": "Kritiker unter",
        # messages, data and words
        "cost_per_message": "Kosten je Nachricht",
        "advertises_for": "wirbt danach noch",
        "moves": "Umzüge",
        "cap": "Obergrenze",
        "frequency_care": "Sorgfalt bei der Häufigkeit",
        "address_care": "Sorgfalt bei Adressen",
        "ignores_opt_out": "übergeht den Widerspruch",
        "opts_out": "widerspricht",
        "pleases": "erfreut",
        "annoys": "verärgert",
        "response": "Reaktion",
        "start": "Beginn",
        "gives_above": "gibt Daten ab",
        "withdraws_below": "zieht Daten zurück unter",
        "tells_good": "erzählt Gutes",
        "tells_bad": "erzählt Schlechtes",
        "joins": "wird Kunde",
        "persuades": "überzeugt",
        "deters": "schreckt ab",
        "at_most": "höchstens",
        # levers
        "coverage": "Abdeckung",
        "one_off": "einmalig",
        "running": "laufend",
        "lead_time": "Vorlauf",
        "ramp": "Anlauf",
        "dip": "Delle",
        "changes": "Änderungen",
        "factor": "Faktor",
        "hastens": "beschleunigt",
        "to": "auf",
        "add": "dazu",
        # places of a path
        "run": "Lauf",
        "decision": "Entscheidung",
        "economics": "Wirtschaftlichkeit",
        "warm_up": "Einschwingen",
        "measured": "gemessene Zeit",
        "write_off": "Abschreibung",
        "discount_rate": "Zinssatz",
        "all": "alle",
    }
)
"""In English a key is written with spaces."""


def key_label(key: str) -> str:
    """Say what to call a key of the file format, or a name that a file chooses.

    Examples
    --------
    >>> from sim.labels import language
    >>> with language("de"):
    ...     key_label("redial_after"), key_label("hotline")
    ('erneuter Anruf nach', 'Hotline')
    """
    named = label(key)
    return GERMAN_KEYS.get(key, named) if spoken() == "de" and named == key.replace("_", " ") else named


def path_label(path: str) -> str:
    """Name a number of a scenario by its path, without the section.

    Examples
    --------
    >>> path_label("touchpoints.hotline.agents"), path_label("levers.customer_id.coverage")
    ('hotline: agents', 'customer id: coverage')
    """
    section, *keys = path.replace("*", "all").split(".")
    named = [_named(section, key) if at == 0 else key_label(key) for at, key in enumerate(keys)]
    return ": ".join(filter(None, [", ".join(named[:-1]), *named[-1:]])) or key_label(path)


def _named(section: str, name: str) -> str:
    """What a section calls the first name of a path, if it does, else the key."""
    own = label(name, section)
    return own if own != label(name) else key_label(name)


def kpi_name(name: str) -> str:
    """Name a KPI without its unit, for a sentence.

    Examples
    --------
    >>> kpi_name("waiting_min"), kpi_name("waiting_min_hotline"), kpi_name("fcr_customer_share")
    ('waiting time', 'waiting time (hotline)', 'first-contact resolution (customer)')
    >>> kpi_name("passed_on_per_100_journeys")
    'passed on (per 100 journeys)'
    """
    told, _, rest = kpi_label(name).partition(": ")
    plain = told.rpartition(", ")[0] or told
    return f"{plain} ({rest})" if rest else plain
