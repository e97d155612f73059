"""What exists before anybody trades: mints, metadata, pools and a lookup table."""
