"""Pages: one document, its script and its style; everything else they ask of the API."""
