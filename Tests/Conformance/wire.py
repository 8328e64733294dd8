"""A client's end of an HTTP/2 connection that sends what it is told to, right or wrong."""
import os
import socket
import ssl
import struct
import time

import hpack

DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS, PUSH_PROMISE, PING, GOAWAY, WINDOW_UPDATE, \
    CONTINUATION = range(10)
END_STREAM, ACK, END_HEADERS, PADDED, WITH_PRIORITY = 1, 1, 4, 8, 32

NO_ERROR, PROTOCOL_ERROR, INTERNAL_ERROR, FLOW_CONTROL_ERROR, SETTINGS_TIMEOUT, STREAM_CLOSED, \
    FRAME_SIZE_ERROR, REFUSED_STREAM, CANCEL, COMPRESSION_ERROR = range(10)

HEADER_TABLE_SIZE, ENABLE_PUSH, MAX_CONCURRENT_STREAMS, INITIAL_WINDOW_SIZE, MAX_FRAME_SIZE = \
    range(1, 6)

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
NAMES = "DATA HEADERS PRIORITY RST_STREAM SETTINGS PUSH_PROMISE PING GOAWAY WINDOW_UPDATE " \
        "CONTINUATION".split()


class Failed(Exception):
    """What came is not what had to come."""


class Skipped(Exception):
    """The server gives no occasion to check this."""


class Frame:
    def __init__(self, kind, flags, stream, payload):
        self.kind, self.flags, self.stream, self.payload = kind, flags, stream, payload

    @property
    def ends_stream(self):
        return self.kind in (DATA, HEADERS) and self.flags & END_STREAM

    @property
    def code(self):
        """The error code of a RST_STREAM or a GOAWAY, else None."""
        place = {RST_STREAM: 0, GOAWAY: 4}.get(self.kind)
        return None if place is None else struct.unpack_from(">I", self.payload, place)[0]

    def __str__(self):
        name = NAMES[self.kind] if self.kind < len(NAMES) else f"type {self.kind}"
        code = "" if self.code is None else f" code {self.code}"
        return f"{name}({self.stream}, {len(self.payload)} bytes, flags {self.flags:#x}){code}"


def frame(kind, flags, stream, payload=b""):
    return struct.pack(">I", len(payload))[1:] + struct.pack(">BBI", kind, flags, stream) + payload


def settings(*pairs):
    return frame(SETTINGS, 0, 0, b"".join(struct.pack(">HI", *pair) for pair in pairs))


def window_update(stream, increment):
    return frame(WINDOW_UPDATE, 0, stream, struct.pack(">I", increment))


def rst_stream(stream, code=CANCEL):
    return frame(RST_STREAM, 0, stream, struct.pack(">I", code))


def priority(stream, depends_on=0, weight=0, is_exclusive=False):
    return frame(PRIORITY, 0, stream, priority_fields(depends_on, weight, is_exclusive))


def priority_fields(depends_on=0, weight=0, is_exclusive=False):
    return struct.pack(">IB", depends_on | (1 << 31 if is_exclusive else 0), weight)


def ping(data=b"\0" * 8, flags=0):
    return frame(PING, flags, 0, data)


def goaway(code=NO_ERROR, stream=0):
    return frame(GOAWAY, 0, stream, struct.pack(">II", 0, code))


class Target:
    """Where the server is, and how it is spoken to."""

    def __init__(self, host, port, is_secure, timeout):
        self.host, self.port, self.is_secure, self.timeout = host, port, is_secure, timeout

    def connect(self):
        plain = socket.create_connection((self.host, self.port), self.timeout)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if not self.is_secure:
            return plain
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        context.set_alpn_protocols(["h2"])
        secure = context.wrap_socket(plain, server_hostname=self.host)
        if secure.selected_alpn_protocol() != "h2":
            raise Failed("the server does not choose h2")
        return secure


