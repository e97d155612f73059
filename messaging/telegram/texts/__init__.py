"""Message texts as Telegram HTML: values in, text out. Pure."""
