#!/bin/bash
# Runs once, when the database is created: the role of the programs, and a replica's role and slot.
set -euo pipefail
psql -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" \
  -v database="$(cat /run/secrets/database_password)" -v replication="$(cat /run/secrets/replication_password)" <<'SQL'
CREATE ROLE whale LOGIN PASSWORD :'database';
ALTER DATABASE whale OWNER TO whale;
CREATE ROLE replica LOGIN REPLICATION PASSWORD :'replication';
SELECT pg_create_physical_replication_slot('replica', true);
SQL
echo 'host replication replica all scram-sha-256' >>"$PGDATA/pg_hba.conf"
