import Bytes
import Files
import Rego
import Testing

@testable import Policy

private let folder = "Tests/Corpus/policy_inspect"

private func document(_ summary: BundleSummary) throws -> Value {
    let json = summary.json
    return try json.withUnsafeBytes { try FrozenData.json($0) }.root
}

@Suite struct BundleSummaryTests {
    @Test func `a folder's manifest and namespaces are listed`() throws {
        let text = String(decoding: try BundleSummary(folder).json, as: UTF8.self)
        #expect(
            text == """
                {
                  "manifest": {
                    "revision": "r1",
                    "roots": [
                      "shop",
                      "other"
                    ],
                    "rego_version": 1,
                    "file_rego_versions": {
                      "/shop/old.rego": 0
                    },
                    "metadata": {
                      "owner": "shop \\u0026 co"
                    }
                  },
                  "signatures_config": {},
                  "namespaces": {
                    "data.shop": [
                      "\(folder)/shop/shop.rego",
                      "\(folder)/shop/data.yaml"
                    ],
                    "data.shop.prices": [
                      "\(folder)/shop/prices/data.json"
                    ],
                    "data.shop[\\"old-rules\\"]": [
                      "\(folder)/shop/old.rego"
                    ]
                  }
                }

                """)
    }

    @Test func `tables are for people`() throws {
        #expect(
            try BundleSummary(folder).pretty == """
                MANIFEST:
                +--------------+-----------------------+
                |    FIELD     |         VALUE         |
                +--------------+-----------------------+
                | Rego Version | 1                     |
                | Revision     | r1                    |
                | Roots        | other                 |
                |              | shop                  |
                | Metadata     | {"owner":"shop & co"} |
                +--------------+-----------------------+
                NAMESPACES:
                +------------------------+------------------------------------------------------+
                |       NAMESPACE        |                         FILE                         |
                +------------------------+------------------------------------------------------+
                | data.shop              | \(folder)/shop/shop.rego        |
                |                        | \(folder)/shop/data.yaml        |
                | data.shop.prices       | \(folder)/shop/prices/data.json |
                | data.shop["old-rules"] | \(folder)/shop/old.rego         |
                +------------------------+------------------------------------------------------+

                """)
    }

    @Test func `annotations are listed by path with what they describe`() throws {
        let summary = try BundleSummary(folder, listsAnnotations: true)
        let listed = try #require(summary.annotations).map { item in
            "\(item.reference.path) \(item.reference.scope) \(item.reference.rule ?? "-") "
                + "\(item.reference.location.row)"
        }
        #expect(
            listed == [
                "shop package - 17", "shop.allow document allow 21", "shop.allow rule allow 25",
                "shop.limit.cart rule limit.cart[name] 29",
            ])
        let first = try document(summary).member("annotations").array.buffer[0]
        #expect(
            first.jsonText
                == #"{"annotations":{"authors":[{"email":"ann@shop.example","name":"Ann Lee"},"#
                + #"{"name":"Bob"}],"custom":{"level":2},"description":"Who may buy what.","#
                + #""organizations":["Shop Ltd"],"related_resources":[{"ref":"#
                + #""https://shop.example/rules"},{"description":"in more words","ref":"#
                + #""https://shop.example/more"}],"schemas":[{"definition":{"type":"object"},"#
                + #""path":[{"type":"var","value":"input"},{"type":"string","value":"cart"}]}],"#
                + #""scope":"package","title":"The shop"},"location":{"col":1,"file":"#
                + "\"\(folder)/shop/shop.rego\""
                + #","row":17},"path":[{"type":"var","value":"data"},"#
                + #"{"type":"string","value":"shop"}]}"#)
    }

    @Test func `an annotation reads as opa inspect prints it`() throws {
        let summary = try BundleSummary("\(folder)/shop/shop.rego", listsAnnotations: true)
        let text = summary.pretty
        #expect(
            text.contains(
                """
                ANNOTATIONS:
                The shop
                ========

                Who may buy what.

                Package:  shop
                Location: \(folder)/shop/shop.rego:17
                Scope: package

                Organizations:
                 Shop Ltd

                Authors:
                 Ann Lee <ann@shop.example>
                 Bob

                Schemas:
                 input.cart: {"type":"object"}

                Related Resources:
                 https://shop.example/rules
                 https://shop.example/more  in more words

                Custom:
                 level: 2

                shop.allow
                ==========

                Package:  shop
                Rule:     allow
                Location: \(folder)/shop/shop.rego:21
                Scope: document
                Entrypoint: true


                """))
        #expect(!(try BundleSummary(folder).pretty.contains("ANNOTATIONS")))
    }

    @Test func `files of an archive have a slash in front, and its signatures are shown`() throws {
        let path = "\(SharedData.goldens)/bundles/signed_hs256.tar.gz"
        let root = try document(try BundleSummary(path))
        #expect(
            root.member("namespaces").jsonText
                == #"{"data":["/data.json"],"data.authz":["/policies/src/authz/authz.rego"]}"#)
        #expect(root.member("signatures_config").member("signatures").array.count == 1)
        #expect(root.member("annotations").isUndefined)
    }

    @Test func `a file that no manifest describes owns everything`() throws {
        let root = try document(try BundleSummary("\(folder)/shop/shop.rego"))
        #expect(root.member("manifest").jsonText == #"{"revision":"","roots":[""]}"#)
        #expect(root.member("signatures_config").jsonText == "{}")
        #expect(
            root.member("namespaces").jsonText
                == #"{"data.shop":["\#(folder)/shop/shop.rego"]}"#)
    }

    @Test func `what is not read is warned of`() throws {
        let warnings = try BundleSummary(folder).warnings
        #expect(warnings.count == 1)
        #expect(warnings.first?.hasPrefix("notes/readme.json is not read") == true)
    }

    @Test(arguments: [
        ("Tests/Corpus/none", "Tests/Corpus/none: No such file or directory"),
        ("Tests/Corpus/none.rego", "Tests/Corpus/none.rego: No such file or directory"),
        ("Package.swift", "bundle read failed: archive read failed: "),
        ("Tests/Corpus/policy_inspect/shop/old.rego", "rego_parse_error: `if` keyword is required"),
        ("GOLDENS/bad_rego.tar.gz", "rego_parse_error"),
        ("GOLDENS/bad_json.tar.gz", "bundle load failed on data.json"),
        ("GOLDENS/roots_overlap.tar.gz", "manifest has overlapped roots"),
        ("GOLDENS/delta.tar.gz", "delta bundle where a snapshot is needed"),
    ])
    func `what is no bundle is refused`(path: String, reason: String) {
        let goldens = "\(SharedData.goldens)/bundles/"
        let path = path.hasPrefix("GOLDENS/") ? goldens + path.dropFirst(8) : path
        #expect {
            try BundleSummary(path, listsAnnotations: true)
        } throws: { error in
            "\(error)".contains(reason)
        }
    }
}
