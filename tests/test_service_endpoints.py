"""Which services may be called: a list of prefixes, and only addresses of the open Internet."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calcigraph.federation import AllowList
from calcigraph.federation.addresses import is_public
from calcigraph.federation.endpoints import parsed
from calcigraph.federation.service_problems import AllowListMalformed, ServiceRefused

LIST = AllowList(
    [
        "http://allowed.example/sparql",
        "HTTPS://Whole.Example",
        "https://folder.example/a/",
        "https://port.example:8443/",
        "http://127.0.0.1:9000/sparql",
        "http://[::1]/",
    ]
)
ALLOWED = [
    "http://allowed.example/sparql",
    "HTTP://ALLOWED.EXAMPLE/sparql",
    "http://allowed.example:80/sparql",
    "http://allowed.example./sparql",
    "http://allowed.example/sparql/",
    "http://allowed.example/sparql/sub",
    "http://allowed.example/sparql?default-graph-uri=http://x/",
    "https://whole.example",
    "https://whole.example/",
    "https://whole.example:443/any/thing?x=../y",
    "https://folder.example/a/b",
    "https://port.example:8443/x",
    "http://127.0.0.1:9000/sparql",
    "http://[::1]/x",
    "http://[0:0:0:0:0:0:0:1]:80/x",
]
REFUSED = [
    "https://allowed.example/sparql",
    "http://allowed.example/",
    "http://allowed.example",
    "http://allowed.example/sparqlx",
    "http://allowed.example/SPARQL",
    "http://allowed.example/sparq",
    "http://allowed.example:8080/sparql",
    "http://allowed.example.evil.example/sparql",
    "http://evil.example/http://allowed.example/sparql",
    "http://evil.example/?http://allowed.example/sparql",
    "http://evil.example#http://allowed.example/sparql",
    "http://allowed.example/sparql#fragment",
    "http://allowed.example@evil.example/sparql",
    "http://allowed.example:80@evil.example/sparql",
    "http://user@allowed.example/sparql",
    "http://user:password@allowed.example/sparql",
    "http://@allowed.example/sparql",
    "http://sub.allowed.example/sparql",
    "http://allowed.example/sparql/../admin",
    "http://allowed.example/sparql/..",
    "http://allowed.example/sparql/./x",
    "http://allowed.example/sparql/%2e%2e/admin",
    "http://allowed.example/sparql/%2E./admin",
    "http://allowed.example/sparql/%252e%252e/admin",
    "http://allowed.example/sparql/..%2fadmin",
    "http://allowed.example/sparql/..%5cadmin",
    "http://allowed.example/sparql/..;/admin",
    "http://allowed.example\\@evil.example/sparql",
    "http://allowed.example/sparql\\..\\admin",
    "http://allowed.example /sparql",
    "http://allowed.example/sparql\r\nHost: evil.example",
    "http://allowed.example/sparql\x00",
    "http://allowed.example\t/sparql",
    "//allowed.example/sparql",
    "allowed.example/sparql",
    "/sparql",
    "",
    "http:///sparql",
    "http:allowed.example/sparql",
    "http://allowed.example:0/sparql",
    "http://allowed.example:99999/sparql",
    "http://allowed.example:80:80/sparql",
    "http://allowed.example:eighty/sparql",
    "http://alloẇed.example/sparql",
    "http://\uff41llowed.example/sparql",
    "ftp://allowed.example/sparql",
    "file:///etc/passwd",
    "gopher://allowed.example/sparql",
    "urn:allowed.example",
    "https://folder.example/a",
    "https://folder.example/ab",
    "https://folder.example/",
    "https://port.example/x",
    "http://127.0.0.1:9000/",
    "http://127.0.0.1/sparql",
    "http://127.0.0.2:9000/sparql",
    "http://localhost:9000/sparql",
    "http://127.1:9000/sparql",
    "http://2130706433:9000/sparql",
    "http://0x7f000001:9000/sparql",
    "http://0177.0.0.1:9000/sparql",
    "http://[::ffff:127.0.0.1]:9000/sparql",
    "http://[::1%25lo]/x",
    "http://[::1/x",
    "http://allowed.example/sparql/" + "x" * 3000,
]


@pytest.mark.parametrize("iri", ALLOWED)
def test_an_iri_below_a_prefix_is_allowed(iri: str) -> None:
    found = LIST.find(iri)
    assert found.is_by_address is (found.endpoint.host in ("127.0.0.1", "::1"))


@pytest.mark.parametrize("iri", REFUSED, ids=lambda iri: repr(iri[:60]))
def test_any_other_iri_is_refused_with_a_remedy(iri: str) -> None:
    with pytest.raises(ServiceRefused) as refusal:
        LIST.find(iri)
    assert refusal.value.remedy
    assert len(refusal.value.detail) < 400


def test_an_empty_list_allows_nothing() -> None:
    assert not AllowList([])
    for iri in ALLOWED:
        with pytest.raises(ServiceRefused):
            AllowList([]).find(iri)


@pytest.mark.parametrize(
    "prefix",
    [
        "",
        "http",
        "http://",
        "allowed.example",
        "*",
        "http://*/",
        "http://a.example/?x",
        "http://u@a.example/",
    ],
)
def test_a_prefix_that_names_no_place_is_refused(prefix: str) -> None:
    with pytest.raises(AllowListMalformed, match="--allow-service"):
        AllowList([prefix])


def test_a_path_beyond_ascii_is_written_in_percent_signs() -> None:
    endpoint = parsed("https://whole.example/é?q=ü&r=%20")
    assert endpoint is not None
    assert endpoint.target == "/%C3%A9?q=%C3%BC&r=%20"


@given(st.text(alphabet="./\\%2eEfF5c;ab@:?#", max_size=12))
def test_no_path_climbs_out_of_its_prefix(path: str) -> None:
    try:
        endpoint = LIST.find("http://allowed.example/sparql" + path).endpoint
    except ServiceRefused:
        return
    assert endpoint.host == "allowed.example"
    assert endpoint.target.startswith("/sparql")
    assert ".." not in endpoint.path.split("/")


PUBLIC = [
    "1.1.1.1",
    "93.184.216.34",
    "2606:4700::1111",
    "::ffff:1.1.1.1",
    "64:ff9b::1.1.1.1",
    "2002:101:101::1",
]
PRIVATE = [
    *("127.0.0.1", "127.255.255.254", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254"),
    *("100.64.0.1", "198.18.0.1", "192.0.2.1", "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255"),
    *("::", "::1", "fe80::1", "fc00::1", "fd00::1", "fec0::1", "ff02::1", "ff0e::1", "2001:db8::1"),
    *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::10.0.0.1"),
    *("64:ff9b:1::1", "2002:7f00:1::1", "2002:a00:1::1", "2001:0:7f00:1::", "100::1", "fe80::1%eth0"),
]


@pytest.mark.parametrize("address", PUBLIC)
def test_an_address_of_the_open_internet_is_public(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", PRIVATE)
def test_a_private_or_special_address_is_not_public(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))


@given(st.one_of(st.ip_addresses(network="127.0.0.0/8"), st.ip_addresses(network="10.0.0.0/8")))
def test_no_form_of_a_private_address_is_public(address: ipaddress.IPv4Address) -> None:
    number = int(address)
    for outer in (number, 0xFFFF << 32 | number, 0x64FF9B << 96 | number, 0x2002 << 112 | number << 80):
        assert not is_public(ipaddress.IPv6Address(outer))
    assert not is_public(address)
