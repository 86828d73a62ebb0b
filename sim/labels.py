"""The words stakeholders read, by the name the program uses, in English and German; sentences are in `sim.messages`.

English is spoken unless `language` says otherwise, for as long as its block lasts.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, get_args

from sim.errors import ArgumentError

__all__ = [
    "ENGLISH",
    "GERMAN",
    "LANGUAGES",
    "Language",
    "as_language",
    "euros",
    "kpi_label",
    "label",
    "language",
    "number",
    "signed",
    "spoken",
    "unit_label",
    "unit_of_difference",
    "value",
]

Language = Literal["en", "de"]
LANGUAGES: tuple[Language, ...] = get_args(Language)

ENGLISH: Mapping[str, str] = MappingProxyType(
    {
        # verdicts
        "better": "better",
        "worse": "worse",
        "no_relevant_difference": "no relevant difference",
        "not_enough_evidence": "not enough evidence",
        # frustration types
        "not_recognised": "not recognised as a customer",
        "repeated_data": "had to give data again",
        "asked_for_order_number": "asked for the order number",
        "repeated_story": "had to tell the story again",
        "product_unknown": "product unknown here",
        "price_not_honoured": "price not honoured",
        "waited_too_long": "waited too long",
        "passed_on": "passed on",
        "system_slow": "system slow",
        "sees_less_than_web": "sees less than the web shows",
        "offered_what_was_bought": "offered what was bought",
        "wrong_offer": "wrong offer",
        "too_many_messages": "unwanted messages",
        "request_unanswered": "request unanswered",
        "conflicting_advice": "conflicting advice",
        "promise_not_kept": "promise not kept",
        "service_not_offered": "service not offered here",
        "touchpoint_taken_away": "touchpoint taken away",
        "other_talked_down": "other channel talked down",
        # how contacts and journeys end
        "resolved": "resolved",
        "unresolved": "not resolved",
        "abandoned": "gave up waiting",
        "turned_away": "turned away at closing time",
        "given_up": "given up",
        "unfinished": "unfinished",
        # KPIs; those per touchpoint or frustration type are named after the general one, see kpi_label
        "frustrations_per_100_journeys": "frustration events per 100 journeys",
        "frustration_points_per_journey": "frustration per journey, points",
        "per_100_journeys": "per 100 journeys",
        "fcr_customer_share": "first-contact resolution (customer), %",
        "fcr_silo_share": "first-contact resolution (silo), %",
        "journeys_resolved_share": "journeys resolved, %",
        "contacts_per_journey": "contacts per journey",
        "satisfaction_mean_points": "satisfaction, points",
        "loyalty_mean_points": "loyalty, points",
        "promoters_share": "promoters, %",
        "detractors_share": "detractors, %",
        "repurchase_share": "customers who bought again, %",
        "churn_share": "customers who left, %",
        "waiting_min": "waiting time, min",
        "abandonment_share": "contacts given up waiting, %",
        "handling_min": "service time, min",
        "utilisation_share": "utilisation, %",
        "cost_to_serve_eur_per_customer": "cost to serve, EUR/customer/year",
        "rostered_cost_eur_per_customer": "rostered hours, EUR/customer/year",
        "workload_cost_eur_per_customer": "service minutes, EUR/customer/year",
        "revenue_eur_per_customer": "revenue, EUR/customer/year",
        "margin_eur_per_customer": "margin, EUR/customer/year",
        "lever_cost_eur_per_customer": "cost of levers, EUR/customer/year",
        "contribution_eur_per_customer": "contribution, EUR/customer/year",
        "lost_sales_eur_per_customer": "lost sales, EUR/customer/year",
        "goodwill_cost_eur_per_customer": "goodwill, EUR/customer/year",
        "messages_per_customer": "messages per customer and year",
        "marketing_cost_eur_per_customer": "cost of messages, EUR/customer/year",
        "data_sharing_share": "customers who share data, %",
        "customers_won_share": "customers won, % of customers",
        "experience_gap_points": "experience against expectation, points",
        # money; parts of a business case and lines of the ledger
        "purchases_per_customer": "purchases per customer",
        "margin_per_purchase": "margin per purchase",
        "number_of_customers": "customers kept",
        "cost_to_serve": "cost to serve",
        "marketing": "marketing",
        "levers_one_off": "one-off costs of levers",
        "levers_running": "running costs of levers",
        "net_present_value": "net present value",
        "revenue": "revenue",
        "margin": "margin",
        "rostered_hours": "rostered hours",
        "contact_costs": "costs per contact",
        "goodwill": "goodwill",
        "messages": "messages",
        "workload": "of the rostered hours: used",
        "result": "margin less costs",
        "purchases": "purchases",
        "assists": "assists",
        "assisted_purchases": "assisted purchases",
        "assisted_margin": "assisted margin",
        "total": "total",
        # places and words of the format
        "research": "research",
        "later_contacts": "later contacts",
        "other_touchpoints": "other touchpoints",
        "self_service": "self-service",
        "staffed": "staffed",
        "deferred": "answered later",
        "none": "no event",
        "word_of_mouth": "word of mouth",
        "sharing": "data sharing",
        "segments": "segments",
        "touchpoints": "touchpoints",
        "needs": "needs",
        "profiles": "profiles",
        "facts": "facts",
        "visibility": "visibility",
        "behaviour": "behaviour",
        "frustrations": "frustrations",
        "experience": "experience",
        "loyalty": "loyalty",
        "levers": "levers",
        "strategies": "strategies",
        "Mon": "Mon",
        "Tue": "Tue",
        "Wed": "Wed",
        "Thu": "Thu",
        "Fri": "Fri",
        "Sat": "Sat",
        "Sun": "Sun",
    }
)
"""English labels of verdicts, frustration types, outcomes, KPIs, and of what the file format calls by name."""

GERMAN: Mapping[str, str] = MappingProxyType(
    {
        # verdicts
        "better": "besser",
        "worse": "schlechter",
        "no_relevant_difference": "kein relevanter Unterschied",
        "not_enough_evidence": "nicht genug Belege",
        # frustration types
        "not_recognised": "nicht als Kunde erkannt",
        "repeated_data": "Daten erneut angeben müssen",
        "asked_for_order_number": "nach der Bestellnummer gefragt",
        "repeated_story": "alles noch einmal erzählen müssen",
        "product_unknown": "Produkt hier unbekannt",
        "price_not_honoured": "Preis nicht anerkannt",
        "waited_too_long": "zu lange gewartet",
        "passed_on": "weitergereicht",
        "system_slow": "System langsam",
        "sees_less_than_web": "sieht weniger als das Web",
        "offered_what_was_bought": "Gekauftes angeboten",
        "wrong_offer": "falsches Angebot",
        "too_many_messages": "unerwünschte Nachrichten",
        "request_unanswered": "Anfrage ohne Antwort",
        "conflicting_advice": "widersprüchliche Beratung",
        "promise_not_kept": "Zusage nicht gehalten",
        "service_not_offered": "Leistung hier nicht angeboten",
        "touchpoint_taken_away": "Kontaktpunkt geschlossen",
        "other_talked_down": "anderer Kanal schlechtgeredet",
        # how contacts and journeys end
        "resolved": "gelöst",
        "unresolved": "nicht gelöst",
        "abandoned": "beim Warten aufgegeben",
        "turned_away": "zu Betriebsschluss abgewiesen",
        "given_up": "aufgegeben",
        "unfinished": "noch offen",
        # KPIs
        "frustrations_per_100_journeys": "Frustrationen je 100 Kundenreisen",
        "frustration_points_per_journey": "Frustration je Kundenreise, Punkte",
        "per_100_journeys": "je 100 Kundenreisen",
        "fcr_customer_share": "Erstlösungsquote (Kunde), %",
        "fcr_silo_share": "Erstlösungsquote (Silo), %",
        "journeys_resolved_share": "gelöste Kundenreisen, %",
        "contacts_per_journey": "Kontakte je Kundenreise",
        "satisfaction_mean_points": "Zufriedenheit, Punkte",
        "loyalty_mean_points": "Loyalität, Punkte",
        "promoters_share": "Empfehler, %",
        "detractors_share": "Kritiker, %",
        "repurchase_share": "Kunden mit Wiederkauf, %",
        "churn_share": "abgewanderte Kunden, %",
        "waiting_min": "Wartezeit, min",
        "abandonment_share": "beim Warten abgebrochene Kontakte, %",
        "handling_min": "Bearbeitungszeit, min",
        "utilisation_share": "Auslastung, %",
        "cost_to_serve_eur_per_customer": "Servicekosten, EUR/Kunde/Jahr",
        "rostered_cost_eur_per_customer": "Dienstplanstunden, EUR/Kunde/Jahr",
        "workload_cost_eur_per_customer": "Bearbeitungsminuten, EUR/Kunde/Jahr",
        "revenue_eur_per_customer": "Umsatz, EUR/Kunde/Jahr",
        "margin_eur_per_customer": "Marge, EUR/Kunde/Jahr",
        "lever_cost_eur_per_customer": "Kosten der Maßnahmen, EUR/Kunde/Jahr",
        "contribution_eur_per_customer": "Deckungsbeitrag, EUR/Kunde/Jahr",
        "lost_sales_eur_per_customer": "entgangener Umsatz, EUR/Kunde/Jahr",
        "goodwill_cost_eur_per_customer": "Kulanz, EUR/Kunde/Jahr",
        "messages_per_customer": "Nachrichten je Kunde und Jahr",
        "marketing_cost_eur_per_customer": "Kosten der Nachrichten, EUR/Kunde/Jahr",
        "data_sharing_share": "Kunden, die Daten teilen, %",
        "customers_won_share": "gewonnene Kunden, % der Kunden",
        "experience_gap_points": "Erlebnis gegen Erwartung, Punkte",
        # money; parts of a business case and lines of the ledger
        "purchases_per_customer": "Käufe je Kunde",
        "margin_per_purchase": "Marge je Kauf",
        "number_of_customers": "gehaltene Kunden",
        "cost_to_serve": "Servicekosten",
        "marketing": "Marketing",
        "levers_one_off": "einmalige Kosten der Maßnahmen",
        "levers_running": "laufende Kosten der Maßnahmen",
        "net_present_value": "Kapitalwert",
        "revenue": "Umsatz",
        "margin": "Marge",
        "rostered_hours": "geplante Stunden",
        "contact_costs": "Kosten je Kontakt",
        "goodwill": "Kulanz",
        "messages": "Nachrichten",
        "workload": "davon genutzt",
        "result": "Marge abzüglich Kosten",
        "purchases": "Käufe",
        "assists": "Vorarbeit für andere",
        "assisted_purchases": "Käufe mit Vorarbeit",
        "assisted_margin": "Marge mit Vorarbeit",
        "total": "gesamt",
        # places and words of the format
        "research": "Recherche",
        "later_contacts": "spätere Kontakte",
        "other_touchpoints": "andere Kontaktpunkte",
        "self_service": "Selbstbedienung",
        "staffed": "mit Personal",
        "deferred": "später beantwortet",
        "none": "kein Ereignis",
        "word_of_mouth": "Weitersagen",
        "sharing": "Datenfreigabe",
        "segments": "Segmente",
        "touchpoints": "Kontaktpunkte",
        "needs": "Anliegen",
        "profiles": "Wochenverläufe",
        "facts": "Informationen",
        "visibility": "Sichtbarkeit",
        "behaviour": "Verhalten",
        "frustrations": "Frustrationen",
        "experience": "Erlebnis",
        "loyalty": "Loyalität",
        "levers": "Maßnahmen",
        "strategies": "Strategien",
        "Mon": "Mo",
        "Tue": "Di",
        "Wed": "Mi",
        "Thu": "Do",
        "Fri": "Fr",
        "Sat": "Sa",
        "Sun": "So",
    }
)
"""The same in German."""

_USUAL: Mapping[Language, Mapping[str, str]] = MappingProxyType(
    {
        "en": MappingProxyType({}),
        "de": MappingProxyType(
            {
                "web": "Web",
                "hotline": "Hotline",
                "store": "Filiale",
                "identity": "Identität",
                "orders": "Bestellungen",
                "case": "Vorgang",
                "assortment": "Sortiment",
                "price": "Preise",
                "profile": "Profil",
                "knowledge": "Wissen",
                "promise": "Zusagen",
            }
        ),
    }
)
"""Usual names of touchpoints, and of facts; what a scenario calls its own goes before."""
_WORDS: Mapping[Language, Mapping[str, str]] = MappingProxyType({"en": ENGLISH, "de": GERMAN})
_GERMAN_UNITS: Mapping[str, str] = MappingProxyType(
    {
        "events": "Ereignisse",
        "contacts": "Kontakte",
        "points": "Punkte",
        "points 0-100": "Punkte 0-100",
        "percentage points": "Prozentpunkte",
        "EUR per hour": "EUR je Stunde",
        "EUR per month": "EUR je Monat",
        "EUR per year": "EUR je Jahr",
        "messages per year": "Nachrichten je Jahr",
        "EUR/customer/year": "EUR/Kunde/Jahr",
        "per year": "je Jahr",
        "share": "Anteil",
        "days": "Tage",
        "weeks": "Wochen",
        "roster": "Dienstplan",
        "profile": "Wochenverlauf",
    }
)
_SEPARATORS: Mapping[Language, dict[int, int]] = MappingProxyType({"en": {}, "de": str.maketrans(",.", ".,")})


@dataclass(frozen=True)
class _Spoken:
    language: Language
    names: Mapping[str, str]


_FIRST = _Spoken("en", MappingProxyType({}))
_SPOKEN = ContextVar("spoken", default=_FIRST)


@contextmanager
def language(name: str, names: Mapping[str, str] | None = None) -> Iterator[None]:
    """Let labels, sentences and numbers come out in a language while the block lasts.

    Parameters
    ----------
    name : {"en", "de"}
    names : mapping, optional
        What a scenario calls its own segments, touchpoints, needs, levers and strategies, by their names, and by
        their names behind that of their section and a dot.

    Raises
    ------
    ArgumentError
        A language that is not spoken here.

    Examples
    --------
    >>> with language("de", {"joined_up": "Alles verbunden"}):
    ...     label("waited_too_long"), label("joined_up"), number(1234.5, 5)
    ('zu lange gewartet', 'Alles verbunden', '1.234,5')
    """
    before = _SPOKEN.set(_Spoken(as_language(name), MappingProxyType(dict(names or {}))))
    try:
        yield
    finally:
        _SPOKEN.reset(before)


def as_language(name: str) -> Language:
    """Return the language of this name.

    Raises
    ------
    ArgumentError
        A language that is not spoken here.
    """
    found = next((each for each in LANGUAGES if each == name), None)
    if found is None:
        raise ArgumentError(f"language: got {name!r}, expected {' or '.join(map(repr, LANGUAGES))}")
    return found


def spoken() -> Language:
    """Tell which language is spoken now."""
    return _SPOKEN.get().language


def label(name: str, section: str = "") -> str:
    """Say what to call a name of the program or of a scenario in front of people.

    Words of the program come first, then what the scenario calls it (see `language`), then usual names; one without
    any label is written with spaces. Where things of several sections have one name, such as a lever and the strategy
    that uses it alone, the section tells them apart.

    Examples
    --------
    >>> label("waited_too_long"), label("click_and_collect")
    ('waited too long', 'click and collect')
    """
    now = _SPOKEN.get()
    if f"{section}.{name}" in now.names:
        return now.names[f"{section}.{name}"]
    for words in (_WORDS[now.language], now.names, _USUAL[now.language]):
        if name in words:
            return words[name]
    return name.replace("_", " ")


def kpi_label(name: str) -> str:
    """Say what to call a KPI, with its unit; one for a touchpoint or a frustration type is made of its parts.

    Examples
    --------
    >>> kpi_label("waiting_min"), kpi_label("waiting_min_hotline")
    ('waiting time, min', 'waiting time, min: hotline')
    >>> kpi_label("passed_on_per_100_journeys")
    'passed on: per 100 journeys'
    """
    words = _WORDS[spoken()]
    if name in words:
        return words[name]
    known = [known for known in words if name.startswith(f"{known}_")]
    if not known:
        return label(name)
    first = max(known, key=len)
    return f"{words[first]}: {label(name.removeprefix(f'{first}_'))}"


def unit_label(unit: str) -> str:
    """Say what to call a unit.

    Examples
    --------
    >>> with language("de"):
    ...     unit_label("EUR per hour"), unit_label("min")
    ('EUR je Stunde', 'min')
    """
    return _GERMAN_UNITS.get(unit, unit) if spoken() == "de" else unit


def unit_of_difference(unit: str) -> str:
    """Name the unit in which the difference of two values of a KPI is counted.

    Examples
    --------
    >>> unit_of_difference("share"), unit_of_difference("min")
    ('percentage points', 'min')
    """
    plain = {"share": "percentage points", "points 0-100": "points", "EUR per year": "EUR/customer/year"}
    return unit_label(plain.get(unit, unit))


def value(amount: float, unit: str, digits: int = 3) -> str:
    """Write a KPI's value as people read it: shares in per cent, see `number`."""
    return number(100.0 * amount if unit == "share" else amount, digits)


