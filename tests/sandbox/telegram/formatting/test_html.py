"""Telegram's HTML: what it becomes, and the exact words with which it is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.telegram.errors import ApiError
from sandbox.telegram.formatting.html import parse_html
from sandbox.telegram.formatting.utf16 import utf16_length


def fields(source: str) -> tuple[str, list[tuple[str, int, int]]]:
    text, entities = parse_html(source)
    return text, [(one.type, one.offset, one.length) for one in entities]


@pytest.mark.parametrize(
    ("source", "text", "entities"),
    [
        ("plain", "plain", []),
        ("<b>bold</b> x", "bold x", [("bold", 0, 4)]),
        ("<STRONG>a</strong>", "a", [("bold", 0, 1)]),
        ("<i>a</i><em>b</em>", "ab", [("italic", 0, 1), ("italic", 1, 1)]),
        ("<u>a</u><ins>b</ins>", "ab", [("underline", 0, 1), ("underline", 1, 1)]),
        ("<s>a</s><strike>b</strike><del>c</del>", "abc", [("strikethrough", n, 1) for n in range(3)]),
        (
            '<span class="tg-spoiler">a</span><tg-spoiler>b</tg-spoiler>',
            "ab",
            [("spoiler", 0, 1), ("spoiler", 1, 1)],
        ),
        ("🟢 <b>🐳x</b>", "🟢 🐳x", [("bold", 3, 3)]),
        ("<b>a<i>b</b></i>"[:8] + "</></b>", "ab", [("italic", 1, 1), ("bold", 0, 2)]),
        ("<blockquote>q</blockquote>", "q", [("blockquote", 0, 1)]),
        ("<blockquote expandable>q</blockquote>", "q", [("expandable_blockquote", 0, 1)]),
        ("&lt;b&gt; &amp;amp; &quot; &#65;&#x42; &copy; & &#0;", '<b> &amp; " AB &copy; & &#0;', []),
        ("<b></b>", "", []),
        ("<code>x</code><pre>y</pre>", "xy", [("code", 0, 1), ("pre", 1, 1)]),
    ],
)
def test_it_reads_markup_as_telegram_does(
    source: str, text: str, entities: list[tuple[str, int, int]]
) -> None:
    assert fields(source) == (text, entities)


def test_it_keeps_what_belongs_to_a_tag() -> None:
    link = parse_html("<a href='https://solscan.io/tx/1?a=1&amp;b=2'>tx</a>")[1][0]
    assert (link.type, link.url) == ("text_link", "https://solscan.io/tx/1?a=1&b=2")
    mention = parse_html('<a href="tg://user?id=42">you</a>')[1][0]
    assert mention.type == "text_mention"
    assert mention.user is not None
    assert mention.user.id == 42
    code = parse_html('<pre><code class="language-python">x</code></pre>')[1]
    assert [(one.type, one.language) for one in code] == [("pre", "python")]
    emoji = parse_html('<tg-emoji emoji-id="5368324170671202286">👍</tg-emoji>')[1][0]
    assert (emoji.type, emoji.custom_emoji_id) == ("custom_emoji", "5368324170671202286")
    time = parse_html('<tg-time unix="1790000000" format="wDT">then</tg-time>')[1][0]
    assert (time.type, time.unix_time, time.date_time_format) == ("date_time", 1_790_000_000, "wDT")


def test_a_link_that_leads_nowhere_is_mere_text() -> None:
    assert parse_html('<a href="javascript:alert(1)">x</a>') == ("x", [])


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        ("é<x>", 'Unsupported start tag "x" at byte offset 2'),
        ("<b", "Unclosed start tag at byte offset 0"),
        ("a < b", 'Unsupported start tag "" at byte offset 2'),
        ("1<2", "Unclosed start tag at byte offset 1"),
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("<b>x</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
        (
            "<a href>x</a>",
            'Expected equal sign in declaration of an attribute of the tag "a" at byte offset 0',
        ),
        ("<a href='x", "Unclosed start tag at byte offset 0"),
        ("<a href=x/y>", "Unexpected end of name token at byte offset 8"),
        ("<a =x>", 'Empty attribute name in the tag "a" at byte offset 0'),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
    ],
)
def test_it_refuses_in_telegrams_words(source: str, complaint: str) -> None:
    with pytest.raises(ApiError) as refused:
        parse_html(source)
    assert refused.value.description == f"Bad Request: can't parse entities: {complaint}"
    assert refused.value.code == 400


@given(st.text(alphabet=st.sampled_from("<>&/ab\"'= ;#x1🐳é\n-"), max_size=40))
def test_any_source_is_read_or_refused(source: str) -> None:
    try:
        text, entities = parse_html(source)
    except ApiError:
        return
    size = utf16_length(text)
    assert all(one.offset >= 0 and one.length > 0 and one.offset + one.length <= size for one in entities)
