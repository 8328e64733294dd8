"""The shipped bundle with what the walkthrough changes of its data, in a new folder."""
import json
import pathlib
import shutil
import sys

folder = pathlib.Path(sys.argv[1])
shutil.copytree("bundles/agentd", folder)
data = json.loads((folder / "data.json").read_text())
# The second key may only read files.
data["api_keys"][1]["rate_limit_tier"] = "premium"
data["exec_policies"]["premium"] = {"allowed_capabilities": ["fs.read.v1", "sandbox.create.v1"]}
data["egress_policies"]["walk"] = {
    "allowed_services": ["openai", "httpbin", "anthropic", "github"],
    "rate_limits": {"default": {"requests_per_minute": 600}, "github": {"requests_per_minute": 1}},
}
(folder / "data.json").write_text(json.dumps(data))
