"""What is said, as Telegram HTML: values in, text out. Pure."""
