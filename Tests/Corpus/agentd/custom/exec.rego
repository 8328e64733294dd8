package exec

default allow := false

allow if {
	input.metadata.custom.team == "blue"
	input.metadata.priority == 3
}
