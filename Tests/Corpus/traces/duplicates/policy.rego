package t

p contains x if {
	x := data.numbers[_]
}

p contains 2
