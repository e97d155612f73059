"""What actors do all day: one habit a file, each a value that decides what it becomes. Pure."""
