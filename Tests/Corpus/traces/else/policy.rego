package t

p := 1 if {
	input.x > 5
} else := 2 if {
	input.y == "z"
} else := 3

q := n if n := count([x | some x in input.list; x != 2])
