#!/usr/bin/env python3
"""Calls sluice.test.Echo with grpcio, as any client of gRPC would: echo-server PORT must be running.

    client.py PORT        the last line is "N passed, 0 failed"
"""
import sys
import threading
import time
import urllib.error
import urllib.request

import grpc
from google.protobuf.wrappers_pb2 import StringValue
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc
from grpc_status import rpc_status
from google.rpc import error_details_pb2

port = int(sys.argv[1])
target = f"127.0.0.1:{port}"
service = "/sluice.test.Echo/"
unlimited = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]
channel = grpc.insecure_channel(target, options=unlimited)
patience = 60


def caller(kind, method, on=channel):
    return getattr(on, kind)(
        service + method, request_serializer=StringValue.SerializeToString,
        response_deserializer=StringValue.FromString)


def fails(code, call):
    try:
        call()
    except grpc.RpcError as error:
        assert error.code() == code, (error.code(), error.details())
        return error
    raise AssertionError(f"no {code}")


def t_unary():
    for method in ("Unary", "Immediate"):
        assert caller("unary_unary", method)(StringValue(value="é"), timeout=patience).value == "é"


def t_empty_message():
    assert caller("unary_unary", "Unary")(StringValue(), timeout=patience).value == ""


def t_metadata():
    sent = (("echo-text", "a, b"), ("echo-data-bin", bytes(range(256))))
    for method in ("Unary", "Immediate"):
        call = caller("unary_unary", method).with_call
        _, done = call(StringValue(value="x"), metadata=sent, timeout=patience)
        initial, trailing = dict(done.initial_metadata()), dict(done.trailing_metadata())
        for name, value in sent:
            assert initial["initial-" + name] == value, initial
            assert trailing["trailing-" + name] == value, trailing


def t_server_streaming():
    got = list(caller("unary_stream", "Expand")(StringValue(value="1000:100"), timeout=patience))
    assert len(got) == 1000 and all(len(message.value) == 100 for message in got)


def t_server_streaming_of_nothing():
    assert list(caller("unary_stream", "Expand")(StringValue(value="0:1"), timeout=patience)) == []


def t_server_streaming_slow_reader():
    got = 0
    for message in caller("unary_stream", "Expand")(StringValue(value="64:1000000"), timeout=patience):
        got += len(message.value)
        if got < 8_000_000:
            time.sleep(0.01)
    assert got == 64_000_000


def t_client_streaming():
    messages = (StringValue(value="x" * 1000) for _ in range(1000))
    assert caller("stream_unary", "Collect")(messages, timeout=patience).value == "1000:1000000"


def t_client_streaming_of_nothing():
    assert caller("stream_unary", "Collect")(iter(()), timeout=patience).value == "0:0"


def t_client_streaming_large():
    messages = (StringValue(value="x" * 1_000_000) for _ in range(32))
    assert caller("stream_unary", "Collect")(messages, timeout=patience).value == "32:32000000"


def t_bidirectional():
    said = threading.Event()

    def talk():
        yield StringValue(value="one")
        assert said.wait(patience)
        yield StringValue(value="two")

    answers = caller("stream_stream", "Chat")(talk(), timeout=patience)
    assert next(answers).value == "you said one"
    said.set()
    assert next(answers).value == "you said two"
    assert list(answers) == []


def t_four_mebibytes():
    text = "x" * ((4 << 20) - 16)
    for method in ("Unary", "Immediate"):
        assert caller("unary_unary", method)(StringValue(value=text), timeout=patience).value == text


def t_more_than_four_mebibytes():
    text = "x" * (4 << 20)
    fails(grpc.StatusCode.RESOURCE_EXHAUSTED,
          lambda: caller("unary_unary", "Unary")(StringValue(value=text), timeout=patience))


def t_gzip():
    compressed = grpc.insecure_channel(target, options=unlimited, compression=grpc.Compression.Gzip)
    text = "compressible " * 100_000
    got = caller("unary_unary", "Unary", compressed)(StringValue(value=text), timeout=patience)
    assert got.value == text
    compressed.close()


def t_deflate_is_refused():
    deflate = grpc.insecure_channel(target, compression=grpc.Compression.Deflate)
    fails(grpc.StatusCode.UNIMPLEMENTED,
          lambda: caller("unary_unary", "Unary", deflate)(StringValue(value="x" * 5000), timeout=patience))
    deflate.close()


def t_deadline():
    began = time.monotonic()
    fails(grpc.StatusCode.DEADLINE_EXCEEDED,
          lambda: list(caller("unary_stream", "Hang")(StringValue(), timeout=0.3)))
    assert time.monotonic() - began < 5


def t_cancellation_reaches_the_method():
    call = caller("unary_stream", "Hang")(StringValue(), timeout=patience)
    assert next(call).value == "started"
    call.cancel()
    assert caller("unary_unary", "AwaitCancelled")(StringValue(), timeout=patience).value == "cancelled"


def t_cancelled_stream():
    call = caller("unary_stream", "Expand")(StringValue(value="100000:10000"), timeout=patience)
    next(call)
    call.cancel()
    assert caller("unary_unary", "Unary")(StringValue(value="on"), timeout=patience).value == "on"


def t_status_message_and_details():
    error = fails(grpc.StatusCode.FAILED_PRECONDITION,
                  lambda: caller("unary_unary", "Fail")(StringValue(value="9:größer 100%\n"), timeout=patience))
    assert error.details() == "größer 100%\n", error.details()
    status = rpc_status.from_call(error)
    assert status.code == 9 and len(status.details) == 1
    detail = error_details_pb2.BadRequest()
    assert status.details[0].Unpack(detail)
    assert detail.field_violations[0].field == "value"


