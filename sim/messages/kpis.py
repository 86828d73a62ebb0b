"""What KPIs mean, in German; in English they are defined where they are computed, in `sim.kpis`."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from sim.labels import label

__all__ = ["GERMAN_DEFINITIONS", "GERMAN_PATTERNS", "german"]

GERMAN_DEFINITIONS: Mapping[str, str] = MappingProxyType(
    {
        "frustrations_per_100_journeys": "Frustrationsereignisse aller Arten je 100 Kundenreisen.",
        "frustration_points_per_journey": (
            "Erlebnispunkte, die Frustrationsereignisse aller Arten kosten, je Kundenreise: Zahl und Schwere zusammen."
        ),
        "fcr_customer_share": (
            "Erstlösungsquote, wie der Kunde sie erlebt: Kundenreisen, deren erster Servicekontakt das Anliegen löste,"
            " sodass an keinem Kontaktpunkt ein weiterer Kontakt nötig war und binnen 7 Tagen keine Beschwerde folgte."
        ),
        "fcr_silo_share": (
            "Erstlösungsquote, wie jedes Silo sie melden würde: erste bediente Kontakte einer Kundenreise an einem"
            " Kontaktpunkt, denen dort binnen 7 Tagen kein weiterer folgt, was auch immer anderswo geschieht."
        ),
        "journeys_resolved_share": "Abgeschlossene Kundenreisen, die gelöst endeten.",
        "contacts_per_journey": "Servicekontakte je abgeschlossener Kundenreise.",
        "satisfaction_mean_points": "Mittlere Zufriedenheit mit abgeschlossenen Kundenreisen.",
        "loyalty_mean_points": "Mittlere Loyalität aller Kunden am Ende des Laufs oder bei ihrer Abwanderung.",
        "promoters_share": "Kunden mit einer Loyalität ab loyalty.promoter_from.",
        "detractors_share": "Kunden mit einer Loyalität unter loyalty.detractor_below.",
        "repurchase_share": (
            "Kunden, die im Messzeitraum mindestens zweimal kauften, von denen, die überhaupt kauften."
        ),
        "churn_share": "Kunden, die im Messzeitraum abwanderten, von denen, die zu dessen Beginn da waren.",
        "waiting_min": "Mittlere Wartezeit in der Schlange an Kontaktpunkten mit Personal, alle Ankommenden.",
        "abandonment_share": "An Kontaktpunkten mit Personal beim Warten abgebrochene Kontakte.",
        "handling_min": "Mittlere Bearbeitungszeit bedienter Kontakte an Kontaktpunkten mit Personal.",
        "utilisation_share": "Bearbeitungsminuten je Minute im Dienstplan.",
        "cost_to_serve_eur_per_customer": (
            "Stunden im Dienstplan zu ihrem Stundensatz plus Kosten je Kontakt, je Kunde und Jahr."
        ),
        "rostered_cost_eur_per_customer": "Stunden im Dienstplan zu ihrem Stundensatz (fix), je Kunde und Jahr.",
        "workload_cost_eur_per_customer": (
            "Bearbeitungsminuten zu ihrem Stundensatz (der genutzte Teil der Dienstplankosten), je Kunde und Jahr."
        ),
        "revenue_eur_per_customer": "Umsatz aus Käufen je Kunde und Jahr.",
        "margin_eur_per_customer": "Marge aus Käufen vor Servicekosten, je Kunde und Jahr.",
        "lever_cost_eur_per_customer": (
            "Einmalige Kosten der Maßnahmen, verteilt über decision.write_off, plus laufende Kosten, im Verhältnis zur"
            " Abdeckung, je Kunde und Jahr."
        ),
        "contribution_eur_per_customer": (
            "Marge abzüglich Servicekosten, Kulanz, Nachrichten und Kosten der Maßnahmen, je Kunde und Jahr."
        ),
        "lost_sales_eur_per_customer": "Umsatz der Käufe, die aufgegeben wurden, je Kunde und Jahr.",
        "goodwill_cost_eur_per_customer": "Was Kulanz bei Beschwerden kostet, je Kunde und Jahr.",
        "messages_per_customer": "Nachrichten je Kunde und Jahr.",
        "marketing_cost_eur_per_customer": "Was Nachrichten kosten, je Kunde und Jahr.",
        "data_sharing_share": "Kunden am Ende des Laufs, die ihre Daten teilen.",
        "customers_won_share": (
            "Interessenten, die im Messzeitraum Kunden wurden, je Kunde, der zu dessen Beginn da war."
        ),
    }
)
"""By name of the KPI."""

GERMAN_PATTERNS: tuple[tuple[str, str, str], ...] = (
    ("", "_per_100_journeys", "Frustrationsereignisse der Art „{name}“ je 100 Kundenreisen."),
    ("fcr_silo_share_", "", "Erstlösungsquote, wie der Kontaktpunkt {name} allein sie melden würde."),
    ("waiting_min_", "", "Mittlere Wartezeit in der Schlange, {name}."),
    ("abandonment_share_", "", "Beim Warten abgebrochene Kontakte, {name}."),
    ("handling_min_", "", "Mittlere Bearbeitungszeit, {name}."),
    ("experience_gap_points_", "", "Was {name} leistet gegen das, was Kunden dort erwarten: Erlebnis minus Erwartung."),
    ("utilisation_share_", "", "Bearbeitungsminuten je Minute im Dienstplan, {name}."),
)
"""Beginning and end of the names of KPIs per frustration type or touchpoint, and what such a KPI means."""


def german(kpi: str) -> str | None:
    """Define a KPI; None where nothing is known of it."""
    if kpi in GERMAN_DEFINITIONS:
        return GERMAN_DEFINITIONS[kpi]
    for begin, end, text in GERMAN_PATTERNS:
        if kpi.startswith(begin) and kpi.endswith(end):
            return text.format(name=label(kpi.removeprefix(begin).removesuffix(end)))
    return None
