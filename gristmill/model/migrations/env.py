"""Run by Alembic: connects the migrations to the connection that `gristmill.model.schema` hands over."""

from __future__ import annotations

from alembic import context

from gristmill.model import deployment_tables, job_tables  # noqa: F401 - their tables belong to the metadata
from gristmill.model.tables import Base

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
