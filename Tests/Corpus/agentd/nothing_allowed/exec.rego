package exec

default allow := false
