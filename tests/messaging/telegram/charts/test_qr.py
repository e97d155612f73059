"""QR codes as pictures."""

from messaging.telegram.charts.qr import qr_png
from sandbox.telegram.chats.files import image_size


def test_a_link_is_a_square_picture() -> None:
    size = image_size(qr_png("https://t.me/whale_bot?start=l1_AAAAAAAAAAAA"))
    assert size is not None
    assert size[0] == size[1] > 200
