/// Long texts, patterns and formats.
extension HostilePolicy {
    static let text: [HostilePolicy] = [
        HostilePolicy("text: regex counts", ##"regex.match("(a{1,1000}){1,1000}", text)"##),
        HostilePolicy("text: regex long", ##"regex.match(long, long)"##),
        HostilePolicy(
            "text: regex classes",
            ##"regex.match(concat("", ["\\pL{500}" | some _ in few]), text)"##),
        HostilePolicy(
            "text: regex many",
            ##"count([1 | some i in list; regex.match(sprintf("a{%d}(b|c)*\\pL{%d}", [i "##
                + ##"% 900, i % 700]), text)])"##),
        HostilePolicy(
            "text: regex same on long",
            ##"count([1 | some i in list; regex.match("(a|b)*c", long)])"##),
        HostilePolicy(
            "text: regex.find_all",
            ##"count(regex.find_all_string_submatch_n("(a)(a)?", long, -1))"##),
        HostilePolicy("text: regex.find_n empty", ##"count(regex.find_n("", long, -1))"##),
        HostilePolicy("text: regex.split empty", ##"count(regex.split("", long))"##),
        HostilePolicy("text: regex.replace by much", ##"count(regex.replace(long, "a", text))"##),
        HostilePolicy(
            "text: regex.replace groups",
            ##"count(regex.replace(text, "(a*)", concat("", ["$1" | some _ in list])))"##),
        HostilePolicy(
            "text: regex.globs_match",
            ##"regex.globs_match(concat("", ["[a-c]*" | some _ in list]), concat("", "##
                + ##"["[b-d]+" | some _ in list]))"##),
        HostilePolicy(
            "text: regex.template_match",
            ##"regex.template_match(concat("", ["{a+}" | some _ in few]), text, "{", "}")"##),
        HostilePolicy(
            "text: glob braces",
            ##"glob.match(concat("", ["{a,b*}" | some _ in few]), [], text)"##),
        HostilePolicy(
            "text: glob stars",
            ##"glob.match(concat("", ["*a" | some _ in few]), [], long)"##),
        HostilePolicy(
            "text: glob many",
            ##"count([1 | some i in list; glob.match(sprintf("*%d*{a,b}*c", [i]), [], text)])"##),
        HostilePolicy(
            "text: glob long text",
            ##"count([1 | some i in list; glob.match("*a*b*", [], long)])"##),
        HostilePolicy("text: sprintf width", ##"sprintf("%999999999d", [1])"##),
        HostilePolicy("text: sprintf precision", ##"sprintf("%.999999999f", [1])"##),
        HostilePolicy("text: sprintf star", ##"sprintf("%*d", [999999999, 1])"##),
        HostilePolicy("text: sprintf index", ##"sprintf("%[999999999]d", [1])"##),
        HostilePolicy(
            "text: sprintf widths",
            ##"count(sprintf(concat("", ["%99999d" | some _ in list]), list))"##),
        HostilePolicy(
            "text: sprintf many",
            ##"count([1 | some _ in list; sprintf("%s%s", [long, long])])"##),
        HostilePolicy("text: split empty", ##"count(split(long, ""))"##),
        HostilePolicy("text: split each", ##"count(split(long, "a"))"##),
        HostilePolicy("text: replace empty", ##"count(replace(long, "", "xyz"))"##),
        HostilePolicy("text: replace by much", ##"count(replace(long, "a", text))"##),
        HostilePolicy(
            "text: replace_n",
            ##"count(strings.replace_n({sprintf("%d", [i]): text | some i in few}, digits))"##),
        HostilePolicy(
            "text: replace_n many",
            ##"strings.replace_n({sprintf("a%d", [i]): "b" | some i in list}, long) == long"##),
        HostilePolicy(
            "text: contains in a loop",
            ##"count([1 | some i in list; contains(long, "b")])"##),
        HostilePolicy(
            "text: startswith in a loop",
            ##"count([1 | some i in list; startswith(long, long)])"##),
        HostilePolicy(
            "text: indexof in a loop",
            ##"count([1 | some i in list; indexof(long, sprintf("b%d", [i]))])"##),
        HostilePolicy("text: indexof_n", ##"count(indexof_n(long, "a"))"##),
        HostilePolicy("text: strings.count", ##"strings.count(long, "a")"##),
        HostilePolicy(
            "text: equal in a loop",
            ##"count([1 | some i in list; y := concat("", [long, "a"]); y == concat("", "##
                + ##"[long, "a"])])"##),
        HostilePolicy(
            "text: order in a loop",
            ##"count([1 | some i in list; long < concat("", [long, "a"])])"##),
        HostilePolicy(
            "text: substring in a loop",
            ##"count([1 | some i in list; substring(long, i, 10)])"##),
        HostilePolicy("text: upper in a loop", ##"count([1 | some i in list; upper(long)])"##),
        HostilePolicy("text: lower", ##"count([1 | some i in list; lower(long)])"##),
        HostilePolicy("text: trim", ##"count([1 | some i in list; trim(long, "ab")])"##),
        HostilePolicy("text: trim by much", ##"trim(long, long)"##),
        HostilePolicy("text: trim_left by much", ##"trim_left(digits, long)"##),
        HostilePolicy("text: reverse", ##"count([1 | some i in list; strings.reverse(long)])"##),
        HostilePolicy(
            "text: any_prefix_match",
            ##"strings.any_prefix_match([sprintf("%d", [i]) | some i in list], "##
                + ##"[sprintf("b%d", [i]) | some i in list])"##),
        HostilePolicy(
            "text: any_suffix_match",
            ##"strings.any_suffix_match([long | some i in list], [sprintf("b%d", [i]) | "##
                + ##"some i in list])"##),
        HostilePolicy("text: concat doubling", ##"count(concat("", [long | some i in list]))"##),
        HostilePolicy("text: format_int", ##"count(format_int(to_number(digits), 2))"##),
        HostilePolicy("text: count of text", ##"count([1 | some i in list; count(long) > 0])"##),
        HostilePolicy(
            "text: set of texts",
            ##"count({concat("", [long, sprintf("%d", [i])]) | some i in list})"##),
        HostilePolicy(
            "text: hash of text",
            ##"{concat("", [long, "b"]): 1}[concat("", [long, "c"])]"##),
        HostilePolicy("text: base64", ##"count([1 | some i in list; base64.encode(long)])"##),
        HostilePolicy(
            "text: base64 decode",
            ##"count([1 | some i in list; base64.decode(long)])"##),
        HostilePolicy("text: hex", ##"count([1 | some i in list; hex.encode(long)])"##),
        HostilePolicy("text: urlquery", ##"count([1 | some i in list; urlquery.encode(long)])"##),
        HostilePolicy("text: sha256", ##"count([1 | some i in list; crypto.sha256(long)])"##),
        HostilePolicy("text: md5", ##"count([1 | some i in list; crypto.md5(long)])"##),
        HostilePolicy(
            "text: hmac",
            ##"count([1 | some i in list; crypto.hmac.sha512(long, text)])"##),
        HostilePolicy(
            "text: json.unmarshal",
            ##"count([1 | some i in list; json.unmarshal(concat("", ["[", concat(",", "##
                + ##"["1" | some _ in few]), "]"]))])"##),
        HostilePolicy(
            "text: json.is_valid",
            ##"count([1 | some i in list; json.is_valid(long)])"##),
        HostilePolicy("text: yaml.unmarshal long", ##"yaml.unmarshal(long)"##),
        HostilePolicy(
            "text: yaml in a loop",
            ##"count([1 | some i in list; yaml.unmarshal(text)])"##),
        HostilePolicy(
            "text: yaml.is_valid",
            ##"count([1 | some i in list; yaml.is_valid(text)])"##),
        HostilePolicy(
            "text: semver",
            ##"semver.compare(concat(".", [digits, digits, digits]), "1.2.3")"##),
        HostilePolicy("text: uri.parse", ##"uri.parse(concat("", ["http://", long]))"##),
        HostilePolicy(
            "text: uri in a loop",
            ##"count([1 | some i in list; uri.is_valid(concat("", ["http://", long]))])"##),
        HostilePolicy("text: uuid", ##"uuid.parse(long)"##),
        HostilePolicy("text: units", ##"units.parse_bytes(digits)"##),
        HostilePolicy("text: units exponent", ##"units.parse("1e999999999")"##),
        HostilePolicy(
            "text: rego.parse_module",
            ##"rego.parse_module("a.rego", concat("\n", array.concat(["package a"], "##
                + ##"[sprintf("p%d := %d", [i, i]) | some i in list])))"##),
        HostilePolicy(
            "text: rego.parse_module in a loop",
            ##"count([1 | some i in list; rego.parse_module("a.rego", "package a\np := {x "##
                + ##"| x := [1, 2, 3][_]; x > 1}")])"##),
        HostilePolicy(
            "text: rego.parse_module nest",
            ##"rego.parse_module("a.rego", concat("", array.concat(["package a\np := "], "##
                + ##"["[" | some _ in list])))"##),
        HostilePolicy("text: time.parse_ns", ##"time.parse_ns(long, digits)"##),
        HostilePolicy(
            "text: time.parse_duration_ns",
            ##"time.parse_duration_ns(replace(long, "a", "1h"))"##),
        HostilePolicy(
            "text: time.format",
            ##"time.format([1, "UTC", replace(text, "a", "2006")])"##),
        HostilePolicy(
            "text: time.format in a loop",
            ##"count([1 | some i in list; time.format([i, "Europe/Berlin", "Mon Jan _2 "##
                + ##"15:04:05 MST 2006"])])"##),
        HostilePolicy(
            "text: graphql deep",
            ##"graphql.parse_query(concat("", array.concat(["{a" | some _ in list], ["}" "##
                + ##"| some _ in list])))"##),
        HostilePolicy(
            "text: graphql fragments",
            ##"graphql.is_valid(concat("", array.concat(["query {...f1} fragment f301 on "##
                + ##"Query {a} "], [sprintf("fragment f%d on Query {...f%d ...f%d} ", [i, i + "##
                + ##"1, i + 1]) | some i in few])), "type Query {a: Int}")"##),
        HostilePolicy(
            "text: graphql fields",
            ##"graphql.is_valid(concat("", ["{", concat(" ", ["a" | some _ in list]), "##
                + ##""}"]), "type Query {a: Int}")"##),
        HostilePolicy(
            "text: graphql aliases",
            ##"graphql.is_valid(concat("", ["{", concat(" ", [sprintf("x%d: a {a {a}}", "##
                + ##"[i]) | some i in list]), "}"]), "type Query {a: Query}")"##),
        HostilePolicy(
            "text: graphql schema",
            ##"graphql.schema_is_valid(concat("\n", [sprintf("type T%d {a: T%d}", [i, i + "##
                + ##"1]) | some i in list]))"##),
        HostilePolicy("text: jwt long", ##"io.jwt.decode(concat(".", [long, long, long]))"##),
        HostilePolicy(
            "text: jwt in a loop",
            ##"count([1 | some i in list; io.jwt.verify_hs256(concat(".", [text, text, "##
                + ##"text]), text)])"##),
        HostilePolicy("text: x509 long", ##"crypto.x509.parse_certificates(long)"##),
        HostilePolicy(
            "text: aws",
            ##"providers.aws.sign_req({"method": "get", "url": "https://h/", "headers": "##
                + ##"{sprintf("x%d", [i]): text | some i in few}}, {"aws_access_key": "k", "##
                + ##""aws_secret_access_key": "s", "aws_service": "s3", "aws_region": "r"}, 1)"##),
        HostilePolicy(
            "text: template loops",
            ##"strings.render_template("{{range .l}}{{range $.l}}{{range $.l}}{{range "##
                + ##"$.l}}x{{end}}{{end}}{{end}}{{end}}", {"l": few})"##),
        HostilePolicy(
            "text: template printf",
            ##"strings.render_template("{{printf \"%999999999d\" 1}}", {})"##),
        HostilePolicy(
            "text: any of strings",
            ##"count([1 | some i in list; some j in list; sprintf("%d", [i]) == "##
                + ##"sprintf("%d", [j])])"##),
    ]
}
