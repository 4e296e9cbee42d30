"""The job that trains a model: events go to a process of its own, a model and a report come back.

A job may be begun again after its server was killed. Its model is kept in the same transaction
that may promote it and bears the job's id, so that nothing is done twice.
"""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

from aiaas.contract.recommendations.learning import TRAIN, TrainRequest
from aiaas_mock.context import Clock
from aiaas_mock.errors import ApiError
from aiaas_mock.inference.bundles import Bundle
from aiaas_mock.jobs.child import run_child
from aiaas_mock.jobs.handler import JobLog, RunningJob
from aiaas_mock.services.recommendations.demo import DemoCatalogue
from aiaas_mock.services.recommendations.models import COLD_START
from aiaas_mock.services.recommendations.recommenders import pack, unpack
from aiaas_mock.services.recommendations.reports import TrainingReport
from aiaas_mock.services.recommendations.trained_models import promote
from aiaas_mock.services.recommendations.training import Trainer, check_events
from aiaas_mock.services.recommendations.training_data import INCUMBENT, export, write_settings
from aiaas_mock.storage import Store, Transaction
from aiaas_mock.storage.recommendations import StoredModel

ValueT = TypeVar("ValueT")

_MODEL: Final = "model"
_REPORT: Final = "report.json"
_MOST_LOOKED_AT: Final = 100

_EXPORTED: Final = 0.1
_TRAINED: Final = 0.95
"""How far the job is then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingJob:
    """Runs the jobs of ``recommendations.train``.

    Attributes:
        store: Where events and models are.
        demo: What namespaces without items show.
        retail: The bundle of the demo, if there is one: it answers there at first.
        trainer: What trains models.
        executor: Where files are written and read.
        on_models: Told the namespace that has a new model.
        log: Where a process tells why it failed.
        now: Gives the time.
        kind: The operation that makes such jobs.
    """

    store: Store
    demo: DemoCatalogue
    retail: Bundle | None
    trainer: Trainer
    executor: Executor
    on_models: Callable[[str], object]
    log: JobLog
    now: Clock
    kind: str = TRAIN.name

    async def run(self, job: RunningJob) -> Mapping[str, Any]:
        """Train a model, keep it and let it answer if it may."""
        done = await self.store.run(lambda tx: _of_job(tx, job.namespace, job.id))
        if done is not None:
            return await self._result(job.namespace, done)
        request = TrainRequest.model_validate_json(json.dumps(job.payload))
        given, made = job.workdir / "in", job.workdir / "out"
        given.mkdir()
        made.mkdir()
        await job.progress(0.0, "reading events")
        answering = await self._give(job, request, given)
        await run_child(self.trainer.module, [str(given), str(made)], tell=_Told(job), log=self.log)
        await job.progress(_TRAINED, "keeping the model")
        report = await self._off_loop(lambda: (made / _REPORT).read_text("utf-8"))
        archive = await self._off_loop(lambda: pack(made / _MODEL))
        model = await self.store.run(
            lambda tx: self._keep(tx, job, request, report, archive, answering)
        )
        self.on_models(job.namespace)
        return await self._result(job.namespace, model)

    async def _give(self, job: RunningJob, request: TrainRequest, folder: Path) -> str | None:
        """Write what the process is given, and return the id of the model that answers now."""
        exported = await export(
            self.store,
            self.demo,
            job.namespace,
            folder,
            types=request.types,
            write=self._off_loop,
        )
        check_events(exported.events)
        write_settings(folder, family=request.family, seed=request.seed)
        answering, archive = await self.store.run(lambda tx: self._incumbent(tx, job.namespace))
        if archive is not None:
            await self._off_loop(lambda: unpack(archive, folder / INCUMBENT))
        elif self.retail is not None and answering == self.retail.card.id:
            source = self.retail.folder
            await self._off_loop(lambda: shutil.copytree(source, folder / INCUMBENT))
        await job.progress(_EXPORTED, f"training on {exported.events:,} events")
        return answering

    def _incumbent(
        self, transaction: Transaction, namespace: str
    ) -> tuple[str | None, bytes | None]:
        table = transaction.recommenders
        promoted = table.promoted(namespace) or self._default(transaction, namespace)
        return promoted, table.archive(namespace, promoted)

    def _default(self, transaction: Transaction, namespace: str) -> str:
        if self.retail is not None and self.demo.shown_in(transaction, namespace):
            return self.retail.card.id
        return COLD_START

    def _keep(
        self,
        transaction: Transaction,
        job: RunningJob,
        request: TrainRequest,
        text: str,
        archive: bytes,
        answering: str | None,
    ) -> StoredModel:
        namespace, table, now = job.namespace, transaction.recommenders, self.now()
        if transaction.jobs.get(namespace, job.id) is None:
            raise ApiError("job_not_found", "The namespace was erased while the job ran.")
        kept = _of_job(transaction, namespace, job.id)
        if kept is not None:  # by an attempt whose server was taken for dead
            return kept
        report = TrainingReport.read(text)
        default = self._default(transaction, namespace)
        is_promoted, decision = _decide(report, request)
        if is_promoted and (table.promoted(namespace) or default) != answering:
            is_promoted = False
            decision = "Not promoted: another model was promoted while this one was trained."
        newest = table.newest(namespace, request.name)
        version = 1 if newest is None else int(newest.id.rpartition("@")[2]) + 1
        model = StoredModel(
            id=f"{request.name}@{version}",
            family=report.family,
            created_at=now,
            job=job.id,
            events=report.events,
            items=report.items,
            report=text,
            decision=decision,
        )
        table.add(namespace, model, archive)
        if is_promoted:
            promote(transaction, namespace, model.id, default=default, now=now)
        return model

    async def _result(self, namespace: str, model: StoredModel) -> Mapping[str, Any]:
        promoted = await self.store.run(lambda tx: tx.recommenders.promoted(namespace))
        candidate = TrainingReport.read(model.report).candidate
        return {
            "model": model.id,
            "promoted": promoted == model.id,
            "decision": model.decision,
            "metrics": None if candidate is None else candidate.model_dump(mode="json"),
        }

    async def _off_loop(self, work: Callable[[], ValueT]) -> ValueT:
        return await asyncio.get_running_loop().run_in_executor(self.executor, work)


class _Told:
    """Passes on how far the process is."""

    def __init__(self, job: RunningJob) -> None:
        self._job = job

    async def __call__(self, said: dict[str, Any]) -> None:
        fraction = min(1.0, max(0.0, float(said.get("fraction", 0.0))))
        await self._job.progress(
            _EXPORTED + (_TRAINED - _EXPORTED) * fraction, str(said.get("message", ""))
        )


def _decide(report: TrainingReport, request: TrainRequest) -> tuple[bool, str]:
    if request.promote == "never":
        return False, f"Not promoted, as asked. {report.reason}"
    return report.promote, report.reason


def _of_job(transaction: Transaction, namespace: str, job_id: str) -> StoredModel | None:
    """Return the model that a job has made already."""
    found = transaction.recommenders.list(namespace, before=None, limit=_MOST_LOOKED_AT)
    return next((model for _, model in found if model.job == job_id), None)
