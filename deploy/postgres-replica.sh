#!/bin/bash
# A streaming replica: copied from the primary at the first start, then kept up to date by it.
set -euo pipefail
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  until pg_isready -q -h postgres; do sleep 1; done
  find "$PGDATA" -mindepth 1 -delete
  PGPASSWORD="$(cat /run/secrets/replication_password)" \
    pg_basebackup -h postgres -U replica -D "$PGDATA" -R -S replica -X stream --checkpoint=fast
  chmod 700 "$PGDATA"
fi
exec postgres "$@"