def signed(difference: float, unit: str, digits: int = 3) -> str:
    """Write a difference with its sign; shares in percentage points, see `number`.

    Examples
    --------
    >>> signed(0.0524, "share"), signed(-1.5, "min"), signed(0.0, "min")
    ('+5.24', '−1.5', '0')
    """
    text = value(difference, unit, digits)
    return f"+{text}" if difference > 0.0 else text


_ALL_DIGITS = 15  # a number holds no more; the amount was rounded before


def euros(amount: float, sign: bool = True) -> str:
    """Write an amount as a sentence tells it: three digits of it, and no cents.

    Examples
    --------
    >>> [euros(x) for x in (1085997.0, -23039.4, 812.6, 0.2)], euros(1085997.0, sign=False)
    (['+1,090,000', '−23,000', '+813', '0'], '1,090,000')
    """
    if math.isnan(amount):
        return number(amount)
    whole = float(round(float(f"{amount:.2e}")))
    return signed(whole, "EUR", _ALL_DIGITS) if sign else number(whole, _ALL_DIGITS)


def number(amount: float, digits: int = 3) -> str:
    """Write a number with so many significant digits, thousands set apart, never in scientific notation.

    It is for people to read: its minus sign is none that a file or a program could read again.

    Examples
    --------
    >>> [number(x) for x in (0.01234, 41.26, 1234567.0, -0.5, float("nan"))]
    ['0.0123', '41.3', '1,234,567', '−0.5', '-']
    """
    if math.isnan(amount):
        return "-"
    if amount == 0.0:
        return "0"
    decimals = max(0, digits - 1 - math.floor(math.log10(abs(amount))))
    text = f"{amount:,.{decimals}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return text.replace("-", "\u2212").translate(_SEPARATORS[spoken()])
