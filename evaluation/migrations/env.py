"""What Alembic runs: the connection is handed over by `schema.upgrade`."""

from alembic import context

from evaluation.migrations.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
