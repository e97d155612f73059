"""`python -m chain decode`: files in, one JSON object a line out."""
