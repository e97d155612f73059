"""What handlers call: one module for each need."""
