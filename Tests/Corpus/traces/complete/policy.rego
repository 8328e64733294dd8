package t

default allow := false

allow if {
	input.x == 2
	admin
}

allow if {
	input.x == 1
	admin
}

admin if input.role == "owner"

admin if {
	some role in data.roles
	input.role == role
}
