"""What the story of one customer is made of; it is meant to be read aloud, so there are no abbreviations.

A frustration type, touchpoint, cause or outcome that has no words of its own here is told with its label.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

__all__ = ["TEXTS"]

TEXTS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "story.head": (
            "Customer {customer}, {segment}: one person with the same luck in two worlds.",
            "Kunde {customer}, {segment}: eine Person mit demselben Glück in zwei Welten.",
        ),
        "story.world": ("Under {strategy}", "Unter {strategy}"),
        "story.nothing": (
            "The customer needs nothing in this time.",
            "Die Person hat in dieser Zeit kein Anliegen.",
        ),
        # when and where
        "story.at": ("At {time}", "Um {time} Uhr"),
        "story.on": ("On {day} at {time}", "Am {day} um {time} Uhr"),
        "story.week": ("On {day} of week {week}, at {time},", "Am {day} in Woche {week}, um {time} Uhr,"),
        "story.place": ("at the touchpoint {touchpoint}", "am Kontaktpunkt {touchpoint}"),
        "story.place.web": ("on the web", "im Web"),
        "story.place.hotline": ("on the hotline", "bei der Hotline"),
        "story.place.store": ("in the store", "in der Filiale"),
        "story.minutes": ("{count} minute{count:|s}", "{count} Minute{count:|n}"),
        # what the customer does
        "story.begins": (
            "{when} the customer gets in touch {place}. The need: {need}.",
            "{when} meldet sich die Person {place}. Das Anliegen: {need}.",
        ),
        "story.researches": (
            "{when} the customer looks around {place} first. The need: {need}.",
            "{when} sieht sich die Person zuerst {place} um. Das Anliegen: {need}.",
        ),
        "story.turns": ("{when} the customer gets in touch {place}.", "{when} meldet sich die Person {place}."),
        "story.again": (
            "{when} the customer tries again {place}.",
            "{when} versucht es die Person wieder {place}.",
        ),
        "story.next": ("{when} it goes on {place}.", "{when} geht es {place} weiter."),
        "story.waits": ("The wait lasts {minutes}.", "Die Wartezeit beträgt {minutes}."),
        # frustrations: what the customer lives through, joined by "and", then why
        "story.lives through": ("The customer {what}{why}.", "Die Person {what}{why}."),
        "story.type": ("lives through this: {kind}", "erlebt dies: {kind}"),
        "story.type.not_recognised": ("is not recognised as a regular", "wird als Stammkundschaft nicht erkannt"),
        "story.type.repeated_data": ("has to give the same data again", "muss dieselben Daten noch einmal angeben"),
        "story.type.asked_for_order_number": (
            "is asked for the order number",
            "wird nach der Bestellnummer gefragt",
        ),
        "story.type.repeated_story": ("has to tell the whole story again", "muss alles noch einmal erzählen"),
        "story.type.product_unknown": (
            "hears that there is no such product",
            "hört, dass es dieses Produkt nicht gebe",
        ),
        "story.type.price_not_honoured": (
            "does not get the price seen elsewhere",
            "bekommt den anderswo gesehenen Preis nicht",
        ),
        "story.type.waited_too_long": ("is annoyed at the wait", "ärgert sich über das Warten"),
        "story.type.passed_on": (
            "is passed on to another department",
            "wird an eine andere Abteilung weitergereicht",
        ),
        "story.missing": (
            ", because {fact}, known {source}, is not visible {here}",
            ", denn {fact}, bekannt {source}, ist {here} nicht zu sehen",
        ),
        "story.missing here": (
            ", because {fact} was not kept {here}",
            ", denn {fact} ist {here} nicht festgehalten",
        ),
        "story.missing somewhere": (
            ", because {fact} is not visible {here}",
            ", denn {fact} ist {here} nicht zu sehen",
        ),
        "story.fact.identity": ("who the customer is", "der Name der Person"),
        "story.fact.orders": ("the order", "die Bestellung"),
        "story.fact.case": ("what was said before", "die Vorgeschichte"),
        "story.fact.assortment": ("this product", "dieses Produkt"),
        "story.fact.price": ("this offer", "dieses Angebot"),
        "story.cause": (" (the cause: {cause})", " (die Ursache: {cause})"),
        "story.cause.waiting": ("", ""),
        "story.cause.gave_up_waiting": ("", ""),
        "story.cause.closing": ("", ""),
        "story.cause.competence": (
            ", because nobody there can settle it",
            ", denn dort kann es niemand lösen",
        ),
        # how a contact ends
        "story.ends": ("It ends so: {outcome}.", "So geht es aus: {outcome}."),
        "story.ends.resolved": ("The need is resolved.", "Das Anliegen ist gelöst."),
        "story.ends.unresolved": ("The need stays open.", "Das Anliegen bleibt offen."),
        "story.ends.passed_on": ("", ""),
        "story.ends.abandoned": (
            "After waiting {minutes} the customer gives up.",
            "Nach {minutes} in der Schlange gibt die Person das Warten auf.",
        ),
        "story.ends.turned_away": (
            "After waiting {minutes} the customer is turned away, for it is closing time.",
            "Nach {minutes} in der Schlange ist Betriebsschluss, und die Person geht unverrichteter Dinge.",
        ),
        "story.ends.unfinished": (
            "Here the record ends before the contact does.",
            "Hier endet die Aufzeichnung vor dem Kontakt.",
        ),
        # how a journey ends
        "story.given up": ("Now the customer lets it be.", "Nun lässt die Person es sein."),
        "story.open": (
            "When the record ends, the need is still open.",
            "Am Ende der Aufzeichnung ist das Anliegen noch offen.",
        ),
        "story.loyalty": (
            "Loyalty is {points} of 100 points afterwards.",
            "Die Loyalität beträgt danach {points} von 100 Punkten.",
        ),
        # how the year ends
        "story.rest": (
            "Of {count} more needs there is less to tell: together they cost {points} point{points:|s} of good "
            "experience.",
            "Von {count} weiteren Anliegen gibt es weniger zu erzählen: zusammen kosten sie {points} Punkt{points:|e} "
            "an gutem Erlebnis.",
        ),
        "story.rest one": (
            "Of one more need there is less to tell: it costs {points} point{points:|s} of good experience.",
            "Von einem weiteren Anliegen gibt es weniger zu erzählen: es kostet {points} Punkt{points:|e} an gutem "
            "Erlebnis.",
        ),
        "story.rest calm": (
            "Needs without any frustration besides: {count}.",
            "Anliegen ohne jede Frustration außerdem: {count}.",
        ),
        "story.leaves": ("{when} the customer leaves the company.", "{when} kehrt die Person der Firma den Rücken."),
        "story.end": (
            "In all, {resolved} of {journeys} need{journeys: is|s are} resolved, frustrations cost {points} "
            "point{points:|s} of good experience, and loyalty is {loyalty} of 100 points at the end.",
            "Im Ganzen sind {resolved} von {journeys} Anliegen gelöst, Frustrationen kosten {points} Punkt{points:|e} "
            "an gutem Erlebnis, und die Loyalität beträgt am Ende {loyalty} von 100 Punkten.",
        ),
    }
)
