import subprocess
import sys
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from configs.errors import ConfigError, DependencyError, InputError
from evaluation.migrations.schema import metadata
from evaluation.records import DocumentRecord, InferenceRecord, PromotionRecord, Records

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
POSTGRES = "postgresql+psycopg://postgres@127.0.0.1:5432/test"


def inference(minute: int, **changes: object) -> InferenceRecord:
    record = InferenceRecord(
        id=uuid.uuid4().hex,
        at=NOON + timedelta(minutes=minute),
        request_id="r",
        endpoint="/classify",
        model="mail",
        version="1",
        alias="champion",
        text=f"text {minute}",
        text_sha256="0" * 64,
        columns={"words": 2.0, "label": "praise"},
        output={"label": "praise"},
        latency_ms=1.5,
    )
    return replace(record, **changes)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.services)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'records.db'}"
        return
    name = f"colophon_{uuid.uuid4().hex}"
    server = sa.create_engine(POSTGRES, isolation_level="AUTOCOMMIT", connect_args={"connect_timeout": 2})
    try:
        with server.connect() as connection:
            connection.execute(sa.text(f"CREATE DATABASE {name}"))
    except sa.exc.OperationalError:
        pytest.skip("no PostgreSQL answers on 127.0.0.1:5432")
    yield POSTGRES.removesuffix("test") + name
    with server.connect() as connection:
        connection.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))
    server.dispose()


def test_inferences_when_read_back(url: str) -> None:
    rows = [inference(minute) for minute in range(3)]
    with Records.open(url) as records:
        records.add_inferences(rows)
        assert records.inferences(model="mail") == rows
        assert records.inferences(model="other") == []


def test_inferences_when_a_window_is_asked_for(url: str) -> None:
    rows = [inference(minute, version=str(minute % 2)) for minute in range(6)]
    berlin = timezone(timedelta(hours=2))
    with Records.open(url) as records:
        records.add_inferences(rows)
        since = (NOON + timedelta(minutes=2)).astimezone(berlin)
        assert records.inferences(model="mail", since=since, until=rows[4].at) == rows[2:5]
        assert records.inferences(model="mail", limit=2) == rows[4:]
        assert records.inferences(model="mail", version="1") == rows[1::2]


def test_forget_texts_when_some_are_old(url: str) -> None:
    with Records.open(url) as records:
        records.add_inferences([inference(minute) for minute in range(4)])
        assert records.forget_texts(NOON + timedelta(minutes=2)) == 2
        assert records.forget_texts(NOON + timedelta(minutes=2)) == 0
        assert [row.text for row in records.inferences(model="mail")] == [None, None, "text 2", "text 3"]


def test_documents_and_promotions_when_read_back(url: str) -> None:
    digests = {"template_digest": "t", "data_digest": "d", "content_digest": "c", "sealed_digest": "s"}
    document = DocumentRecord(
        id="1", at=NOON, template="letter", template_version="1", format="pdf", key_id="k",
        models={"summary": {"version": "1"}}, ledger={}, request_id="r", **digests,
    )  # fmt: skip
    promotion = PromotionRecord(
        id="1", at=NOON, model="mail", version="2", digest="x", action="promoted", previous_version=None,
        verdict={"passed": True}, policy="auto", by="gate",
    )  # fmt: skip
    with Records.open(url) as records:
        records.add_document(document)
        records.add_promotion(promotion)
        assert records.documents(content_digest="c") == [document]
        assert records.documents(template="invoice") == []
        assert records.promotions("mail") == [promotion]


def test_add_inferences_when_there_are_many(url: str) -> None:
    rows = [inference(minute) for minute in range(5000)]
    with Records.open(url) as records:
        records.add_inferences(rows)
        assert records.inferences(model="mail") == rows


def test_add_inferences_when_one_cannot_be_written_writes_none(url: str) -> None:
    twice = inference(1)
    with Records.open(url) as records:
        with pytest.raises(DependencyError):
            records.add_inferences([inference(0), twice, twice])
        assert records.inferences(model="mail") == []


def test_inferences_when_a_time_has_no_zone(url: str) -> None:
    naive = NOON.replace(tzinfo=None)
    with Records.open(url) as records:
        with pytest.raises(InputError, match="time with its zone"):
            records.add_inferences([inference(0, at=naive)])
        with pytest.raises(InputError, match="time with its zone"):
            records.inferences(model="mail", since=naive)


def test_records_when_threads_write_at_once(url: str) -> None:
    with Records.open(url) as records, ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda minute: records.add_inferences([inference(minute)]), range(80)))
        assert len(records.inferences(model="mail")) == 80


def test_open_when_the_schema_is_newer(url: str) -> None:
    Records.open(url).close()
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    with pytest.raises(DependencyError, match="newer version"):
        Records.open(url)


def test_open_when_the_file_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "records.db").write_text("no database " * 100)
    with pytest.raises(DependencyError, match="not a database"):
        Records.open(f"sqlite:///{tmp_path / 'records.db'}")


def test_schema_when_compared_with_its_migrations(url: str) -> None:
    Records.open(url).close()
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    engine.dispose()


def test_open_when_several_processes_are_first(url: str) -> None:
    code = f"from evaluation.records import Records; Records.open({url!r}).close()"
    processes = [subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE) for _ in range(4)]
    assert [process.communicate()[1] for process in processes] == [b""] * 4


@pytest.mark.parametrize("url_given", ["nonsense", "postgresql+nodriver://host/db"])
def test_open_when_the_url_is_wrong(url_given: str) -> None:
    with pytest.raises(ConfigError, match="COLOPHON_RECORDS_URL"):
        Records.open(url_given)


def test_open_when_the_database_is_out_of_reach() -> None:
    with pytest.raises(DependencyError, match="cannot be read or written") as caught:
        Records.open("postgresql+psycopg://someone:secret@127.0.0.1:1/nothing")
    assert "secret" not in str(caught.value)
