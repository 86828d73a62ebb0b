"""Is it worth the money: cash flows over years, net present value, payback, and profit and loss by channel."""

from sim.economics.business_case import BusinessCase, business_case
from sim.economics.profit_and_loss import ProfitAndLoss, profit_and_loss

__all__ = ["BusinessCase", "ProfitAndLoss", "business_case", "profit_and_loss"]
