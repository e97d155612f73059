"""The methods by which a node is asked to push: one file each, one row each in `table.py`."""
