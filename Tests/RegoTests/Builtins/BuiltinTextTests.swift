import Testing

@testable import Rego

@Suite struct BuiltinTextTests {
    static let plain = [
        BuiltinCase("startswith", #"["abc","ab"]"#, "true"),
        BuiltinCase("startswith", #"["abc",1]"#, "?operand 2 must be string but got number"),
        BuiltinCase("endswith", #"["abc","bc"]"#, "true"),
        BuiltinCase("endswith", #"["c","bc"]"#, "false"),
        BuiltinCase("contains", #"["abcabd","abd"]"#, "true"),
        BuiltinCase("contains", #"["abc",""]"#, "true"),
        BuiltinCase("indexof", #"["åäö","ö"]"#, "2"),
        BuiltinCase("indexof", #"["abc","x"]"#, "-1"),
        BuiltinCase("indexof_n", #"["aXbX","X"]"#, "[1,3]"),
        BuiltinCase("substring", #"["åäö",1,1]"#, #""ä""#),
        BuiltinCase("substring", #"["abc",1,-1]"#, #""bc""#),
        BuiltinCase("substring", #"["abc",-1,1]"#, "!negative offset"),
        BuiltinCase("lower", #"["ÅB"]"#, #""åb""#),
        BuiltinCase("upper", #"["åb"]"#, #""ÅB""#),
        BuiltinCase("split", #"["a,b,",","]"#, #"["a","b",""]"#),
        BuiltinCase("split", #"["åb",""]"#, #"["å","b"]"#),
        BuiltinCase("concat", #"[",",["a","b"]]"#, #""a,b""#),
        BuiltinCase("concat", #"[",",{"$set":["b","a"]}]"#, #""a,b""#),
        BuiltinCase(
            "concat", #"[",",["a",1]]"#,
            "?operand 2 must be array of strings but got array containing number"),
        BuiltinCase("trim", #"["xxaxx","x"]"#, #""a""#),
        BuiltinCase("trim_space", #"["\t a \n"]"#, #""a""#),
        BuiltinCase("trim_prefix", #"["aab","a"]"#, #""ab""#),
        BuiltinCase("trim_suffix", #"["abb","b"]"#, #""ab""#),
        BuiltinCase("replace", #"["aaa","a","b"]"#, #""bbb""#),
        BuiltinCase("strings.replace_n", #"[{"a":"b","b":"c"},"ab"]"#, #""bc""#),
        BuiltinCase("strings.reverse", #"["abå"]"#, #""åba""#),
        BuiltinCase("strings.count", #"["cheese","e"]"#, "3"),
        BuiltinCase("strings.any_prefix_match", #"[["x","ab"],["a"]]"#, "true"),
        BuiltinCase("strings.any_suffix_match", #"["ab",["x","b"]]"#, "true"),
        BuiltinCase("format_int", "[255,16]", #""ff""#),
        BuiltinCase("format_int", "[-7,2]", #""-111""#),
        BuiltinCase("format_int", "[1,3]", "?operand 2 must be one of {2, 8, 10, 16}"),
    ]

    @Test(arguments: plain)
    func `strings are searched and made`(test: BuiltinCase) throws { try test.check() }

    static let formats = [
        BuiltinCase("sprintf", #"["%s is %d",["a",3]]"#, #""a is 3""#),
        BuiltinCase("sprintf", #"["%05.1f|%-4s|%q",[3.14159,"a","b"]]"#, #""003.1|a   |\"b\"""#),
        BuiltinCase("sprintf", #"["%v",[{"a":[1,null]}]]"#, #""{\"a\": [1, null]}""#),
        BuiltinCase("sprintf", #"["%d",["a"]]"#, #""%!d(string=a)""#),
        BuiltinCase("sprintf", #"["%d",[]]"#, #""%!d(MISSING)""#),
        BuiltinCase("sprintf", #"["x",[1]]"#, #""x%!(EXTRA int=1)""#),
        BuiltinCase("sprintf", #"["%x",[255]]"#, #""ff""#),
        BuiltinCase("sprintf", #"["%s"]"#, "?operand 2 must be array but got undefined"),
    ]

    @Test(arguments: formats)
    func `text is formatted as Go formats it`(test: BuiltinCase) throws { try test.check() }

    private static func render(_ template: String, _ data: String, _ answer: String) -> BuiltinCase
    {
        BuiltinCase("strings.render_template", "[\"\(template)\",\(data)]", answer)
    }

    static let templates = [
        render("{{.a}} {{ .b.c -}}  !", #"{"a":1,"b":{"c":"x"}}"#, #""1 x!""#),
        render("{{range .l}}[{{.}}]{{else}}none{{end}}", #"{"l":[]}"#, #""none""#),
        render(
            "{{range $k, $v := .m}}{{$k}}={{$v}};{{end}}", #"{"m":{"b":2,"a":1}}"#, #""a=1;b=2;""#),
        render("{{if and .a (not .b)}}yes{{else if .b}}b{{end}}", #"{"a":true}"#, #""yes""#),
        render("{{with .a}}{{.}}{{else}}-{{end}}", "{}", #""-""#),
        render("{{/* no */}}{{len .a}} {{index .a 1}}", #"{"a":["x","y"]}"#, #""2 y""#),
        render("{{.a | printf `%s!`}}", #"{"a":"x"}"#, #""x!""#),
        render("{{eq .a `x`}} {{html .a}}", #"{"a":"<"}"#, #""false &lt;""#),
        render(
            "{{range .l}}{{if eq . `b`}}{{break}}{{end}}{{.}}{{end}}", #"{"l":["a","b","c"]}"#,
            #""a""#),
        render("{{.a}}{{.b}}", "{}", #""<undefined><undefined>""#),
        render("{{1.5}} {{0x1F}} {{017}} {{1_000}} {{-1e3}}", "{}", #""1.5 31 15 1000 -1000""#),
        render("{{define `t`}}<{{.}}>{{end}}{{template `t` .a}}", #"{"a":5}"#, #""<5>""#),
        render("{{block `b` .a}}x{{.}}{{end}}{{template `b`}}", #"{"a":1}"#, #""x1x<undefined>""#),
        render(
            "{{$x := 1}}{{define `t`}}{{$x}}{{end}}{{template `t`}}", "{}",
            #"!template: template: executing "template": undefined variable: $x"#),
        render(
            "{{define `t`}}{{template `t`}}{{end}}{{template `t`}}", "{}",
            #"!template: template: executing "template": exceeded maximum template depth (300)"#),
        render(
            "{{template `t`}}", "{}",
            #"!template: template: executing "template": template "t" not defined"#),
        render(
            "{{if .a}}{{define `t`}}{{end}}{{end}}", "{}",
            "!template: template:1: unexpected {{define}}"),
        render("{{1.2.3}}", "{}", #"!template: template:1: bad number syntax: "1.2.3""#),
        render("{{if}}", "{}", "!template: template:1: missing value for command"),
        render("{{if .a}}", "{}", "!template: template:1: unexpected EOF"),
        render("{{nope .a}}", "{}", #"!template: template:1: function "nope" not defined"#),
        render("{{.a", "{}", "!template: template:1: unclosed action"),
    ]

    @Test(arguments: templates)
    func `templates are rendered as Go renders them`(test: BuiltinCase) throws {
        try test.check()
    }

    static let encodings = [
        BuiltinCase("base64.encode", #"["hi?>"]"#, #""aGk/Pg==""#),
        BuiltinCase("base64.decode", #"["aGk/Pg=="]"#, #""hi?>""#),
        BuiltinCase("base64.decode", #"["a"]"#, "!illegal base64 data at input byte 0"),
        BuiltinCase("base64.is_valid", #"["a?"]"#, "false"),
        BuiltinCase("base64url.encode_no_pad", #"["hi?>"]"#, #""aGk_Pg""#),
        BuiltinCase("base64url.decode", #"["aGk_Pg"]"#, #""hi?>""#),
        BuiltinCase("hex.encode", #"["\u0000a"]"#, #""0061""#),
        BuiltinCase("hex.decode", #"["6g"]"#, "!encoding/hex: invalid byte: U+0067 'g'"),
        BuiltinCase("urlquery.encode", #"["a b&c"]"#, #""a+b%26c""#),
        BuiltinCase("urlquery.decode", #"["a+b%26c"]"#, #""a b&c""#),
        BuiltinCase("urlquery.decode", #"["%zz"]"#, #"!invalid URL escape "%zz""#),
        BuiltinCase("urlquery.decode_object", #"["a=1&a=2&b"]"#, #"{"a":["1","2"],"b":[""]}"#),
    ]

    @Test(arguments: encodings)
    func `text is encoded and decoded`(test: BuiltinCase) throws { try test.check() }

    static let patterns = [
        BuiltinCase("regex.match", #"["^a+$","aaa"]"#, "true"),
        BuiltinCase(
            "regex.match", #"["[","a"]"#, "!error parsing regexp: missing closing ]: `[`"),
        BuiltinCase("regex.is_valid", #"["(a"]"#, "false"),
        BuiltinCase("regex.split", #"["-+","a--b-c"]"#, #"["a","b","c"]"#),
        BuiltinCase("regex.find_n", #"["a.","abacad",2]"#, #"["ab","ac"]"#),
        BuiltinCase(
            "regex.find_all_string_submatch_n", #"["a(.)","abac",-1]"#,
            #"[["ab","b"],["ac","c"]]"#),
        BuiltinCase("regex.replace", #"["abc","(b)","[$1]"]"#, #""a[b]c""#),
        BuiltinCase("regex.template_match", #"["a:{[0-9]+}","a:12","{","}"]"#, "true"),
        BuiltinCase("regex.globs_match", #"["a.a.[0-9]+z","aba9[0-9]*z"]"#, "true"),
        BuiltinCase("glob.match", #"["*.x",["."],"a.x"]"#, "true"),
        BuiltinCase("glob.match", #"["*.x",["."],"a.b.x"]"#, "false"),
        BuiltinCase("glob.match", #"["**.x",["."],"a.b.x"]"#, "true"),
        BuiltinCase("glob.match", #"["{a,b}?",[],"bc"]"#, "true"),
        BuiltinCase("glob.quote_meta", #"["*.x"]"#, #""\\*.x""#),
        BuiltinCase("semver.compare", #"["1.0.0-rc.1","1.0.0"]"#, "-1"),
        BuiltinCase("semver.is_valid", #"["1.0"]"#, "false"),
        BuiltinCase("uri.is_valid", #"["http://[::1"]"#, "false"),
    ]

    @Test(arguments: patterns)
    func `patterns match`(test: BuiltinCase) throws { try test.check() }

    @Test func `hostile patterns take linear time`() throws {
        let tester = BuiltinTester()
        let text = tester.string(String(repeating: "a", count: 50_000))
        let regex = try tester.call("regex.match", [tester.string("^(a|a)*(a|aa)+$b"), text])
        #expect(regex.isFalse)
        let none = tester.context.arena.array()
        let glob = try tester.call(
            "glob.match", [tester.string(String(repeating: "*a", count: 20) + "b"), none, text])
        #expect(glob.isFalse)
        let huge = try tester.answer("regex.match", #"["((a{1000}){1000}){1000}","a"]"#)
        #expect(huge.hasPrefix("!error parsing regexp: "))
    }
}
