#!/usr/bin/env python3
"""A service that speaks HTTP/2 over TLS, answering 200 to whoever sends a credential as it should.

usage: h2_service.py PORT CERTIFICATE KEY SECRET
The credential may stand in any field but the method; one that lets a table have it (RFC 7541 §7.1.3)
is answered with 400, none at all with 401.
"""
import base64
import socket
import ssl
import struct
import sys
import threading
import urllib.parse

import hpack

DATA, HEADERS, RESET, SETTINGS, PING = 0, 1, 3, 4, 6
WINDOW_UPDATE, CONTINUATION = 8, 9
END_STREAM, ACK, END_HEADERS, PADDED, PRIORITY = 1, 1, 4, 8, 32


class Connection:
    def __init__(self, stream, secret):
        self.stream = stream
        self.texts = [
            secret, base64.b64encode(f"me:{secret}".encode()).decode(),
            urllib.parse.quote(secret, safe=""),
        ]
        self.decoder, self.encoder = hpack.Decoder(), hpack.Encoder()
        self.block = b""
        self.statuses = {}

    def read(self, count):
        data = b""
        while len(data) < count:
            piece = self.stream.recv(count - len(data))
            if not piece:
                raise EOFError
            data += piece
        return data

    def send(self, kind, flags, stream, content=b""):
        size = struct.pack(">I", len(content))[1:]
        self.stream.sendall(size + struct.pack(">BBI", kind, flags, stream) + content)

    def judge(self, fields):
        found = [field for field in fields if any(text in field[1] for text in self.texts)]
        if not found:
            return "401"
        return "200" if not any(field.indexable for field in found) else "400"

    def answer(self, stream):
        status = self.statuses.pop(stream)
        block = self.encoder.encode([(":status", status), ("content-length", "2")])
        self.send(HEADERS, END_HEADERS, stream, block)
        self.send(DATA, END_STREAM, stream, b"ok")

    def take(self, kind, flags, stream, content):
        if kind == SETTINGS and not flags & ACK:
            self.send(SETTINGS, ACK, 0)
        elif kind == PING and not flags & ACK:
            self.send(PING, ACK, 0, content)
        elif kind in (HEADERS, CONTINUATION):
            if kind == HEADERS:
                self.ends = flags & END_STREAM
                padding = content[0] if flags & PADDED else 0
                start = (1 if flags & PADDED else 0) + (5 if flags & PRIORITY else 0)
                content = content[start : len(content) - padding]
            self.block += content
            if flags & END_HEADERS:
                self.statuses[stream] = self.judge(self.decoder.decode(self.block))
                self.block = b""
                if self.ends:
                    self.answer(stream)
        elif kind == DATA:
            if content:
                self.send(WINDOW_UPDATE, 0, 0, struct.pack(">I", len(content)))
            if flags & END_STREAM:
                self.answer(stream)

    def serve(self):
        self.read(24)
        self.send(SETTINGS, 0, 0)
        while True:
            head = self.read(9)
            kind, flags, stream = struct.unpack(">BBI", head[3:])
            self.take(kind, flags, stream, self.read(int.from_bytes(head[:3], "big")))


def serve(client, context, secret):
    try:
        with context.wrap_socket(client, server_side=True) as stream:
            Connection(stream, secret).serve()
    except (EOFError, OSError):
        # The egress closes what it needs no more.
        client.close()


def main():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[2], sys.argv[3])
    context.set_alpn_protocols(["h2"])
    listener = socket.create_server(("127.0.0.1", int(sys.argv[1])), backlog=256)
    while True:
        client, _ = listener.accept()
        threading.Thread(
            target=serve, args=(client, context, sys.argv[4]), daemon=True
        ).start()


main()
