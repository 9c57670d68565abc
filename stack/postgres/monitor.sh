#!/bin/sh
# Makes the role with which the collector looks at the database: it may read statistics, nothing of the shop's. Runs once, when the database is made.
set -eu
psql -v ON_ERROR_STOP=1 -v password="$POSTGRES_PASSWORD" --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" <<'SQL'
CREATE ROLE otelcol LOGIN PASSWORD :'password';
GRANT pg_monitor TO otelcol;
-- The collector asks for the statements of all databases there, whatever the app's is called.
\connect postgres
CREATE EXTENSION IF NOT EXISTS pg_stat_statements;
SQL
