"""Everything remembered: one file per thing remembered; PostgreSQL, Redis, RQ queues, migrations."""
