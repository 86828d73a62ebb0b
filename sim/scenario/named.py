"""What a scenario file names: facts, frustration types, patterns."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["SENTENCES", "Fact", "FrustrationType", "PatternId"]


class Fact(StrEnum):
    """What a company can know. Which contacts create a fact is a rule of the model, not of a file."""

    IDENTITY = "identity"
    """Who the customer is: arises where the customer was identified."""
    ORDERS = "orders"
    """What the customer ordered or bought: arises where it was bought."""
    CASE = "case"
    """What was said and tried so far in this journey, and by whom: arises at each service contact."""
    ASSORTMENT = "assortment"
    """Which products exist: arises where the product is carried."""
    PRICE = "price"
    """Prices and promotions: arise where a promotion is shown."""
    PROFILE = "profile"
    """What suits the customer: arises where one who shares data was identified."""
    KNOWLEDGE = "knowledge"
    """What one touchpoint advises: arises where the customer was advised in this journey."""
    PROMISE = "promise"
    """A call-back, delivery or collection promised: arises where it was promised."""


class FrustrationType(StrEnum):
    """The frustration events of the catalogue, by their speaking names.

    They are moments that a customer lives through, so one missing fact can bring about more than one of them: without
    the order at hand, staff ask for data (F2), for the number (F3), and say that the web shows more (F7).
    """

    NOT_RECOGNISED = "not_recognised"
    """F1: a regular of one touchpoint is asked at another whether they ever bought here."""
    REPEATED_DATA = "repeated_data"
    """F2: has to give contact or order data again."""
    ASKED_FOR_ORDER_NUMBER = "asked_for_order_number"
    """F3: is asked for the article or order number."""
    REPEATED_STORY = "repeated_story"
    """F4: has to tell the whole story again."""
    PRODUCT_UNKNOWN = "product_unknown"
    """F5: 'this product does not exist': it is carried elsewhere and not visible here, or carried nowhere."""
    SYSTEM_SLOW = "system_slow"
    """F6: 'our system is slow today'."""
    SEES_LESS_THAN_WEB = "sees_less_than_web"
    """F7: 'you see more on the internet than I do here'."""
    PRICE_NOT_HONOURED = "price_not_honoured"
    """F8: a price seen at one touchpoint is refused at another."""
    OFFERED_WHAT_WAS_BOUGHT = "offered_what_was_bought"
    """F9: a message offers what was bought already."""
    WRONG_OFFER = "wrong_offer"
    """F10: an offer that does not suit the customer."""
    TOO_MANY_MESSAGES = "too_many_messages"
    """F11: more messages than tolerated, messages to a stale address, or after opting out."""
    WAITED_TOO_LONG = "waited_too_long"
    """F12: waits longer than tolerated, gives up waiting, or still waits at closing time."""
    REQUEST_UNANSWERED = "request_unanswered"
    """F13: a request disappears, or a stock reply arrives."""
    PASSED_ON = "passed_on"
    """F14: is passed on to another department."""
    CONFLICTING_ADVICE = "conflicting_advice"
    """F15: gets different advice at different touchpoints."""
    PROMISE_NOT_KEPT = "promise_not_kept"
    """F16: a promise made in a contact, or with the purchase, is not known where it has to be kept."""
    SERVICE_NOT_OFFERED = "service_not_offered"
    """F17: cannot order, change, collect, return or pay here."""
    TOUCHPOINT_TAKEN_AWAY = "touchpoint_taken_away"
    """F18: the touchpoint that the customer would take was closed, and nobody helps with another."""
    OTHER_TALKED_DOWN = "other_talked_down"
    """F19: staff talk another touchpoint down, or will not help with its orders."""


SENTENCES = (
    FrustrationType.NOT_RECOGNISED,
    FrustrationType.ASKED_FOR_ORDER_NUMBER,
    FrustrationType.PRODUCT_UNKNOWN,
    FrustrationType.SYSTEM_SLOW,
    FrustrationType.SEES_LESS_THAN_WEB,
)
"""Events that are sentences of staff, whose sting depends on how they are said."""


class PatternId(StrEnum):
    """The patterns known from real data that a case can be held against; `sim.patterns` says what they are."""

    P01 = "P01"
    P02 = "P02"
    P03 = "P03"
    P04 = "P04"
    P05 = "P05"
    P06 = "P06"
    P07 = "P07"
    P08 = "P08"
    P09 = "P09"
    P10 = "P10"
    P11 = "P11"
    P12 = "P12"
    P13 = "P13"
    P14 = "P14"
    P15 = "P15"
