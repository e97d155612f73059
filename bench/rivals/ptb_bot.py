"""python-telegram-bot as its documents run it: run_webhook, and one handler that replies with a text."""

import os

from telegram import LinkPreviewOptions, Update
from telegram.constants import ParseMode
from telegram.ext import Application, CommandHandler, ContextTypes

TEXT = os.environ["REPLY"]


async def reply(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Reply to /help."""
    del context
    if update.effective_message is not None:
        await update.effective_message.reply_text(
            TEXT, parse_mode=ParseMode.HTML, link_preview_options=LinkPreviewOptions(is_disabled=True)
        )


def main() -> None:
    """Serve the webhook until a signal."""
    builder = Application.builder().token(os.environ["BOT_TOKEN"])
    builder = builder.base_url(f"{os.environ['TELEGRAM_API_URL']}/bot")
    builder = builder.concurrent_updates(os.environ.get("CONCURRENT") == "1").connection_pool_size(64)
    application = builder.build()
    application.add_handler(CommandHandler("help", reply))
    application.run_webhook(
        listen="127.0.0.1",
        port=int(os.environ["PORT"]),
        url_path="hook",
        webhook_url=os.environ["WEBHOOK_URL"],
        secret_token=os.environ["WEBHOOK_SECRET"],
    )


if __name__ == "__main__":
    main()
