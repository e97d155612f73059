"""Collectors and processors apart (SCANNER_STAGE)."""
