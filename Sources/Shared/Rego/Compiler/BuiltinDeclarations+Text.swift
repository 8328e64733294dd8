/// Functions of strings, patterns and encodings.
extension BuiltinDeclarations {
    static let strings = [
        declare(
            "strings.any_prefix_match",
            "string | set[string] | array[string], string | set[string] | array[string]"
                + " -> boolean"),
        declare(
            "strings.any_suffix_match",
            "string | set[string] | array[string], string | set[string] | array[string]"
                + " -> boolean"),
        declare("concat", "string, set[string] | array[string] -> string"),
        declare("indexof", "string, string -> number"),
        declare("indexof_n", "string, string -> array[number]"),
        declare("substring", "string, number, number -> string"),
        declare("contains", "string, string -> boolean"),
        declare("startswith", "string, string -> boolean"),
        declare("endswith", "string, string -> boolean"),
        declare("strings.count", "string, string -> number"),
        declare("lower", "string -> string"),
        declare("upper", "string -> string"),
        declare("split", "string, string -> array[string]"),
        declare("strings.split_n", "string, string, number -> array[string]"),
        declare("replace", "string, string, string -> string"),
        declare("strings.replace_n", "object[string: string], string -> string"),
        declare("trim", "string, string -> string"),
        declare("trim_left", "string, string -> string"),
        declare("trim_prefix", "string, string -> string"),
        declare("trim_right", "string, string -> string"),
        declare("trim_suffix", "string, string -> string"),
        declare("trim_space", "string -> string"),
        declare("sprintf", "string, array[any] -> string"),
        declare("strings.reverse", "string -> string"),
        declare("strings.render_template", "string, object[string: any] -> string"),
    ]

    static let patterns = [
        declare("regex.match", "string, string -> boolean"),
        declare("regex.is_valid", "string -> boolean"),
        declare(
            "regex.find_all_string_submatch_n", "string, string, number -> array[array[string]]"),
        declare("regex.template_match", "string, string, string, string -> boolean"),
        declare("regex.split", "string, string -> array[string]"),
        declare("regex.find_n", "string, string, number -> array[string]"),
        declare("regex.replace", "string, string, string -> string"),
        declare("regex.globs_match", "string, string -> boolean"),
        declare("glob.match", "string, null | array[string], string -> boolean"),
        declare("glob.quote_meta", "string -> string"),
        declare("semver.is_valid", "any -> boolean"),
        declare("semver.compare", "string, string -> number"),
        declare("uuid.rfc4122", "string -> string", nondeterministic: true),
        declare("uuid.parse", "string -> object[string: any]"),
    ]

    static let encodings = [
        declare("json.marshal", "any -> string"),
        declare(
            "json.marshal_with_options",
            "any, object<indent: string, prefix: string, pretty: boolean>[string: any] -> string"),
        declare("json.unmarshal", "string -> any"),
        declare("json.is_valid", "string -> boolean"),
        declare("base64.encode", "string -> string"),
        declare("base64.decode", "string -> string"),
        declare("base64.is_valid", "string -> boolean"),
        declare("base64url.encode", "string -> string"),
        declare("base64url.encode_no_pad", "string -> string"),
        declare("base64url.decode", "string -> string"),
        declare("urlquery.decode", "string -> string"),
        declare("urlquery.encode", "string -> string"),
        declare(
            "urlquery.encode_object",
            "object[string: string | array[string] | set[string]] -> string"),
        declare("urlquery.decode_object", "string -> object[string: array[string]]"),
        declare("uri.parse", "string -> object[string: any]"),
        declare("uri.is_valid", "string -> boolean"),
        declare("yaml.marshal", "any -> string"),
        declare("yaml.unmarshal", "string -> any"),
        declare("yaml.is_valid", "string -> boolean"),
        declare("hex.encode", "string -> string"),
        declare("hex.decode", "string -> string"),
    ]
}
