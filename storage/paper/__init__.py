"""Paper campaigns: kept, and moved on by what is stored of the chain."""
