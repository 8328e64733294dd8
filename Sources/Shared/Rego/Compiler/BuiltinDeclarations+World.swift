/// Functions of tokens, keys, times, networks, schemas, and of the policy itself.
extension BuiltinDeclarations {
    static let tokens = [
        declare(
            "io.jwt.decode", "string -> array<object[any: any], object[any: any], string>"),
        declare("io.jwt.verify_rs256", "string, string -> boolean"),
        declare("io.jwt.verify_rs384", "string, string -> boolean"),
        declare("io.jwt.verify_rs512", "string, string -> boolean"),
        declare("io.jwt.verify_ps256", "string, string -> boolean"),
        declare("io.jwt.verify_ps384", "string, string -> boolean"),
        declare("io.jwt.verify_ps512", "string, string -> boolean"),
        declare("io.jwt.verify_es256", "string, string -> boolean"),
        declare("io.jwt.verify_es384", "string, string -> boolean"),
        declare("io.jwt.verify_es512", "string, string -> boolean"),
        declare("io.jwt.verify_eddsa", "string, string -> boolean"),
        declare("io.jwt.verify_hs256", "string, string -> boolean"),
        declare("io.jwt.verify_hs384", "string, string -> boolean"),
        declare("io.jwt.verify_hs512", "string, string -> boolean"),
        declare(
            "io.jwt.decode_verify",
            "string, object[string: any] -> array<boolean, object[any: any], object[any: any]>",
            nondeterministic: true),
        declare(
            "io.jwt.encode_sign_raw", "string, string, string -> string", nondeterministic: true),
        declare(
            "io.jwt.encode_sign",
            "object[string: any], object[string: any], object[string: any] -> string",
            nondeterministic: true),
    ]

    static let cryptography = [
        declare("crypto.x509.parse_certificates", "string -> array[object[string: any]]"),
        declare(
            "crypto.x509.parse_and_verify_certificates",
            "string -> array<boolean, array[object[string: any]]>"),
        declare(
            "crypto.x509.parse_and_verify_certificates_with_options",
            "string, object[string: any] -> array<boolean, array[object[string: any]]>"),
        declare("crypto.x509.parse_certificate_request", "string -> object[string: any]"),
        declare("crypto.x509.parse_rsa_private_key", "string -> object[string: any]"),
        declare("crypto.x509.parse_keypair", "string, string -> object[string: any]"),
        declare("crypto.parse_private_keys", "string -> array[object[string: any]]"),
        declare("crypto.md5", "string -> string"),
        declare("crypto.sha1", "string -> string"),
        declare("crypto.sha256", "string -> string"),
        declare("crypto.hmac.md5", "string, string -> string"),
        declare("crypto.hmac.sha1", "string, string -> string"),
        declare("crypto.hmac.sha256", "string, string -> string"),
        declare("crypto.hmac.sha512", "string, string -> string"),
        declare("crypto.hmac.equal", "string, string -> boolean"),
        declare(
            "providers.aws.sign_req",
            "object[string: any], object[string: any], number -> object[any: any]"),
    ]

    static let times = [
        declare("time.now_ns", "-> number", nondeterministic: true),
        declare("time.parse_ns", "string, string -> number"),
        declare("time.parse_rfc3339_ns", "string -> number"),
        declare("time.parse_duration_ns", "string -> number"),
        declare(
            "time.format",
            "number | array<number, string> | array<number, string, string> -> string"),
        declare("time.date", "number | array<number, string> -> array<number, number, number>"),
        declare("time.clock", "number | array<number, string> -> array<number, number, number>"),
        declare("time.weekday", "number | array<number, string> -> string"),
        declare("time.add_date", "number, number, number, number -> number"),
        declare(
            "time.diff",
            "number | array<number, string>, number | array<number, string>"
                + " -> array<number, number, number, number, number, number>"),
    ]

    static let networks = [
        declare("http.send", "object[string: any] -> object[any: any]", nondeterministic: true),
        declare("net.cidr_contains", "string, string -> boolean"),
        declare(
            "net.cidr_contains_matches",
            "\(cidrs), \(cidrs) -> set[array<any, any>]"),
        declare("net.cidr_intersects", "string, string -> boolean"),
        declare("net.cidr_expand", "string -> set[string]"),
        declare("net.cidr_merge", "array[string] | set[string] -> set[string]"),
        declare("net.cidr_is_valid", "any -> boolean"),
        declare("net.lookup_ip_addr", "string -> set[string]", nondeterministic: true),
    ]

    private static let cidrs =
        "string | array[string | array[any]] | set[string | array[any]]"
        + " | object[string: string | array[any]]"

    static let documents = [
        declare(
            "graphql.parse",
            "string | object[any: any], string | object[any: any]"
                + " -> array<object[any: any], object[any: any]>"),
        declare(
            "graphql.parse_and_verify",
            "string | object[any: any], string | object[any: any]"
                + " -> array<boolean, object[any: any], object[any: any]>"),
        declare("graphql.parse_query", "string -> object[any: any]"),
        declare("graphql.parse_schema", "string -> object[any: any]"),
        declare(
            "graphql.is_valid",
            "string | object[any: any], string | object[any: any] -> boolean"),
        declare("graphql.schema_is_valid", "string | object[any: any] -> boolean"),
        declare(
            "json.verify_schema", "string | object[any: any] -> array<boolean, null | string>"),
        declare(
            "json.match_schema",
            "string | object[any: any], string | object[any: any]"
                + " -> array<boolean, array[object<desc: string, error: string, field: string,"
                + " type: string>]>"),
    ]

    static let language = [
        declare("rego.parse_module", "string, string -> object[string: any]"),
        declare("rego.metadata.chain", "-> array[any]"),
        declare("rego.metadata.rule", "-> any"),
        declare("opa.runtime", "-> object[string: any]", nondeterministic: true),
        declare("trace", "string -> boolean"),
        declare("print", "-> none", variadic: true),
        declare("internal.print", "array[set[any]] -> none"),
        declare("internal.test_case", "array[any] -> none"),
        declare("internal.template_string", "array[any] -> string"),
    ]

    static let deprecated = [
        declare("all", "set[any] | array[any] -> boolean", deprecated: true),
        declare("any", "set[any] | array[any] -> boolean", deprecated: true),
        declare("set_diff", "set[any], set[any] -> set[any]", deprecated: true),
        declare("net.cidr_overlap", "string, string -> boolean", deprecated: true),
        declare("re_match", "string, string -> boolean", deprecated: true),
        declare("cast_array", "any -> array[any]", deprecated: true),
        declare("cast_set", "any -> set[any]", deprecated: true),
        declare("cast_string", "any -> string", deprecated: true),
        declare("cast_boolean", "any -> boolean", deprecated: true),
        declare("cast_null", "any -> null", deprecated: true),
        declare("cast_object", "any -> object[any: any]", deprecated: true),
    ]
}
