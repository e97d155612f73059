"""Facts for security scans, gathered from a node or from recorded answers."""
