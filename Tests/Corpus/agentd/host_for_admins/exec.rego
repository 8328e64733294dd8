package exec

decision := {"allowed": count(reasons) == 0, "deny_reasons": reasons}

reasons contains "folders of the host are for admins" if {
	input.capability == "sandbox.create.v1"
	count(input.params.allowed_paths_rw) > 0
	input.role != "admin"
}
