package agentd.exec.authz_test

import data.agentd.exec.authz

request(tier, capability) := {
	"capability": capability,
	"key_id": "k",
	"rate_limit_tier": tier,
	"sandbox_id": "",
	"params": {},
}

policies := {
	"default": {"allowed_capabilities": ["fs.read.v1"]},
	"premium": {"allowed_capabilities": ["fs.read.v1", "shell.exec.v1"]},
}

test_allowed if {
	every case in [["default", "fs.read.v1"], ["premium", "shell.exec.v1"], ["", "fs.read.v1"]] {
		authz.decision.allowed with input as request(case[0], case[1]) with data.exec_policies as policies
	}
}

test_denied_with_reasons if {
	every case in [["default", "shell.exec.v1"], ["unheard-of", "shell.exec.v1"], ["premium", "no.such"]] {
		not authz.decision.allowed with input as request(case[0], case[1]) with data.exec_policies as policies
		count(authz.decision.deny_reasons) == 1 with input as request(case[0], case[1]) with data.exec_policies as policies
	}
}

test_nothing_is_allowed_without_data if {
	not authz.allowed with input as request("default", "fs.read.v1") with data.exec_policies as {}
}

test_a_request_without_capability_is_denied if {
	not authz.allowed with input as {} with data.exec_policies as policies
}
