"""Kills an agentd under load, again and again, and looks at what it left.

agentd.py SLUICE PORT FOLDER ROUNDS: what a client was told is in the audit log, the log is whole,
persistent sandboxes are there with their files, nothing runs twice, and no process, cgroup, mount
or folder stays behind.
"""
import atexit, glob, http.client, json, os, random, re, signal, subprocess, sys, threading, time, uuid

sluice, port, folder, rounds = sys.argv[1], int(sys.argv[2]), sys.argv[3], int(sys.argv[4])
state = f"{folder}/state"
random.seed(7)


def ask(verb, target, body=None, request=None, timeout=20):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    fields = {"X-Authenticated-Key-Id": "soak", "X-Rate-Limit-Tier": "default"}
    if request:
        fields["X-Request-Id"] = request
    if body is not None:
        fields["Content-Type"] = "application/json"
    connection.request(verb, target, json.dumps(body) if body is not None else None, fields)
    response = connection.getresponse()
    content = response.read()
    connection.close()
    return response.status, json.loads(content) if content else {}


def execute(command, sandbox="", key="", request=None):
    return ask("POST", "/api/v1/execute", {
        "capability": "shell.exec.v1", "params_json": json.dumps({"command": command}),
        "sandbox_prefs": {"sandbox_id": sandbox}, "metadata": {"idempotency_key": key}}, request)


def start():
    log = open(f"{folder}/log", "ab")
    daemon = subprocess.Popen(
        [sluice, "--role", "agentd", "--config", "Tests/Soak/agentd.yaml"], stdout=log, stderr=log)
    atexit.register(daemon.kill)
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        assert daemon.poll() is None, f"the daemon ended with {daemon.returncode}"
        try:
            if ask("GET", "/ready", timeout=2)[0] == 200:
                return daemon
        except (OSError, http.client.HTTPException):
            time.sleep(0.02)
    raise AssertionError("the daemon did not become ready")


def descendants(root):
    children = {}
    for path in glob.glob("/proc/[0-9]*/stat"):
        try:
            text = open(path).read()
        except OSError:
            continue
        pid, parent = int(text.split()[0]), int(text[text.rindex(")") + 2:].split()[1])
        children.setdefault(parent, []).append(pid)
    found, waiting = [], [root]
    while waiting:
        for child in children.get(waiting.pop(), []):
            found.append(child)
            waiting.append(child)
    return found


def alive(pid):
    try:
        return open(f"/proc/{pid}/stat").read().split(") ")[1][0] not in "ZX"
    except OSError:
        return False


def mark(key):
    """What tells how often it was run, and from every other run."""
    return f"echo x >> runs/{key}; head -c 8 /dev/urandom | od -An -tx1"


class Load(threading.Thread):
    """One client: what it was told, and what it asked for without an answer."""

    def __init__(self, sandbox, number):
        super().__init__(daemon=True)
        self.sandbox, self.number = sandbox, number
        self.told, self.results, self.asked = [], {}, []

    def run(self):
        try:
            while True:
                request, key = f"req-{uuid.uuid4()}", f"key-{uuid.uuid4()}"
                if random.random() < 0.5:
                    self.asked.append(key)
                    status, answer = execute(mark(key), self.sandbox, key, request)
                    if status == 200 and answer["code"] == "OK":
                        self.results[key] = answer["result"]["stdout"]
                elif random.random() < 0.5:
                    status, answer = ask(
                        "POST", f"/api/v1/sandboxes/{self.sandbox}/files/write",
                        {"path": f"/workspace/file-{self.number}", "content": request}, request)
                else:
                    status, answer = execute("true", "", "", request)
                if status == 200:
                    self.told.append(request)
        except (OSError, ValueError, http.client.HTTPException):
            return  # the daemon was killed


def check_leftovers(dead, sandbox):
    place = f"(/sluice/{dead}-|sluice-sandbox-{dead}-)"
    for root in ["/sys/fs/cgroup", "/var/tmp"]:
        for path in glob.glob(f"{root}/**/sluice/{dead}-*", recursive=True) + glob.glob(
                f"{root}/sluice-sandbox-{dead}-*"):
            raise AssertionError(f"{path} was left behind {place}")
    mounts = [line for line in open("/proc/self/mounts") if state in line]
    assert not mounts, f"mounts were left behind: {mounts}"
    work = os.listdir(f"{state}/work")
    assert work == [sandbox], f"work folders were left behind: {work}"


def lines():
    records = []
    for path in sorted(glob.glob(f"{state}/audit/audit-*.jsonl")):
        records += [json.loads(line) for line in open(path)]
    return records


daemon = start()
status, made = ask("POST", "/api/v1/sandboxes", {})
assert status == 200, made
sandbox = made["sandbox_id"]
assert execute("mkdir runs; echo kept > kept", sandbox)[1]["code"] == "OK"
told, results, asked, torn, lost = set(), {}, [], 0, 0

for number in range(rounds):
    loads = [Load(sandbox, n) for n in range(4)]
    for load in loads:
        load.start()
    time.sleep(random.uniform(0.05, 0.5))
    family = descendants(daemon.pid)
    dead = daemon.pid
    daemon.send_signal(signal.SIGKILL)
    daemon.wait()
    for load in loads:
        load.join(30)
        told.update(load.told)
        results.update(load.results)
        asked += load.asked
    deadline = time.monotonic() + 10
    while any(map(alive, family)) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not any(map(alive, family)), "processes of the daemon that was killed are alive"
    daemon = start()
    check_leftovers(dead, sandbox)
    verified = subprocess.run(
        [sluice, "audit", "verify", f"{state}/audit", "-f", "json"], capture_output=True, text=True)
    document = json.loads(verified.stdout)
    assert verified.returncode == 0 and document["intact"], verified.stdout
    torn = len(document["recoveries"])
    status, answer = execute("cat kept", sandbox)
    assert answer["result"]["stdout"] == "kept\n", answer
    for key in random.sample(sorted(results), min(5, len(results))):
        status, answer = execute(mark(key), sandbox, key)
        assert answer["result"]["stdout"] == results[key], (key, answer)
        status, answer = execute("echo another", sandbox, key)
        assert status == 422, (key, answer)
    for key in [key for key in asked if key not in results]:
        status, answer = execute(mark(key), sandbox, key)
        assert answer["code"] in ("OK", "EXECUTION_LOST"), answer
        lost += answer["code"] == "EXECUTION_LOST"
    asked = []

ended = {line.get("request_id") for line in lines() if line["event"] == "ended"}
missing = told - ended
assert not missing, f"{len(missing)} of {len(told)} acknowledged requests are not in the audit log"
status, answer = execute("for f in runs/*; do wc -l < $f; done | sort -u", sandbox)
# A command that was killed may have made its file, and nothing in it.
assert set(answer["result"]["stdout"].split()) <= {"0", "1"}, answer["result"]["stdout"][:200]
daemon.terminate()
assert daemon.wait(60) == 0
print(f"agentd: {rounds} times killed; {len(told)} acknowledged requests are all in an unbroken log "
      f"of {len(lines())} lines; {torn} unfinished lines were set aside, {lost} executions were "
      f"told to be lost, none ran twice; nothing was left behind")
