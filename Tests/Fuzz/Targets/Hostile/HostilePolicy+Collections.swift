/// Loops, and functions that take collections.
extension HostilePolicy {
    static let collections: [HostilePolicy] = [
        HostilePolicy(
            "collections: three loops",
            ##"count([1 | some a in list; some b in list; some c in list; a + b == c])"##),
        HostilePolicy("collections: in a loop", ##"count([1 | some i in list; (0 - i) in list])"##),
        HostilePolicy(
            "collections: set of lists",
            ##"count({array.concat(list, [i]) | some i in list})"##),
        HostilePolicy(
            "collections: equal lists in a loop",
            ##"count([1 | some i in list; list == array.concat(array.slice(list, 0, "##
                + ##"19999), [0])])"##),
        HostilePolicy("collections: sort in a loop", ##"count([1 | some i in list; sort(list)])"##),
        HostilePolicy("collections: sum in a loop", ##"count([1 | some i in list; sum(list)])"##),
        HostilePolicy("collections: max in a loop", ##"count([1 | some i in list; max(list)])"##),
        HostilePolicy(
            "collections: slice in a loop",
            ##"count([1 | some i in list; array.slice(list, 0, 10000)])"##),
        HostilePolicy(
            "collections: reverse",
            ##"count([1 | some i in list; array.reverse(list)])"##),
        HostilePolicy(
            "collections: union in a loop",
            ##"count([1 | some i in list; {i} | {j | some j in few}])"##),
        HostilePolicy(
            "collections: union",
            ##"count(union({{i, j} | some i in few; some j in few}))"##),
        HostilePolicy(
            "collections: intersection",
            ##"intersection({{j | some j in list; j != i} | some i in few})"##),
        HostilePolicy(
            "collections: object.union_n",
            ##"count(object.union_n([{sprintf("%d", [i]): i} | some i in list]))"##),
        HostilePolicy(
            "collections: object.union_n same",
            ##"object.union_n([{"a": {"b": list}} | some i in list])"##),
        HostilePolicy(
            "collections: object in a loop",
            ##"count([1 | some i in list; object.union({sprintf("%d", [j]): j | some j "##
                + ##"in few}, {"a": i})])"##),
        HostilePolicy(
            "collections: object.keys",
            ##"count([1 | some i in list; object.keys({sprintf("%d", [j]): j | some j in "##
                + ##"few})])"##),
        HostilePolicy(
            "collections: json.patch at the front",
            ##"count(json.patch(list, [{"op": "add", "path": "/0", "value": i} | some i "##
                + ##"in list]))"##),
        HostilePolicy(
            "collections: json.patch moves",
            ##"count(json.patch(list, [{"op": "move", "from": "/0", "path": "/-"} | some "##
                + ##"i in list]))"##),
        HostilePolicy(
            "collections: json.patch copies",
            ##"json.patch({"a": {}}, [{"op": "copy", "from": "/a", "path": "##
                + ##"sprintf("/a/b%d", [i])} | some i in few])"##),
        HostilePolicy(
            "collections: json.patch deep",
            ##"json.patch({}, [{"op": "add", "path": concat("", ["/a" | some _ in "##
                + ##"list]), "value": 1}])"##),
        HostilePolicy(
            "collections: json.filter",
            ##"json.filter({sprintf("%d", [i]): i | some i in few}, [sprintf("%d", [i]) "##
                + ##"| some i in list])"##),
        HostilePolicy(
            "collections: json.remove",
            ##"json.remove({sprintf("%d", [i]): i | some i in few}, [concat("", ["a/" | "##
                + ##"some _ in list])])"##),
        HostilePolicy("collections: walk of a nest", ##"count([1 | walk(input.nest, _)])"##),
        HostilePolicy(
            "collections: walk in a loop",
            ##"count([1 | some i in list; walk(input.nest, _)])"##),
        HostilePolicy("collections: schema cycle", ##"json.match_schema({}, {"$ref": "#"})"##),
        HostilePolicy(
            "collections: schema cycle of two",
            ##"json.match_schema({}, {"definitions": {"a": {"$ref": "#/definitions/b"}, "##
                + ##""b": {"$ref": "#/definitions/a"}}, "$ref": "#/definitions/a"})"##),
        HostilePolicy(
            "collections: schema any",
            ##"json.match_schema("1", {"anyOf": [{"anyOf": [{"anyOf": [{"const": i} | "##
                + ##"some i in few]} | some _ in few]} | some _ in few]})"##),
        HostilePolicy(
            "collections: schema unique",
            ##"json.match_schema(object.get({"x": [[i] | some i in list]}, "x", 0), "##
                + ##"{"uniqueItems": true})"##),
        HostilePolicy(
            "collections: schema patterns",
            ##"json.match_schema({sprintf("%d", [i]): i | some i in few}, "##
                + ##"{"patternProperties": {sprintf("^%d(a|b)*$", [i]): {"type": "number"} | "##
                + ##"some i in few}})"##),
        HostilePolicy(
            "collections: schema pattern",
            ##"json.match_schema(long, {"pattern": "(a|b)*c"})"##),
        HostilePolicy(
            "collections: schema multipleOf",
            ##"json.match_schema(input.big, {"multipleOf": 0.1})"##),
        HostilePolicy(
            "collections: schema enum",
            ##"json.match_schema(object.get({"x": [i | some i in few]}, "x", 0), "##
                + ##"{"items": {"enum": list}})"##),
        HostilePolicy("collections: cidr_expand", ##"count(net.cidr_expand("0.0.0.0/0"))"##),
        HostilePolicy("collections: cidr_expand v6", ##"count(net.cidr_expand("::/0"))"##),
        HostilePolicy(
            "collections: cidr_merge",
            ##"net.cidr_merge([sprintf("10.%d.%d.0/25", [i % 256, i / 256]) | some i in few])"##),
        HostilePolicy(
            "collections: cidr_merge long",
            ##"count(net.cidr_merge([sprintf("10.0.%d.%d/32", [i % 256, i % 128]) | some "##
                + ##"i in list]))"##),
        HostilePolicy(
            "collections: cidr matches",
            ##"count(net.cidr_contains_matches(["10.0.0.0/8" | some _ in list], "##
                + ##"["10.0.0.1" | some _ in list]))"##),
        HostilePolicy(
            "collections: graph paths",
            ##"count(graph.reachable_paths({sprintf("%d", [i]): [sprintf("%d", [j]) | "##
                + ##"some j in numbers.range(1, 24)] | some i in numbers.range(1, 24)}, "##
                + ##"["1"]))"##),
        HostilePolicy(
            "collections: graph.reachable",
            ##"count(graph.reachable({i: list | some i in list}, list))"##),
        HostilePolicy(
            "collections: yaml bomb",
            ##"yaml.unmarshal(concat("\n", array.concat(["a0: &a0 [x, x, x, x, x, x, x, "##
                + ##"x, x, x]"], [sprintf("a%d: &a%d [*a%d, *a%d, *a%d, *a%d, *a%d, *a%d, "##
                + ##"*a%d, *a%d, *a%d]", [i, i, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - "##
                + ##"1, i - 1, i - 1]) | some i in numbers.range(1, 20)])))"##),
        HostilePolicy(
            "collections: yaml nest",
            ##"yaml.unmarshal(concat("", ["[" | some _ in list]))"##),
        HostilePolicy(
            "collections: yaml merges",
            ##"yaml.unmarshal(concat("\n", array.concat(["m0: &m0 {a: 1, b: 2}"], "##
                + ##"[sprintf("m%d: &m%d {<<: [*m%d, *m%d], k%d: 1}", [i, i, i - 1, i - 1, i]) "##
                + ##"| some i in few])))"##),
        HostilePolicy(
            "collections: yaml keys",
            ##"yaml.unmarshal(concat("\n", [sprintf("k%d: 1", [i]) | some i in list]))"##),
        HostilePolicy(
            "collections: yaml marshal",
            ##"count([1 | some i in list; yaml.marshal(few)])"##),
        HostilePolicy(
            "collections: urlquery",
            ##"count([1 | some i in list; urlquery.encode_object({sprintf("%d", [j]): "##
                + ##""x" | some j in few})])"##),
        HostilePolicy(
            "collections: urlquery.decode_object",
            ##"urlquery.decode_object(concat("&", [sprintf("k%d=v", [i]) | some i in list]))"##),
        HostilePolicy(
            "collections: semver in a loop",
            ##"count([1 | some i in list; semver.compare("1.2.3", "1.2.4")])"##),
        HostilePolicy(
            "collections: with in a loop",
            ##"count([1 | some i in list; count(data.t.few) == 1 with data.t.few as [i]])"##),
        HostilePolicy(
            "collections: input replaced",
            ##"count([1 | some i in list; input.x == i with input.x as i])"##),
        HostilePolicy(
            "collections: every",
            ##"[1 | some i in list; every j in list { j > 0 }; i == 1]"##),
        HostilePolicy(
            "collections: objects of objects",
            ##"count({{"a": i, "b": {"c": list}} | some i in few})"##),
        HostilePolicy(
            "collections: concatenated",
            ##"count(array.concat(list, array.concat(list, list)))"##),
    ]
}
