"""The tables of the records as they are now, and how a database gets there."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from configs.errors import InputError

# Any number that no other program of this database takes its advisory locks by.
_LOCK = 0x436F6C6F


class UtcDateTime(sa.types.TypeDecorator[datetime]):
    """An aware time, kept as UTC: SQLite itself knows no zones."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        if value.tzinfo is None:
            raise InputError(f"Expected a time with its zone, but got {value.isoformat()}.", where="at")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


metadata = sa.MetaData()


def _text(name: str, **options: Any) -> sa.Column[str]:
    return sa.Column(name, sa.Text, **{"nullable": False, **options})


def _json(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.JSON, nullable=False)


inferences = sa.Table(
    "inferences",
    metadata,
    _text("id", primary_key=True),
    sa.Column("at", UtcDateTime, nullable=False),
    _text("request_id"),
    _text("endpoint"),
    _text("model"),
    _text("version"),
    _text("alias"),
    _text("text", nullable=True),
    _text("text_sha256", nullable=True),
    _json("columns"),
    _json("output"),
    sa.Column("latency_ms", sa.Float, nullable=False),
    sa.Index("inferences_by_model", "model", "at"),
)

documents = sa.Table(
    "documents",
    metadata,
    _text("id", primary_key=True),
    sa.Column("at", UtcDateTime, nullable=False),
    _text("template"),
    _text("template_version"),
    _text("template_digest"),
    _text("data_digest"),
    _text("format"),
    _text("content_digest", index=True),
    _text("sealed_digest"),
    _text("key_id"),
    _json("models"),
    _json("ledger"),
    _text("request_id"),
)

promotions = sa.Table(
    "promotions",
    metadata,
    _text("id", primary_key=True),
    sa.Column("at", UtcDateTime, nullable=False),
    _text("model"),
    _text("version"),
    _text("digest"),
    _text("action"),
    _text("previous_version", nullable=True),
    _json("verdict"),
    _text("policy"),
    _text("by"),
    sa.Index("promotions_by_model", "model", "at"),
)


def upgrade(engine: sa.Engine) -> None:
    """Bring a database to the newest schema; processes that do so at once go one after the other."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    if engine.dialect.name == "sqlite":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")  # waits until no other process writes
            config.attributes["connection"] = connection
            try:
                command.upgrade(config, "head")
            except BaseException:
                connection.exec_driver_sql("ROLLBACK")
                raise
            connection.exec_driver_sql("COMMIT")
        return
    with engine.begin() as connection:
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
