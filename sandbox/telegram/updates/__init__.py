"""Updates on their way to a bot: queued, fetched by polling, or pushed to a webhook."""
