"""How actors decide: one strategy a file, each a value that decides what it becomes. Pure."""
