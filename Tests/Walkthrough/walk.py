"""A client of agentd, through the gateway: walk.py PORT SLUICE FOLDER (scripts/agentd.sh)."""
import base64
import hashlib
import json
import os
import subprocess
import sys
import threading
import time

from client import (
    ADMIN, USER, call, check, create, execute, finish, inside, output, output_json, port, shell)

sluice, folder = sys.argv[2], sys.argv[3]
secret = os.environ["WALK_SECRET"]

box = create(network_enabled=True)
offline = create()

# --- what works ---------------------------------------------------------------------------------
check("a command", output(shell(box, "echo one; id -u")).startswith("one\n"))
events = execute(
    "shell.exec.v1", {"command": "for i in 1 2 3; do echo $i; sleep 0.3; done"},
    accept="text/event-stream", **inside(box))
chunks = [json.loads(line[5:]) for line in events.splitlines() if line.startswith("data:")]
texts = [base64.b64decode(c["stdout_chunk"]).decode() for c in chunks if "stdout_chunk" in c]
check("a stream comes in pieces", "".join(texts) == "1\n2\n3\n" and len(texts) >= 2, events)
check("a stream ends with its result", "complete" in chunks[-1], events)
every_byte = base64.b64encode(bytes(range(256))).decode()
wrote = execute(
    "fs.write.v1", {"path": "notes/a", "content": every_byte, "encoding": "base64",
                    "create_dirs": True}, **inside(box))
check("a file is written", wrote["code"] == "OK", wrote)
read = execute("fs.read.v1", {"path": "notes/a"}, **inside(box))
check("and read, byte by byte", read["result"]["stdout_bytes"] == every_byte, read)
execute("fs.write.v1", {"path": "b", "content": "a.c abc a.c"}, **inside(box))
edit = execute(
    "fs.edit.v1", {"path": "b", "old_string": "a.c", "new_string": "[&]", "replace_all": True},
    **inside(box))
check("and edited, exactly", output_json(edit)["replacements_made"] == 2, edit)
check("", output(shell(box, "cat b")) == "[&] abc [&]")
names = [e["name"] for e in output_json(execute("fs.list.v1", {"path": "."}, **inside(box)))["entries"]]
check("a folder is listed", names == ["b", "notes"], names)
fetched = execute("http.fetch.v1", {"url": "https://openai/v1/models"}, **inside(box))
check("a fetch through the egress", output_json(fetched).get("status_code") == 200, fetched)
digest = hashlib.sha256(secret.encode()).hexdigest()[:8]
check("has the credential put in", digest in json.dumps(fetched), fetched)
check("which nobody is shown", secret not in json.dumps(fetched))
own = shell(box, "curl -sS http://openai:8443/v1/models; env; cat /etc/hosts /proc/*/environ")
check("so does a program's own call", digest in output(own), own)
check("which the sandbox is not shown either", secret not in output(own))
made = shell(box, "python3 -c \"import sqlite3; c = sqlite3.connect('d.db');"
             " c.execute('create table t(a, b)'); c.execute('insert into t values (1, 2.5)');"
             " c.commit()\"")
rows = execute("sqlite.query.v1", {"database_path": "d.db", "query": "select * from t where a = ?",
                                   "params": [1]}, **inside(box))
check("a database is asked", output_json(rows).get("rows") == [[1, 2.5]], (made, rows))
key = {"metadata": {"idempotency_key": "once"}} | inside(box)
twice = [execute("shell.exec.v1", {"command": "date +%N"}, request_id=f"try-{n}", **key)
         for n in range(2)]
check("an idempotency key runs once", output(twice[0]) == output(twice[1]) != "", twice)
for _ in range(11):
    last = shell(box, "true")
check("the sandbox is kept by the 11th execution and later ones",
      last["sandbox_info"]["sandbox_id"] == box and output(shell(box, "cat b")) == "[&] abc [&]")

# --- what does not, and how that is told --------------------------------------------------------
seen = set()


def fails(code, response):
    seen.add(code)
    check(code, response.get("code") == code, response)


fails("IDEMPOTENCY_KEY_REUSED", execute("shell.exec.v1", {"command": "date"}, **key))
constraints = {"constraints": {"allow_network": True}}
fails("ERROR", shell(box, "exit 3"))
fails("UNKNOWN_CAPABILITY", execute("no.such.v1", {}))
fails("INVALID_PARAMS", execute("shell.exec.v1", {"command": 1}))
fails("POLICY_DENIED", execute("shell.exec.v1", {"command": "true"}, key=USER))
fails("WRITES_NOT_ALLOWED",
      execute("fs.write.v1", {"path": "c", "content": ""}, **constraints, **inside(box)))
