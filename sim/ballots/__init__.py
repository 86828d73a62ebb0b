"""Ballots: what the participants of a workshop believe about the numbers of a case, and the comparison under it.

Everybody writes a lowest, a best and a highest value. A ballot is read as a triangular distribution between them
(Johnson 1997), the wider of the usual shapes, since stated ranges tend to be too narrow (Soll & Klayman 2004). The room
is the mixture of its ballots with equal weights, the linear opinion pool (Stone 1961; Clemen & Winkler 1999): who
disagrees makes the range wider, nobody is averaged away. Parameters are drawn independently of each other.

References
----------
Clemen, R. T., & Winkler, R. L. (1999). Combining probability distributions from experts in risk analysis. *Risk
    Analysis* 19, 187-203.
Johnson, D. (1997). The triangular distribution as a proxy for the beta distribution in risk analysis. *The
    Statistician* 46, 387-398.
Soll, J. B., & Klayman, J. (2004). Overconfidence in interval estimates. *J. Exp. Psychol. Learn. Mem. Cogn.* 30,
    299-314.
Stone, M. (1961). The opinion pool. *Ann. Math. Statist.* 32, 1339-1342.
"""

from __future__ import annotations

from sim.ballots.compared import BallotComparison, DrawnComparison
from sim.ballots.pools import Pool, Vote
from sim.ballots.reading import COLUMNS, load_ballots
from sim.ballots.room import Ballots

__all__ = ["COLUMNS", "BallotComparison", "Ballots", "DrawnComparison", "Pool", "Vote", "load_ballots"]
