"""Addresses that pushes may go to."""

from ipaddress import ip_network

import pytest

from domain.errors import BadInput
from domain.webhooks import WebhookForm
from messaging.webhook.addresses import form_of, is_allowed, may_be_reached, parse_networks, parse_url


def test_an_address_is_taken_apart_as_a_request_needs_it() -> None:
    address = parse_url("https://Hooks.example.org:8443/a/b%20c?d=e")
    assert (address.host, address.port, address.target) == ("hooks.example.org", 8443, "/a/b%20c?d=e")
    assert address.host_header == "hooks.example.org:8443"
    plain = parse_url("https://example.org")
    assert (plain.port, plain.target, plain.host_header) == (443, "/", "example.org")
    assert parse_url("https://example.org./").host_header == "example.org", "the dot at the end says nothing"
    assert parse_url("https://[2606:4700::1]/x").host_header == "[2606:4700::1]"


@pytest.mark.parametrize(
    "text",
    [
        *("", "http://example.org/", "ftp://example.org/", "//example.org/", "example.org", "https://"),
        *("https://user@example.org/", "https://user:word@example.org/", "https://example.org/#part"),
        *("https://example.org:0/", "https://example.org:70000/", "https://example.org:x/"),
        *(
            "https://exam ple.org/",
            "https://example.org/a b",
            "https://example.org/\r\nX: y",
            "https://é.org/",
        ),
        *("https://[fe80::1%25eth0]/", "https://[::1/", "https://example.org\\@10.0.0.1/"),
        *("https://./", "https://example.org../", "https://a..b/", "https://.example.org/"),
        "https://example.org/" + "a" * 2_048,
    ],
)
def test_what_is_no_https_address_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        parse_url(text)


@pytest.mark.parametrize(
    ("url", "form"),
    [
        ("https://discord.com/api/webhooks/1/abc", WebhookForm.DISCORD),
        ("https://ptb.discord.com/api/webhooks/1/abc", WebhookForm.DISCORD),
        ("https://discord.com./api/webhooks/1/abc", WebhookForm.DISCORD),
        ("https://hooks.slack.com/services/T/B/x", WebhookForm.SLACK),
        ("https://discord.com.example.org/api/webhooks/1/abc", WebhookForm.STANDARD),
    ],
)
def test_the_host_tells_what_is_understood_there(url: str, form: WebhookForm) -> None:
    assert form_of(parse_url(url)) is form


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "127.255.255.254", "0.0.0.0", "10.1.2.3", "172.16.0.1", "172.31.255.255"),
        *("192.168.1.1", "169.254.169.254", "100.64.0.1", "100.127.255.255", "192.0.0.1", "192.0.2.1"),
        *("192.88.99.1", "198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1"),
        *("239.255.255.250", "240.0.0.1", "255.255.255.255", "168.63.129.16"),
        *("::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1"),
        *("2001::1", "2001:db8::1", "2002:7f00:1::", "3fff::1", "100::1", "4000::1", "5f00::1"),
        *("::ffff:127.0.0.1", "::ffff:a9fe:a9fe", "::127.0.0.1", "::ffff:0:127.0.0.1"),
        *("64:ff9b::7f00:1", "64:ff9b::169.254.169.254", "64:ff9b:1::8.8.8.8"),
        *("2606:4700::5efe:10.0.0.1", "2606:4700::200:5efe:10.0.0.1"),
        *("", "example.org", "2130706433", "0x7f.1", "1.1"),
    ],
)
def test_what_is_not_public_is_not_reached_in_whatever_form(address: str) -> None:
    assert not may_be_reached(address)


@pytest.mark.parametrize(
    "address",
    [
        *("8.8.8.8", "1.1.1.1", "172.15.255.255", "172.32.0.1", "100.63.255.255", "192.0.1.1"),
        *("2606:4700:4700::1111", "2a00:1450::1", "::ffff:8.8.8.8", "64:ff9b::808:808"),
    ],
)
def test_what_is_public_is_reached(address: str) -> None:
    assert may_be_reached(address)


def test_a_network_may_be_allowed_and_no_other() -> None:
    allowed = parse_networks("127.0.0.1/32, fd00::/8")
    assert allowed == (ip_network("127.0.0.1/32"), ip_network("fd00::/8"))
    assert may_be_reached("127.0.0.1", allowed)
    assert may_be_reached("::ffff:127.0.0.1", allowed)
    assert may_be_reached("fd00::5", allowed)
    assert not may_be_reached("127.0.0.2", allowed)
    assert not may_be_reached("::1", allowed)
    assert parse_networks("") == ()
    assert is_allowed("127.0.0.1", allowed)
    assert not is_allowed("8.8.8.8", allowed)
    assert not is_allowed("nothing", allowed)
