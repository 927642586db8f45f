"""Alembic asks here for the connection; `twinbook.database.migrate` opened it."""

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=context.config.attributes.get("metadata"),
    render_item=context.config.attributes.get("render_item", lambda *_: False),
    render_as_batch=context.config.attributes.get("render_as_batch", False),
)
with context.begin_transaction():
    context.run_migrations()
