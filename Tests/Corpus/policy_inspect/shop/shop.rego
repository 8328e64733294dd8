# METADATA
# title: The shop
# description: Who may buy what.
# organizations:
# - Shop Ltd
# related_resources:
# - https://shop.example/rules
# - ref: https://shop.example/more
#   description: in more words
# authors:
# - Ann Lee <ann@shop.example>
# - Bob
# schemas:
# - input.cart: {"type": "object"}
# custom:
#  level: 2
package shop

# METADATA
# entrypoint: true
default allow := false

# METADATA
# title: Buyers buy
allow if input.role == "buyer"

# METADATA
# description: By name
limit.cart[name] := 3 if some name in input.names
