package outcomes_test

import data.outcomes

test_passes if outcomes.value == 1

test_fails if outcomes.value == 2

test_is_undefined if outcomes.missing

test_is_no_truth := "yes"

test_divides if x := to_number("a")

todo_test_later if false

test_prints if {
	print("value is", outcomes.value)
	outcomes.value == 2
}

test_conflicts if outcomes.conflict

test_with_input if outcomes.given == 5 with input.x as 5

test_twice if true

test_twice if true
