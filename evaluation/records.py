"""What happened: inferences, documents and promotions, one row each, in one SQL schema.

SQLite by default, PostgreSQL by URL. `evaluation/migrations` holds the schema's history.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Self, TypeVar

import sqlalchemy as sa
from alembic.util.exc import CommandError
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

from configs.errors import ColophonError, ConfigError, DependencyError
from evaluation.migrations import schema

RowT = TypeVar("RowT", bound="InferenceRecord | DocumentRecord | PromotionRecord")

# Writers wait for each other: one batch of 500 rows takes some milliseconds on a slow disk.
_BUSY_SECONDS = 30


@dataclass(frozen=True)
class InferenceRecord:
    """One answered text.

    Attributes:
        at: when it was answered, UTC.
        text: the text, where the settings keep it.
        columns: what is derived from text and answer, for drift.
        output: the answer.
        latency_ms: from the request's arrival to its answer.
    """

    id: str
    at: datetime
    request_id: str
    endpoint: str
    model: str
    version: str
    alias: str
    text: str | None
    text_sha256: str | None
    columns: Mapping[str, float | str]
    output: Mapping[str, Any]
    latency_ms: float


@dataclass(frozen=True)
class DocumentRecord:
    """One finished document, by digests: what it was made from can be looked up, not read here."""

    id: str
    at: datetime
    template: str
    template_version: str
    template_digest: str
    data_digest: str
    format: str
    content_digest: str
    sealed_digest: str
    key_id: str
    models: Mapping[str, Any]
    ledger: Mapping[str, Any]
    request_id: str


@dataclass(frozen=True)
class PromotionRecord:
    """One decision about a version: `promoted`, `refused`, `waiting` or `rolled_back`."""

    id: str
    at: datetime
    model: str
    version: str
    digest: str
    action: str
    previous_version: str | None
    verdict: Mapping[str, Any]
    policy: str
    by: str


class Records:
    """The database of records; may be used from several threads.

    Raises (all methods):
        DependencyError: the database cannot be reached, read or written.
    """

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    @classmethod
    def open(cls, url: str) -> Self:
        """Open the database and bring its schema up to date; several processes may do so at once.

        Raises:
            ConfigError: the URL is no database URL, or its driver is not installed.
            DependencyError: the database cannot be reached or written.
        """
        try:
            engine = _engine(url)
        except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as error:
            raise ConfigError(
                f"Expected a database URL, but {str(error).splitlines()[0]}.",
                where="COLOPHON_RECORDS_URL",
                hint="Example: postgresql+psycopg://user@host/database.",
            ) from None
        try:
            with _translated(engine):
                schema.upgrade(engine)
        except ColophonError:
            engine.dispose()
            raise
        return cls(engine)

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def add_inferences(self, records: Sequence[InferenceRecord]) -> None:
        """Write records in one transaction."""
        self._insert(schema.inferences, records)

    def inferences(
        self,
        *,
        model: str,
        version: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int | None = None,
    ) -> list[InferenceRecord]:
        """Read records of a model, oldest first; `limit` keeps the newest."""
        table = schema.inferences
        query = sa.select(table).where(table.c.model == model)
        if version is not None:
            query = query.where(table.c.version == version)
        if since is not None:
            query = query.where(table.c.at >= since)
        if until is not None:
            query = query.where(table.c.at <= until)
        newest_first = query.order_by(table.c.at.desc(), table.c.id.desc()).limit(limit)
        return self._select(newest_first, InferenceRecord)[::-1]

    def add_document(self, record: DocumentRecord) -> None:
        """Write a record."""
        self.add_documents([record])

    def add_documents(self, records: Sequence[DocumentRecord]) -> None:
        """Write records in one transaction."""
        self._insert(schema.documents, records)

    def documents(
        self, *, content_digest: str | None = None, template: str | None = None, limit: int | None = None
    ) -> list[DocumentRecord]:
        """Read records, newest first."""
        table = schema.documents
        query = sa.select(table).order_by(table.c.at.desc(), table.c.id.desc()).limit(limit)
        if content_digest is not None:
            query = query.where(table.c.content_digest == content_digest)
        if template is not None:
            query = query.where(table.c.template == template)
        return self._select(query, DocumentRecord)

    def add_promotion(self, record: PromotionRecord) -> None:
        """Write a record."""
        self._insert(schema.promotions, [record])

    def promotions(self, model: str) -> list[PromotionRecord]:
        """Read the decisions about a model, oldest first."""
        table = schema.promotions
        query = sa.select(table).where(table.c.model == model).order_by(table.c.at, table.c.id)
        return self._select(query, PromotionRecord)

    def forget_texts(self, before: datetime) -> int:
        """Blank the texts of older inferences, of which hash, derived columns and answer stay; gives how many."""
        table = schema.inferences
        statement = sa.update(table).where(table.c.at < before, table.c.text.is_not(None)).values(text=None)
        return int(self._write(lambda connection: connection.execute(statement).rowcount))

    def _insert(self, table: sa.Table, records: Sequence[Any]) -> None:
        rows = [asdict(record) for record in records]
        if rows:
            self._write(lambda connection: connection.execute(sa.insert(table), rows))

    def _write(self, change: Callable[[sa.Connection], Any]) -> Any:
        with _translated(self._engine), self._engine.begin() as connection:
            return change(connection)

    def _select(self, query: sa.Select[Any], kind: type[RowT]) -> list[RowT]:
        with _translated(self._engine), self._engine.connect() as connection:
            rows = connection.execute(query).mappings().all()
        return [kind(**row) for row in rows]


def _engine(url: str) -> sa.Engine:
    engine = sa.create_engine(url, pool_pre_ping=True)
    if engine.dialect.name == "sqlite":

        @sa.event.listens_for(engine, "connect")
        def _prepare(connection: Any, _record: object) -> None:
            connection.execute(f"PRAGMA busy_timeout={_BUSY_SECONDS * 1000}")
            # Readers and the one writer do not wait for each other in this mode.
            connection.execute("PRAGMA journal_mode=WAL")

    return engine


@contextmanager
def _translated(engine: sa.Engine) -> Iterator[None]:
    try:
        yield
    except CommandError as error:
        raise DependencyError(
            f"The records have a schema that this version does not know: {error}.",
            where=engine.url.render_as_string(hide_password=True),
            hint="They were written by a newer version: install that one.",
        ) from error
    except SQLAlchemyError as error:
        cause = getattr(error, "orig", None)
        if isinstance(cause, ColophonError):
            raise cause from None
        reason = str(cause or error).splitlines()[0]
        raise DependencyError(
            f"The records cannot be read or written: {reason}.",
            where=engine.url.render_as_string(hide_password=True),
            hint="Is the database running, and has the disk room?",
        ) from error
