"""Results of the models resource: the contract's types and which request each came from."""

from __future__ import annotations

from aiaas._core.page_types import Page
from aiaas._core.results import Traced
from aiaas.contract import models


class Model(Traced, models.Model):
    __doc__ = models.Model.__doc__


class ModelPage(Page[Model]):
    """One page of models, in the order of their ids."""
