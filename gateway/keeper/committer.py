"""Group commit: what many ask for at the same time is written in one transaction, and answered only after its commit.

One thread writes. While it commits, the next batch gathers; so a batch grows with the load and nobody waits for company.
Blobs of a batch get their names, and the directories their fsync, before its rows.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.db import DataError, IntegrityError, connections

from gateway.model.custody import Admitted
from gateway.model.errors import CustodyUnavailable, SekishoError
from quarantine.blobs import Staged
from quarantine.database import one_line
from quarantine.intake import StagedAdmission
from quarantine.service import QuarantineService

LARGEST_BATCH = 256
LONGEST_QUEUE = 4096

T = TypeVar("T")
Work = Callable[[QuarantineService], Any]


@dataclass(slots=True)
class Job:
    """One change and who waits for it."""

    work: Callable[[QuarantineService], Any]
    answer: asyncio.Future[Any]
    blob: Staged | None = None
    retry_key: str = ""
    result: Any = None
    error: SekishoError | None = None
    committed: bool = False


@dataclass(slots=True)
class Committer:
    service: QuarantineService
    guard: Callable[[Work], Work] = lambda work: work      # turns what nobody expected into a SekishoError
    writer: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, thread_name_prefix="writer"))
    queue: list[Job] = field(default_factory=list)
    largest: int = 0                     # batch so far, for the metrics
    commits: int = 0
    running: asyncio.Task[None] | None = None

    async def admit(self, staged: StagedAdmission) -> Admitted:
        """The row of a staged blob; the blob of a retry is removed again."""
        admitted: Admitted = await self._submit(lambda service: service.admit(staged), staged)
        return admitted

    async def run(self, work: Callable[[QuarantineService], T]) -> T:
        """Any change that opens no descriptor and may share its transaction with others."""
        done: T = await self._submit(work)
        return done

    async def alone(self, work: Callable[[QuarantineService], T]) -> T:
        """In the writer's thread, in its own transactions: for what is long, or hands out descriptors."""
        return await asyncio.get_running_loop().run_in_executor(self.writer, work, self.service)

    async def _submit(self, work: Work, staged: StagedAdmission | None = None) -> Any:
        blob = staged.blob if staged else None
        if len(self.queue) >= LONGEST_QUEUE:
            if blob is not None:
                self.service.blobs.discard(blob)
            raise CustodyUnavailable("custody is busy")
        job = Job(self.guard(work), asyncio.get_running_loop().create_future(), blob,
                  staged.admission.retry_key if staged else "")
        self.queue.append(job)
        if self.running is None or self.running.done():
            self.running = asyncio.create_task(self._drain())
        return await job.answer

    async def _drain(self) -> None:
        loop = asyncio.get_running_loop()
        while self.queue:
            batch, self.queue = self.queue[:LARGEST_BATCH], self.queue[LARGEST_BATCH:]
            try:
                await loop.run_in_executor(self.writer, self._commit, batch)
            finally:
                self._answer(batch)
            self.largest, self.commits = max(self.largest, len(batch)), self.commits + 1

    def _answer(self, batch: list[Job]) -> None:
        for job in batch:
            if job.answer.done():
                continue                 # the asker is gone; what was written stays
            if job.error is None and job.committed:
                job.answer.set_result(job.result)
            else:
                job.answer.set_exception(job.error or CustodyUnavailable("custody stopped"))

    def _commit(self, batch: list[Job]) -> None:
        """In the writer's thread. Every job has a result or an error afterwards."""
        try:
            self.service.blobs.publish([job.blob for job in batch if job.blob is not None])
            self._write(batch)
        except SekishoError as error:
            for job in batch:
                job.error = error
        finally:
            self.service.forget()
        for job in batch:
            duplicate = isinstance(job.result, Admitted) and job.result.duplicate
            if job.blob is not None and (job.error is not None or duplicate):
                self.service.blobs.discard(job.blob)

    def _write(self, batch: list[Job]) -> None:
        with self.service.transaction():
            self.service.foresee(job.retry_key for job in batch)
            for run in runs(batch):
                if len(run) == 1 or not self._together(run):
                    for job in run:
                        self._one(job)
        for job in batch:
            job.committed = True

    def _together(self, run: list[Job]) -> bool:
        """Admissions whose rows are written at once. False: one of them cannot be, nothing is written, try each by itself."""
        try:
            with self.service.gathering():
                for job in run:
                    job.result = job.work(self.service)
        except (IntegrityError, DataError, SekishoError):
            for job in run:
                job.result = None
            self.service.foresee(job.retry_key for job in run)
            return False
        return True

    def _one(self, job: Job) -> None:
        try:
            with self.service.transaction():
                job.result = job.work(self.service)
        except (IntegrityError, DataError) as error:      # this job's own fault, its savepoint is rolled back
            job.error = CustodyUnavailable(f"the database refuses a row: {one_line(error)}")
        except SekishoError as error:
            job.error = error

    async def close(self) -> None:
        if self.running is not None:
            await self.running
        await self.alone(lambda _: connections.close_all())
        self.writer.shutdown()


def runs(batch: Iterable[Job]) -> Iterator[list[Job]]:
    """Admissions that follow one another and are no retries of one another; everything else alone."""
    run: list[Job] = []
    keys: set[str] = set()
    for job in batch:
        if run and (job.blob is None or job.retry_key in keys):
            yield run
            run, keys = [], set()
        if job.blob is None:
            yield [job]
            continue
        run.append(job)
        keys |= {job.retry_key} - {""}
    if run:
        yield run
