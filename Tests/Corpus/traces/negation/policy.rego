package t

p if {
	not blocked
	not late
	every n in input.numbers { n > 0 }
}

blocked if input.user in data.blocked

late if input.hour > 20

r if every n in input.numbers { n > 1 }
