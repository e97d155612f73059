"""The simulated node: bank, open slot, blocks, forks, and the history that questions are answered from."""
