package t

p if {
	q[x]
	x > 2
}

q contains x if {
	x := data.numbers[_]
	x > 1
}
