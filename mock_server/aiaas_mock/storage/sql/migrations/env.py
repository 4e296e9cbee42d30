"""What Alembic runs: the steps, in the transaction that the database is opened in."""

from alembic import context

context.configure(connection=context.config.attributes["connection"])
context.run_migrations()
