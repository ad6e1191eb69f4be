"""Inferences, documents and promotions."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create the three tables."""
    op.create_table(
        "inferences",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("request_id", "endpoint", "model", "version", "alias")),
        sa.Column("text", sa.Text),
        sa.Column("text_sha256", sa.Text),
        sa.Column("columns", sa.JSON, nullable=False),
        sa.Column("output", sa.JSON, nullable=False),
        sa.Column("latency_ms", sa.Float, nullable=False),
    )
    op.create_index("inferences_by_model", "inferences", ["model", "at"])
    texts = ("template", "template_version", "template_digest", "data_digest", "format")
    digests = ("content_digest", "sealed_digest", "key_id")
    op.create_table(
        "documents",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in (*texts, *digests)),
        sa.Column("models", sa.JSON, nullable=False),
        sa.Column("ledger", sa.JSON, nullable=False),
        sa.Column("request_id", sa.Text, nullable=False),
    )
    op.create_index("ix_documents_content_digest", "documents", ["content_digest"])
    op.create_table(
        "promotions",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("model", "version", "digest", "action")),
        sa.Column("previous_version", sa.Text),
        sa.Column("verdict", sa.JSON, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("policy", "by")),
    )
    op.create_index("promotions_by_model", "promotions", ["model", "at"])
