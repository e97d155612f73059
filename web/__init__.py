"""Program: what the chat shows, as a page, an API and a feed. Any instance answers anybody."""
