"""What stands in an address or a form is read as the standard library reads it, but strictly."""

from __future__ import annotations

from urllib.parse import parse_qsl, quote, unquote_to_bytes

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from calcigraph.web.protocol.bodies import parameters, unescaped
from calcigraph.web.protocol.request_problems import RequestMalformed

# Much of what is made from these is an escape, and much is nearly one.
PIECES = st.sampled_from(
    [b"%", b"%%", b"=", b"%4", b"%41", b"%zz", b"\n", b"\r", b" ", b"+", b"_", b"&", b"a"]
)


@given(st.lists(PIECES | st.binary(max_size=3)).map(b"".join))
@example(b"%")
@example(b"a%3D%")
@example(b"%%41")
@example(b"%3D=41")
def test_escapes_stand_for_bytes(encoded: bytes) -> None:
    assert unescaped(encoded) == unquote_to_bytes(encoded)


@given(st.lists(st.tuples(st.text(), st.text()), max_size=20))
def test_pairs_come_out_as_they_went_in(pairs: list[tuple[str, str]]) -> None:
    encoded = "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in pairs)
    assert parameters(encoded.encode()) == pairs


@given(st.lists(st.sampled_from(["a", "=", "&", "+", "%20", "%C3%A9", "%3D", ";"])).map("".join))
def test_reads_what_the_standard_library_reads(encoded: str) -> None:
    assert parameters(encoded.encode()) == parse_qsl(encoded, keep_blank_values=True)


@pytest.mark.parametrize("encoded", [b"q=%ff", b"%ff=q", b"q=\xff", b"a&" * 1000])
def test_what_is_not_utf_8_or_too_much_is_refused(encoded: bytes) -> None:
    with pytest.raises(RequestMalformed):
        parameters(encoded)
