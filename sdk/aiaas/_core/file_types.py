"""Results of the files resource: the contract's types and where each came from."""

from __future__ import annotations

from aiaas._core.page_types import Page
from aiaas._core.results import Traced
from aiaas.contract import files


class File(Traced, files.File):
    __doc__ = files.File.__doc__


class FilePage(Page[File]):
    """One page of files, newest first."""


class DeletedFile(Traced, files.DeletedFile):
    __doc__ = files.DeletedFile.__doc__
