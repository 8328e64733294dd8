#!/usr/bin/env python3
"""gRPC calls straight to a server and through a gateway in front of it: what a client gets must be
the same, byte for byte. The server is this script's own.
usage: grpc_alike.py --proxy HOST:PORT --upstream-port PORT --metadata NAME:VALUE
       grpc_alike.py --count      prints how many calls there are"""
import argparse
import os
import sys
import time
from concurrent import futures

import grpc

SIZES = {"grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1,
         "grpc.max_metadata_size": 128 << 10, "grpc.absolute_max_metadata_size": 256 << 10}
# What the gateway adds to what every client gets.
ADDED = {"x-request-id", "date", "server", "x-rate-limit-remaining"}


def serve(port):
    """Every message says what is to become of its call; metadata comes back as it went."""
    def greet(context):
        sent = [pair for pair in context.invocation_metadata() if pair[0].startswith("x-own")]
        context.send_initial_metadata(sent)
        context.set_trailing_metadata([("x-back-" + name, value) for name, value in sent])

    def maybe_fail(message, context):
        if not message.startswith(b"fail"):
            return
        code, _, details = message[4:].partition(b":")
        context.set_trailing_metadata(
            [("grpc-status-details-bin", b"\x08\x05\x12\x00\xff" + details)])
        context.abort(list(grpc.StatusCode)[int(code)], details.decode())

    def unary(message, context):
        greet(context)
        maybe_fail(message, context)
        if message == b"sleep":
            time.sleep(2)
        return message

    def gather(messages, context):
        greet(context)
        return b"".join(messages)

    def scatter(message, context):
        greet(context)
        for piece in message.split(b","):
            maybe_fail(piece, context)
            yield piece

    def converse(messages, context):
        greet(context)
        for message in messages:
            maybe_fail(message, context)
            yield message

    handlers = {"U": grpc.unary_unary_rpc_method_handler(unary),
                "C": grpc.stream_unary_rpc_method_handler(gather),
                "S": grpc.unary_stream_rpc_method_handler(scatter),
                "B": grpc.stream_stream_rpc_method_handler(converse)}
    server = grpc.server(futures.ThreadPoolExecutor(16), options=list(SIZES.items()))
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("sec.Test", handlers),))
    server.add_insecure_port(f"127.0.0.1:{port}")
    server.start()
    return server


def outcome(address, case, metadata):
    """All that a client can tell of a call."""
    _, kind, messages, extra, options = case
    is_stream = kind in "CB"
    options = {"timeout": 20, **options}
    settings = [*SIZES.items(), ("grpc.enable_http_proxy", 0)]
    with grpc.insecure_channel(address, options=settings) as channel:
        make = {"U": channel.unary_unary, "C": channel.stream_unary,
                "S": channel.unary_stream, "B": channel.stream_stream}[kind]
        call = make("/sec.Test/" + kind)
        request = iter(messages) if is_stream else messages[0]
        received, failure = [], None
        if kind in "UC":
            call = call.future(request, metadata=metadata + extra, **options)
            try:
                received.append(call.result())
            except grpc.RpcError:
                pass
        else:
            call = call(request, metadata=metadata + extra, **options)
            try:
                received.extend(call)
            except grpc.RpcError:
                pass
        heads = [pair for pair in call.initial_metadata() if pair[0] not in ADDED]
        trailers = [pair for pair in call.trailing_metadata() if pair[0] not in ADDED]
        details = call.details()
        if call.code() == grpc.StatusCode.DEADLINE_EXCEEDED:
            details = "each side words it"
        return received, call.code(), details, sorted(heads), sorted(trailers)


def cases():
    """Name, kind of call, messages, metadata, options."""
    for size in (0, 1, 5_000, 70_000, 1 << 20, 4 << 20):
        data = os.urandom(size)
        for kind in "UCB":
            yield f"{size} bytes, {kind}", kind, [data], [], {}
    pieces = [os.urandom(n) for n in (0, 9, 31_415, 2_653, 58_979)]
    yield "several messages, C", "C", pieces, [], {}
    yield "several messages, B", "B", pieces, [], {}
    yield "several messages, S", "S", [b",".join(b"%d" % n for n in range(1_000))], [], {}
    yield "no message, C", "C", [], [], {}
    yield "no message, B", "B", [], [], {}
    for code in range(1, 17):
        yield f"status {code}", "U", [b"fail%d:for a reason" % code], [], {}
    odd = "\t\nblanks, 100 %, ☺ and 😈\r\n".encode()
    for kind, messages in ("U", [b"fail3:" + odd]), ("S", [b"a,fail9:" + odd]), \
            ("B", [b"a", b"fail10:" + odd, b"b"]):
        yield f"a message of many letters, {kind}", kind, messages, [], {}
    for size in (10, 1_000, 8_000, 16_000, 40_000):
        yield f"metadata of {size} bytes", "U", [b"x"], [("x-own", "v" * size)], {}
        data = os.urandom(size * 3 // 4)
        yield f"binary metadata of {size} bytes", "B", [b"x"], [("x-own-bin", data)], {}
    yield "metadata many times", "U", [b"x"], [("x-own", str(n)) for n in range(20)], {}
    yield "a call that takes too long", "U", [b"sleep"], [], {"timeout": 0.5}
    yield "compression", "U", [b"z" * 100_000], [], {"compression": grpc.Compression.Gzip}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--proxy")
    parser.add_argument("--upstream-port", type=int)
    parser.add_argument("--metadata", default="")
    parser.add_argument("--count", action="store_true")
    options = parser.parse_args()
    if options.count:
        return print(sum(1 for _ in cases()))
    server = serve(options.upstream_port)
    metadata = [tuple(options.metadata.split(":", 1))]
    passed = failed = 0
    for case in cases():
        direct = outcome(f"127.0.0.1:{options.upstream_port}", case, metadata)
        proxied = outcome(options.proxy, case, metadata)
        if direct == proxied:
            passed += 1
            continue
        failed += 1
        print("FAIL", case[0], str(direct[1:])[:300], "through the gateway", str(proxied[1:])[:300])
    server.stop(0).wait()
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


main()
