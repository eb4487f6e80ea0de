"""How many pieces of a product to keep as a reserve: z × σ × √L.

z is how many standard deviations the service level asks for, σ the standard deviation of the
demand of a day, L the lead time in days. Both count every day, worked or not.
"""

import math
import statistics
from collections.abc import Sequence

from msgspec import Struct

LEAST_DAYS = 10
"""From fewer days of demand nothing is suggested."""


class SafetyStock(Struct, frozen=True):
    """A reserve in pieces, and the figures it comes from."""

    pieces: int
    z: float
    sigma: float
    lead_time_days: int


def safety_stock(
    demand: Sequence[int], lead_time_days: int, service_level: float
) -> SafetyStock | None:
    """The reserve that meets the demand of a lead time with the probability ``service_level``.

    Args:
        demand: pieces of each day.
        lead_time_days: how long more of the product takes to come.
        service_level: above 0.5 and below 1.

    Returns:
        None where there are too few days to tell.
    """
    if len(demand) < LEAST_DAYS:
        return None
    z = statistics.NormalDist().inv_cdf(service_level)
    sigma = statistics.stdev(demand)
    reserve = z * sigma * math.sqrt(lead_time_days)
    # What only the rounding of floating point puts above a whole number is that number.
    return SafetyStock(math.ceil(round(reserve, 9)), z, sigma, lead_time_days)
