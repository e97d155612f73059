"""For operators: the audit log, counts, retention."""
