"""A synthetic Tayside: agencies' files, reference tables and the truth behind them, made from a seed.

Belongs here: everything invented. No record describes anybody. Does not belong here: reading or validating the files.
"""

from pipelines.synth.made import make_into
from pipelines.synth.world import make_world

__all__ = ["make_into", "make_world"]
