"""What is kept for people, each thing by itself."""
