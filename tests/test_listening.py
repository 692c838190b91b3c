"""What the system keeps of connections that are read from, and then no more."""

from __future__ import annotations

import fcntl
import socket
import struct
import termios
import threading
import time

from calcigraph.web.serving.listening import listen

# Far above what is asked for, and far below what systems let a connection grow to whose bytes are taken.
_MOST_BYTES = 1 << 18
_READ_BYTES = 1 << 26


def _send_for_ever(client: socket.socket) -> None:
    piece = b"#" * (1 << 20)
    try:
        while True:
            client.sendall(piece)
    except OSError:
        return


def _waiting(connection: socket.socket) -> int:
    """How many bytes have come, and were not read."""
    return int(struct.unpack("i", fcntl.ioctl(connection, termios.FIONREAD, b"\0" * 4))[0])


def test_what_comes_from_a_client_is_bounded_however_fast_it_was_read_before() -> None:
    with listen("127.0.0.1", 0) as listener, socket.socket() as client:
        client.connect(listener.getsockname())
        accepted, _ = listener.accept()
        sender = threading.Thread(target=_send_for_ever, args=(client,))
        with accepted:
            sender.start()
            left = _READ_BYTES
            while left > 0:
                left -= len(accepted.recv(1 << 20))
            before, waiting = -1, _waiting(accepted)
            while before < waiting:
                time.sleep(0.2)
                before, waiting = waiting, _waiting(accepted)
        sender.join()
    assert 0 < waiting <= _MOST_BYTES