fails("SANDBOX_NOT_FOUND", shell("sbx-none", "true"))
fails("SANDBOX_NOT_FOUND", execute("fs.read.v1", {"path": "b"}, key=USER, **inside(box)))
fails("SANDBOX_NOT_FRESH",
      execute("shell.exec.v1", {"command": "true"}, **inside(box, require_fresh=True)))
fails("PROFILE_MISMATCH",
      execute("shell.exec.v1", {"command": "true"}, **inside(box, profile="strict")))
fails("BACKEND_UNAVAILABLE",
      execute("shell.exec.v1", {"command": "true"}, **inside(box, backend="container")))
fails("TIMEOUT", shell(box, "sleep 60", timeout_ms=200))
fails("OUTPUT_LIMIT", execute("shell.exec.v1", {"command": "yes"},
                              constraints={"max_output_bytes": 1000}, **inside(box)))
fails("SANDBOX_EXEC_FAILED", shell(box, "true", cwd="no/such/folder"))
fails("FILE_ERROR", execute("fs.read.v1", {"path": "/etc/shadow"}, **inside(box)))
shell(box, "head -c 9000000 /dev/zero > large")
fails("LIMITS_EXCEEDED", execute(
    "fs.edit.v1", {"path": "large", "old_string": "a", "new_string": "b"}, **inside(box)))
fails("SQLITE_ERROR", execute(
    "sqlite.query.v1", {"database_path": "d.db", "query": "select nothing"}, **inside(box)))
fails("QUERY_NOT_ALLOWED", execute(
    "sqlite.query.v1", {"database_path": "d.db", "query": "delete from t"}, **inside(box)))


def fetch(url, sandbox=box, **more):
    return execute("http.fetch.v1", {"url": url} | more, **inside(sandbox))


fails("INVALID_URL", fetch("http:///x"))
fails("UNSUPPORTED_SCHEME", fetch("ftp://openai/x"))
fails("URL_DENIED", fetch("https://slack/users.list"))
fails("URL_DENIED", fetch("https://openai/v1/not-listed"))
fails("NETWORK_UNAVAILABLE", fetch("https://openai/v1/models", offline))
fails("NETWORK_NOT_ALLOWED", execute(
    "http.fetch.v1", {"url": "https://openai/v1/models"}, constraints={"allow_writes": True},
    **inside(box)))
fails("CREDENTIAL_UNAVAILABLE", fetch("https://anthropic/v1/models"))
fails("CONNECTION_ERROR", fetch("https://github/users/x"))
fails("RATE_LIMITED", fetch("https://github/users/x"))
fails("REQUEST_ERROR", fetch("https://openai/v1%2fmodels"))
fails("REQUEST_TIMEOUT", fetch("https://httpbin/delay/5", timeout_ms=300))
call("POST", f"/api/v1/sandboxes/{offline}/suspend", {})
fails("SANDBOX_SUSPENDED", shell(offline, "true"))
call("POST", f"/api/v1/sandboxes/{offline}/resume", {})
check("a resumed sandbox goes on", shell(offline, "true")["code"] == "OK")
ended = []
waiting = threading.Thread(target=lambda: ended.append(shell(offline, "echo begun; sleep 60")))
waiting.start()
time.sleep(1)
call("DELETE", f"/api/v1/sandboxes/{offline}?force=true")
waiting.join()
fails("CANCELLED", ended[0])
for verb, path, content, key, status in [
    ("GET", "/api/v1/sandboxes", None, "wrong", 401),
    ("GET", f"/api/v1/sandboxes/{box}", None, USER, 404),
    ("POST", "/api/v1/sandboxes", {"allowed_paths_rw": ["/etc"]}, ADMIN, 403),
    ("POST", "/api/v1/sandboxes", {"profile": "lax"}, ADMIN, 400),
    ("PUT", "/api/v1/execute", {}, ADMIN, 405),
    ("GET", "/api/v1/elsewhere", None, ADMIN, 404),
]:
    answer = call(verb, path, content, key)
    check(f"{verb} {path} {status}", answer[0] == status, answer)

while create():
    pass
fails("SANDBOX_INIT_FAIL", execute("shell.exec.v1", {"command": "true"}))
answer = call("POST", "/api/v1/sandboxes", {})
check("too many sandboxes", answer[0] == 429, answer)

