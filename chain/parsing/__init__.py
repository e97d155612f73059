"""The border where a node's JSON and binary forms end."""
