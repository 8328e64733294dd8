"""A client of agentd through the gateway, and a count of what held."""
import json
import sys
import urllib.error
import urllib.request

port = int(sys.argv[1])
ADMIN, USER = "dev-api-key-change-in-production", "dev-user-key-change-in-production"
passed = failed = 0


def check(name, holds, seen=""):
    global passed, failed
    if holds:
        passed += 1
    else:
        failed += 1
        print(f"FAILED {name}: {str(seen)[:600]}", flush=True)


def call(verb, path, content=None, key=ADMIN, accept="application/json"):
    """Status, fields and text of an answer."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}{path}", method=verb,
        data=None if content is None else json.dumps(content).encode(),
        headers={"X-API-Key": key, "Content-Type": "application/json", "Accept": accept})
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, answer.headers, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read().decode()


def execute(capability, parameters, key=ADMIN, accept="application/json", **more):
    text = parameters if isinstance(parameters, str) else json.dumps(parameters)
    content = {"capability": capability, "params_json": text} | more
    answer = call("POST", "/api/v1/execute", content, key, accept)
    return answer[2] if accept != "application/json" else json.loads(answer[2])


def create(**wishes):
    return json.loads(call("POST", "/api/v1/sandboxes", wishes)[2]).get("sandbox_id")


def inside(sandbox, **more):
    return {"sandbox_prefs": {"sandbox_id": sandbox} | more}


def shell(sandbox, command, **more):
    return execute("shell.exec.v1", {"command": command} | more, **inside(sandbox))


def output(response):
    return response.get("result", {}).get("stdout", "")


def output_json(response):
    return json.loads(response["result"]["output_json"])


def finish(what):
    print(f"{what}: {passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)
