package t

default allow := false

allow if {
	input.method == "GET"
	user_is("reader")
}

allow if {
	input.method == "GET"
	input.public
}

allow if admin

admin if input.role == "admin"

user_is(role) if role in data.roles[input.user]