class Connection:
    def __init__(self, target):
        self.target = target
        self.socket = target.connect()
        self.encoder = hpack.Encoder()
        self.received = b""
        self.settings = {}
        self.is_closed = False

    def close(self):
        self.socket.close()

    # what goes out

    def send(self, *pieces):
        """Each piece on its own, as clients that write frame by frame do."""
        for piece in pieces:
            try:
                self.socket.sendall(piece)
            except OSError:
                return

    def encode(self, fields):
        return self.encoder.encode(fields)

    def request(self, method="GET", extra=(), stream=1, ends=True):
        """A HEADERS frame with a whole request's head."""
        block = self.encode(self.fields(method) + list(extra))
        return self.headers(block, stream, ends)

    def headers(self, block, stream=1, ends=True, ends_headers=True, flags=0):
        flags |= (END_STREAM if ends else 0) | (END_HEADERS if ends_headers else 0)
        return frame(HEADERS, flags, stream, block)

    def fields(self, method="GET"):
        scheme = "https" if self.target.is_secure else "http"
        return [(":method", method), (":scheme", scheme), (":path", "/"),
                (":authority", f"{self.target.host}:{self.target.port}")]

    def continuation(self, block, stream=1, ends_headers=True):
        return frame(CONTINUATION, END_HEADERS if ends_headers else 0, stream, block)

    def filler(self, count=1):
        """Header fields of 4,000 bytes each, encoded."""
        return self.encode([(f"x-filler-{index}", "x" * 4000) for index in range(count)])

    def handshake(self):
        self.send(PREFACE + settings((INITIAL_WINDOW_SIZE, 65535)))
        is_acknowledged = False
        while not (is_acknowledged and self.settings):
            got = self.read()
            if got is None:
                raise Failed("no settings: " + self.why())
            if got.kind == SETTINGS and got.flags & ACK:
                is_acknowledged = True
            elif got.kind == SETTINGS:
                self.settings = dict(struct.iter_unpack(">HI", got.payload)) or {0: 0}
                self.send(frame(SETTINGS, ACK, 0))

    # what comes in

    def read(self):
        """The next frame. None at the end of the connection, or when nothing comes in time."""
        deadline = time.monotonic() + self.target.timeout
        while True:
            if len(self.received) >= 9:
                size = int.from_bytes(self.received[:3], "big")
                if len(self.received) >= 9 + size:
                    return self._take(size)
            if not self._fill(deadline - time.monotonic()):
                return None

    def _take(self, size):
        kind, flags, stream = struct.unpack_from(">BBI", self.received, 3)
        payload = self.received[9:9 + size]
        self.received = self.received[9 + size:]
        return Frame(kind, flags, stream & 0x7FFFFFFF, payload)

    def _fill(self, seconds):
        if seconds <= 0:
            return False
        self.socket.settimeout(seconds)
        try:
            more = self.socket.recv(1 << 16)
        except (TimeoutError, ssl.SSLWantReadError):
            return False
        except OSError:
            more = b""
        self.is_closed = not more
        self.received += more
        return bool(more)

    def why(self):
        return "the connection was closed" if self.is_closed else "nothing came in time"

    # what has to come

    def _until(self, expected, accepts):
        """Reads on until `accepts` says so; returns that frame, or None at a clean end."""
        seen = []
        while (got := self.read()) is not None:
            if accepts(got):
                return got
            seen.append(str(got))
        if self.is_closed:
            if self.received:
                raise Failed(f"{expected}, not {self.received[:60]!r}")
            return None
        raise Failed(f"{expected}, not {', '.join(seen) or 'nothing'}")

    def expect_closed(self):
        self._until("the end of the connection", lambda got: False)

    def expect_connection_error(self, *codes):
        self._until(f"GOAWAY {codes} or the end",
                    lambda got: got.kind == GOAWAY and got.code in codes)

    def expect_stream_error(self, *codes):
        self._until(f"RST_STREAM or GOAWAY {codes} or the end",
                    lambda got: got.code is not None and got.code in codes)

    def expect_frame(self, kind, also=lambda got: True):
        got = self._until(NAMES[kind], lambda got: got.kind == kind)
        if got is None or not also(got):
            raise Failed(f"{NAMES[kind]}, not {got or 'the end of the connection'}")
        return got

    def expect_headers(self, stream=1):
        self.expect_frame(HEADERS, lambda got: got.stream == stream)

    def expect_data(self, size):
        self.expect_frame(DATA, lambda got: len(got.payload) == size)

    def expect_end_of_stream(self):
        if self._until("the end of the stream", lambda got: got.ends_stream) is None:
            raise Failed("the end of the stream, not that of the connection")

    def expect_pong(self, data):
        if not self._until(f"PING {data!r}", lambda got: (
                got.kind == PING and got.flags & ACK and got.payload == data)):
            raise Failed("PING, not the end of the connection")

    def expect_alive(self):
        """The connection goes on."""
        data = os.urandom(8)
        self.send(ping(data))
        self.expect_pong(data)


def content_length(target):
    """How much content an answer to GET / has."""
    connection = Connection(target)
    try:
        connection.handshake()
        connection.send(connection.request())
        count = 0
        while (got := connection.read()) is not None:
            if got.kind == DATA:
                count += len(got.payload)
            if got.ends_stream:
                return count
        raise Failed("no whole answer to GET /")
    finally:
        connection.close()
