"""PostgreSQL and Valkey as child processes, from wheels, for machines that have neither. Loopback only."""