def t_every_code():
    for code in grpc.StatusCode:
        if code is grpc.StatusCode.OK:
            continue
        fails(code, lambda: caller("unary_unary", "Fail")(StringValue(value=f"{code.value[0]}:x"), timeout=patience))


def t_unknown_method_and_service():
    fails(grpc.StatusCode.UNIMPLEMENTED,
          lambda: caller("unary_unary", "Nothing")(StringValue(), timeout=patience))
    other = channel.unary_unary("/no.Service/Method")
    fails(grpc.StatusCode.UNIMPLEMENTED, lambda: other(b"", timeout=patience))


def t_no_message_that_can_be_decoded():
    raw = channel.unary_unary(service + "Unary")
    fails(grpc.StatusCode.INVALID_ARGUMENT, lambda: raw(b"\xff\xff\xff", timeout=patience))


def t_two_hundred_at_a_time():
    futures = [caller("unary_unary", "Unary").future(StringValue(value=str(n)), timeout=patience)
               for n in range(200)]
    assert [future.result().value for future in futures] == [str(n) for n in range(200)]


def t_health_check():
    health = health_pb2_grpc.HealthStub(channel)
    for name in ("", "sluice.test.Echo"):
        answer = health.Check(health_pb2.HealthCheckRequest(service=name), timeout=patience)
        assert answer.status == health_pb2.HealthCheckResponse.SERVING
    fails(grpc.StatusCode.NOT_FOUND,
          lambda: health.Check(health_pb2.HealthCheckRequest(service="no"), timeout=patience))


def t_health_watch():
    health = health_pb2_grpc.HealthStub(channel)
    watch = health.Watch(health_pb2.HealthCheckRequest(service=""), timeout=patience)
    assert next(watch).status == health_pb2.HealthCheckResponse.SERVING
    watch.cancel()
    watch = health.Watch(health_pb2.HealthCheckRequest(service="no"), timeout=patience)
    assert next(watch).status == health_pb2.HealthCheckResponse.SERVICE_UNKNOWN
    watch.cancel()


def reflect(*requests):
    stub = reflection_pb2_grpc.ServerReflectionStub(channel)
    return list(stub.ServerReflectionInfo(iter(requests), timeout=patience))


def t_reflection_lists_services():
    answer, = reflect(reflection_pb2.ServerReflectionRequest(list_services=""))
    names = [service.name for service in answer.list_services_response.service]
    assert "grpc.health.v1.Health" in names, names


def t_reflection_describes_symbols():
    from google.protobuf import descriptor_pb2, descriptor_pool
    known, unknown = reflect(
        reflection_pb2.ServerReflectionRequest(file_containing_symbol="agentd.v1.Agentd"),
        reflection_pb2.ServerReflectionRequest(file_containing_symbol="no.Such"))
    pool = descriptor_pool.DescriptorPool()
    for data in known.file_descriptor_response.file_descriptor_proto:
        pool.Add(descriptor_pb2.FileDescriptorProto.FromString(data))
    methods = pool.FindServiceByName("agentd.v1.Agentd").methods
    assert [method.name for method in methods][:2] == ["Execute", "ExecuteStream"]
    field = pool.FindMessageTypeByName("agentd.v1.SandboxCapabilities").fields_by_name["time_remaining_ms"]
    assert field.number == 14
    assert unknown.error_response.error_code == 5


def post(path, body, headers):
    request = urllib.request.Request(f"http://{target}{path}", data=body, headers=headers, method="POST")
    try:
        with urllib.request.urlopen(request, timeout=patience) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()


def t_json():
    json = {"content-type": "application/json"}
    assert post(service + "Unary", b'"hello"', json)[::2] == (200, b'"hello"')
    assert post(service + "Expand", b'"3:1"', json)[::2] == (200, b'["x","x","x"]')
    assert post(service + "Expand", b'"0:1"', json)[::2] == (200, b"[]")
    status, _, body = post(service + "Fail", b'"7:no"', json)
    assert status == 403 and b'"code":7' in body, (status, body)
    assert post(service + "Unary", b"{", json)[0] == 400
    assert post(service + "Collect", b'""', json)[0] == 501


def t_json_as_events():
    headers = {"content-type": "application/json", "accept": "text/event-stream"}
    status, fields, body = post(service + "Expand", b'"2:1"', headers)
    assert fields["content-type"] == "text/event-stream"
    assert body == b'data: "x"\n\ndata: "x"\n\n', body


def t_web():
    message = StringValue(value="hello").SerializeToString()
    frame = b"\0" + len(message).to_bytes(4, "big") + message
    status, fields, body = post(service + "Unary", frame, {"content-type": "application/grpc-web+proto"})
    assert status == 200 and body.startswith(frame)
    rest = body[len(frame):]
    assert rest[0] == 0x80 and rest[5:].startswith(b"grpc-status: 0\r\n"), rest
    import base64
    status, _, text = post(service + "Unary", base64.b64encode(frame),
                           {"content-type": "application/grpc-web-text"})
    decoded = b"".join(base64.b64decode(part + b"=" * (-len(part) % 4))
                       for part in text.replace(b"==", b"= ").replace(b"=", b"= ").split() if part.strip(b"="))
    assert decoded.startswith(frame), decoded


passed = failed = 0
for name, test in list(globals().items()):
    if not name.startswith("t_"):
        continue
    try:
        test()
        passed += 1
    except Exception as error:  # every case is to be run, whatever the one before did
        failed += 1
        print(f"FAILED {name}: {type(error).__name__}: {error}")
print(f"{passed} passed, {failed} failed")
sys.exit(failed > 0)
