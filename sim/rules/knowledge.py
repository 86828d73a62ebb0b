"""Whether a touchpoint sees a fact, and what follows if it does not."""

from __future__ import annotations

from typing import Any

from sim.jit import rule

__all__ = ["carries", "identifies", "identifying_share", "links", "promotes"]


@rule
def links(u_link: float, coverage: float) -> bool:
    """Whether a fact that arose at one touchpoint is visible at another.

    The draw is persistent for the customer (or the need, for facts about the offer), so that more coverage can
    only add visible facts.

    Examples
    --------
    >>> links(0.3, 0.5), links(0.3, 0.0), links(0.999, 1.0)
    (True, False, True)
    """
    return u_link < coverage


@rule
def identifies(u_willing: Any, share: float) -> Any:
    """Whether customers are identified at a touchpoint that identifies `share` of them.

    Parameters
    ----------
    u_willing : float or float array
        Persistent uniform trait of each customer.
    share : float

    Returns
    -------
    bool or bool array

    Examples
    --------
    >>> identifies(0.3, 0.5)
    True
    """
    return u_willing < share


@rule
def identifying_share(share: float, of_sharing: float, shares: bool) -> float:
    """Share of contacts in which a customer is identified: more of those who share their data.

    Examples
    --------
    >>> identifying_share(0.5, 0.4, True), identifying_share(0.5, 0.4, False)
    (0.7, 0.5)
    """
    return share + (1.0 - share) * of_sharing if shares else share


@rule
def carries(popularity: float, share: float) -> bool:
    """Whether a touchpoint carries a product.

    Parameters
    ----------
    popularity : float
        Rank of the product in the whole assortment, from 0 (best seller) to 1.
    share : float
        Share of the assortment that the touchpoint carries: the best sellers.
    """
    return popularity < share


@rule
def promotes(u_promotion: float, share: float) -> bool:
    """Whether a product is cheaper at a touchpoint that has `share` of its products on promotion."""
    return u_promotion < share
