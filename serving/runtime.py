"""The parts of a running service, built from its settings and `serving.yaml`."""

import asyncio
import threading
from functools import cached_property

from configs.logging import get_logger
from configs.settings import Settings
from evaluation.records import Records
from models.types import Summary, SummaryRequest
from serving.config import ServingConfig
from serving.documents import DocumentWriter, SealedDocument
from serving.inference import InferenceEngine
from serving.metrics import Metrics
from serving.middleware import request_id
from serving.model_store import ModelStore, RegistryReader
from serving.passages import Author
from serving.recorder import Recorder
from serving.rendering import RenderPool
from serving.schemas import RenderRequest
from templates import colophon
from templates.convert.converter import ConvertLimits
from templates.engine import DocumentEngine
from templates.worker.isolated import WorkerLimits

log = get_logger(__name__)


class Runtime:
    """Models, records and documents of one service process."""

    def __init__(self, settings: Settings, config: ServingConfig) -> None:
        """Build the parts; nothing runs and no store is opened before `start`."""
        self.settings = settings
        self.config = config
        self.metrics = Metrics()
        # A document that takes too long is stopped before the request is, so that the caller reads which limit it met.
        seconds, processes = 0.8 * config.limits.seconds, config.limits.renders
        self.templates = DocumentEngine(
            settings.template_folders,
            limits=WorkerLimits(seconds=seconds, processes=processes),
            convert=ConvertLimits(seconds=seconds, processes=processes),
        )
        self.models = ModelStore(
            config,
            self._open_registry,
            metrics=self.metrics,
        )
        self._recorder = Recorder(self._open_records, config.records, self.metrics)
        self.inference = InferenceEngine(config, self.models, self._recorder)
        self._renders = RenderPool(threads=config.limits.renders, waiting=config.limits.waiting_renders)
        self._records: Records | None = None
        self._records_lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None

    async def start(self) -> None:
        """Begin to answer; models become live one by one."""
        self._loop = asyncio.get_running_loop()
        self._recorder.start()
        self.models.start()
        self.templates.start()

    async def stop(self) -> None:
        """Finish what runs and write the last records."""
        self._renders.stop()
        self.templates.close()
        await self.models.stop()
        await asyncio.to_thread(self._recorder.stop)
        if self._records is not None:
            self._records.close()

    async def render(self, request: RenderRequest) -> SealedDocument:
        """Write a document.

        Raises:
            ColophonError: see `DocumentWriter.write`; or too many documents wait.
        """
        identity = request_id.get()
        document = await self._renders.run(
            lambda: self._writer().write(
                request.template,
                request.data,
                request.format,
                request_id=identity,
                theme=request.theme,
                verify=request.verify,
            )
        )
        self.metrics.observe_document(document.template, request.format)
        if document.warnings:
            log.warning("document has flaws", template=document.template, warnings=document.warnings)
        return document

    async def verify(self, content: bytes) -> colophon.Verification:
        """Say whether a file carries our colophon unchanged.

        Raises:
            DocumentError: it is no DOCX or PDF.
        """
        return await self._renders.run(lambda: colophon.verify(content, [self.key.public]))

    @cached_property
    def key(self) -> colophon.SigningKey:
        """The key that seals."""
        return colophon.load_or_create_key(self.settings.resolved_signing_key_file)

    def _open_registry(self) -> RegistryReader:
        from models.registry import Registry  # imports MLflow, which takes seconds: the service is alive before

        return Registry(self.settings.resolved_tracking_url, artifacts_folder=self.settings.artifacts_folder)

    def _writer(self) -> DocumentWriter:
        return DocumentWriter(self.templates, self._summarize, self.key, self._open_records())

    def _summarize(self, requests: list[SummaryRequest]) -> tuple[list[Summary], Author]:
        """Let the served summarizer write, from the thread of a document."""
        if self._loop is None:
            raise RuntimeError("the runtime was not started")
        waiting = asyncio.run_coroutine_threadsafe(self.inference.summaries(requests, "render"), self._loop)
        _, answer = waiting.result()
        return answer.outputs, Author.of(answer.model)

    def _open_records(self) -> Records:
        with self._records_lock:
            if self._records is None:
                self._records = Records.open(self.settings.resolved_records_url)
            return self._records