# --- by grpcio ----------------------------------------------------------------------------------
try:
    import grpc
    from google.protobuf import descriptor_pool, message_factory
    from grpc_reflection.v1alpha.proto_reflection_descriptor_database import \
        ProtoReflectionDescriptorDatabase
except ImportError:
    print("SKIPPED the part with gRPC: Python has no grpcio with reflection")
else:
    metadata = [("x-api-key", ADMIN)]
    channel = grpc.insecure_channel(f"127.0.0.1:{port}")
    # By itself grpcio names the socket's path as the host, percent-encoded, which is no host here.
    options = [("grpc.default_authority", "localhost")]
    with grpc.insecure_channel(f"unix:{folder}/grpc.sock", options) as direct:
        pool = descriptor_pool.DescriptorPool(ProtoReflectionDescriptorDatabase(direct))
        pool.FindServiceByName("agentd.v1.Agentd")

        def message(name):
            return message_factory.GetMessageClass(pool.FindMessageTypeByName(f"agentd.v1.{name}"))

        request, response = message("ExecuteRequest"), message("ExecuteResponse")
        chunk = message("ExecuteOutput")
    wish = request(capability="shell.exec.v1", params_json=json.dumps({"command": "echo gRPC"}))
    wish.sandbox_prefs.sandbox_id = box
    run = channel.unary_unary("/agentd.v1.Agentd/Execute", request.SerializeToString,
                              response.FromString)
    check("gRPC: a command", run(wish, metadata=metadata).result.stdout == "gRPC\n")
    wish.params_json = json.dumps({"command": "echo first; sleep 30"})
    stream = channel.unary_stream("/agentd.v1.Agentd/ExecuteStream", request.SerializeToString,
                                  chunk.FromString)
    pieces = stream(wish, metadata=metadata)
    check("gRPC: a stream", next(pieces).stdout_chunk == b"first\n")
    pieces.cancel()
    for name, meta, timeout, code in [
        ("no key", [], 10, grpc.StatusCode.UNAUTHENTICATED),
        ("a deadline", metadata, 0.3, grpc.StatusCode.DEADLINE_EXCEEDED),
    ]:
        try:
            run(wish, metadata=meta, timeout=timeout)
            check(f"gRPC: {name}", False)
        except grpc.RpcError as error:
            check(f"gRPC: {name}", error.code() == code, error)
    time.sleep(0.5)
    check("gRPC: nothing of cancelled calls goes on", "sleep" not in output(shell(box, "ps -eo args")))

# --- the record of it ---------------------------------------------------------------------------
status, fields, text = call("POST", "/api/v1/execute", {
    "capability": "shell.exec.v1",
    "params_json": json.dumps({"command": "curl -sS http://openai:8443/v1/models"})} | inside(box))
request_id = fields["x-request-id"]
verify = subprocess.run([sluice, "audit", "verify", f"{folder}/state/audit"],
                        capture_output=True, text=True)
check("the audit log holds", verify.returncode == 0, verify)
show = subprocess.run(
    [sluice, "audit", "show", "--request", request_id, "--log", f"{folder}/state/audit",
     "--gateway-log", f"{folder}/access.log", "--egress-log", f"{folder}/access.log"],
    capture_output=True, text=True)
for part in ["dev-key-1", request_id, "shell.exec.v1", box, "openai", "/v1/models"]:
    check(f"the audit log joins {part}", part in show.stdout, show)
print(show.stdout)
record = "".join(open(os.path.join(folder, "state/audit", name), errors="replace").read()
                 for name in os.listdir(f"{folder}/state/audit"))
logs = record + open(f"{folder}/access.log").read() + open(f"{folder}/log").read()
check("no credential is in a log", secret not in logs and os.environ["WALK_SANDBOX_KEY"] not in logs)
check("nor what a command was told", "echo begun" not in record)

document = json.loads(call("GET", "/api/v1/openapi.json")[2])
listed = document["components"]["schemas"]["ExecuteResponse"]["properties"]["code"]["enum"]
# What needs another backend, a disk that fails, or a daemon that was killed.
elsewhere = {
    "UNSUPPORTED_CAPABILITY", "AUDIT_UNAVAILABLE", "STATE_UNAVAILABLE", "EXECUTION_LOST"}
check("every code of the document is provoked",
      seen | elsewhere | {"OK"} == set(listed) - {None}, set(listed) ^ seen)
print(f"codes: {' '.join(sorted(seen))}")
# For killed.py.
with open(f"{folder}/walked.json", "w") as file:
    json.dump({"box": box, "once": output(twice[0])}, file)
finish("the walk")
