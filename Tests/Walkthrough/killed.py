"""kill -9, and what is there again: killed.py PORT SLUICE FOLDER PROCESS, after walk.py
(scripts/agentd.sh). The process is sluice with all roles, which is killed and started anew.
"""
import atexit
import hashlib
import http.client
import json
import os
import signal
import subprocess
import sys
import threading
import time

from client import call, check, execute, finish, inside, output, output_json, shell

sluice, folder, process = sys.argv[2], sys.argv[3], int(sys.argv[4])
digest = hashlib.sha256(os.environ["WALK_SECRET"].encode()).hexdigest()[:8]
walked = json.load(open(f"{folder}/walked.json"))
box = walked["box"]
cut = {"metadata": {"idempotency_key": "cut"}} | inside(box)
# What asking comes to while nobody answers.
GONE = (OSError, ValueError, http.client.HTTPException)
long = {"command": "touch begun; sleep 600"}


def ask():
    """An execution that the daemon's end cuts short; nobody is told what came of it."""
    try:
        execute("shell.exec.v1", long, **cut)
    except GONE:
        return


def until(holds):
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            if holds():
                return True
        except GONE:
            pass
        time.sleep(0.05)
    return False


asking = threading.Thread(target=ask)
asking.start()
check("something runs", until(lambda: shell(box, "test -e begun")["code"] == "OK"))
os.kill(process, signal.SIGKILL)
asking.join()
with open(f"{folder}/access.log", "ab") as access, open(f"{folder}/log", "ab") as log:
    again = subprocess.Popen(
        [sluice, "--role", "all", "--config", "Tests/Walkthrough/all.yaml"], stdout=access,
        stderr=log)
atexit.register(again.kill)
check("it starts again", until(lambda: call("GET", "/ready")[0] == 200))

told = json.loads(call("GET", f"/api/v1/sandboxes/{box}")[2])
check("the sandbox is there", told.get("state") == "Detached", told)
for name, command in [
    ("past the proxy", "curl -sS http://openai:8443/v1/models"),
    ("by a base URL", "curl -sS $OPENAI_BASE_URL/models"),
    ("by the egress's name", "curl -sS http://egress:8443/v1/models -H 'Host: openai'"),
]:
    answer = shell(box, command)
    check(f"its programs reach the egress {name}", digest in output(answer), answer)
# Not everything: the tier's services, and nothing beside the egress.
denied = shell(box, "curl -sS -w '%{http_code}' http://egress:8443/x -H 'Host: slack'")
check("as itself", output(denied).endswith("403") and box in output(denied), denied)
fetched = execute("http.fetch.v1", {"url": "https://openai/v1/models"}, **inside(box))
check("so does a fetch", output_json(fetched).get("status_code") == 200, fetched)
check("its files are there", output(shell(box, "cat b")) == "[&] abc [&]")

once = {"metadata": {"idempotency_key": "once"}} | inside(box)
answer = execute("shell.exec.v1", {"command": "date +%N"}, **once)
check("a key's result is there", output(answer) == walked["once"] != "", answer)
answer = execute("shell.exec.v1", {"command": "date"}, **once)
check("and is no other request's", answer.get("code") == "IDEMPOTENCY_KEY_REUSED", answer)
for _ in range(2):
    answer = execute("shell.exec.v1", long, **cut)
    check("what was cut short is not run twice", answer.get("code") == "EXECUTION_LOST", answer)
answer = execute("shell.exec.v1", {"command": "true"}, **cut)
check("nor given to another", answer.get("code") == "IDEMPOTENCY_KEY_REUSED", answer)

verify = subprocess.run([sluice, "audit", "verify", f"{folder}/state/audit"],
                        capture_output=True, text=True)
check("the audit log holds", verify.returncode == 0, verify)
records = json.loads(call("GET", f"/api/v1/sandboxes/{box}/audit?limit=1000")[2])["records"]
restored = [n for n, r in enumerate(records) if r["event"] == "restored"]
check("and has the sandbox's return", len(restored) == 1, records[-5:])
called = [r for r in records[restored[0]:] if r["kind"] == "egress"] if restored else []
check("and its calls since", len(called) == 5, called)
again.terminate()
check("it ends as it is told to", again.wait(60) == 0)
finish("after kill -9")
