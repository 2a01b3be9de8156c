"""`sendtrail simulator`: a simulated ActiveCampaign account, as `python -m sendtrail.simulator` serves it."""

from sendtrail.simulator.cli import EPILOG
from sendtrail.simulator.cli import run as simulator

__all__ = ["EPILOG", "simulator"]
