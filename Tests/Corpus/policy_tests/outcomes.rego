package outcomes

value := data.values.one

given := input.x

conflict := 1

conflict := 2
