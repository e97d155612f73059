"""The bot program: a Telegram update becomes a handler call, and that a reply or a job."""
