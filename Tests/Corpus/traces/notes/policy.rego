package t

p contains x if {
	some x in input.list
	trace(sprintf("x is %d", [x]))
	x > 1
}

test_it if count(p) == 1 with input as {"list": [1, 2]}
