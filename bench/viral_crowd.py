"""Readers of one page: ``PORT PATH CONNECTIONS SECONDS``. Each connection asks again once it has its answer.

Prints ``ready``, then how many answers came, when (s since 1970) the last one with status 200 came, and how many with
status 200 came in each second since the beginning.
"""

from __future__ import annotations

import select
import socket
import sys
import time

HOST = "127.0.0.1"


def main(port: int, path: str, many: int, seconds: float) -> None:
    """Ask until the time is over."""
    request = (
        f"GET {path}?fbclid=abc HTTP/1.1\r\nHost: {HOST}:{port}\r\nUser-Agent: bench\r\n"
        "Accept: text/html\r\nAccept-Encoding: identity\r\n\r\n"
    ).encode()
    readers = {}
    for _ in range(many):
        reader = socket.create_connection((HOST, port))
        readers[reader.fileno()] = reader
    got = dict.fromkeys(readers, b"")
    print("ready", flush=True)
    began_s, answered, last_s = time.time(), 0, 0.0
    by_second = [0] * (int(seconds) + 2)
    waiting = select.epoll()
    for number, reader in readers.items():
        waiting.register(number, select.EPOLLIN)
        reader.sendall(request)
    while (now_s := time.time()) - began_s < seconds:
        for number, _ in waiting.poll(0.5):
            reader = readers[number]
            got[number] += reader.recv(1 << 18)
            head, end, body = got[number].partition(b"\r\n\r\n")
            if not end or len(body) < _length(head):
                continue
            answered += 1
            if b" 200 " in head[:16]:
                last_s = now_s
                by_second[int(now_s - began_s)] += 1
            got[number] = b""
            reader.sendall(request)
    print(answered, last_s, ",".join(map(str, by_second)), flush=True)


def _length(head: bytes) -> int:
    at = head.lower().find(b"content-length:")
    return int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), float(sys.argv[4]))
