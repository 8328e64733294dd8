package t

p := y if {
	some x in [1, 2]
	y := double(x)
	is_big(y)
}

double(x) := x * 2

is_big(x) if x > 3

size("s") := 1

size("m") := 2

q := size(input.size)
