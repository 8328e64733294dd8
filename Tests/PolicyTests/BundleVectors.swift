import Files
import Policy
import Rego
import Testing

/// The hostile and correct archives of own-bundle.json, each with what must come of it.
@Suite struct BundleVectors {
    private enum Verdict {
        case passed
        case failed(String)
    }

    @Test func `every archive of the vectors has the outcome that it must have`() throws {
        let document = try SharedData.json(SharedData.vectors + "/own-bundle.json")
        var counts = (passed: 0, failed: 0)
        for vector in document.root["vectors"].array.buffer {
            let name = "\(vector["id"].string) (\(vector["cls"].string): \(vector["note"].string))"
            switch judge(vector) {
            case .passed:
                counts.passed += 1
            case .failed(let why):
                counts.failed += 1
                Issue.record("\(name) must \(vector["expect"].string): \(why)")
            }
        }
        let total = counts.passed + counts.failed
        print("bundle: \(counts.passed) passed, \(counts.failed) failed, 0 skipped of \(total)")
        #expect(total >= 73)
    }

    private func judge(_ vector: Value) -> Verdict {
        let archive = SharedData.base64(vector["raw_b64"].string)
        var options = Bundle.Options()
        if vector["cls"].string == "signature" {
            let key = BundleVerification.Key(algorithm: .hs256, material: "secret", scope: "write")
            options.verification = BundleVerification(keys: ["k1": key], keyID: "k1")
        }
        do throws(BundleError) {
            let files = try BundleFile.unpack(archive, limits: options.limits)
            guard files.allSatisfy({ Self.staysInside($0.path) }) else {
                return .failed("a path leaves the bundle")
            }
            let bundle = try Bundle.read(files, options)
            _ = try GatewayData(bundle.data)
            _ = try bundle.compile(
                options: CompilerOptions(unsafeBuiltins: Bundle.builtinsOfTheWorld))
            return try judgeAccepted(vector, bundle)
        } catch {
            return judgeRefused(vector, error)
        }
    }

    private func judgeRefused(_ vector: Value, _ error: BundleError) -> Verdict {
        switch vector["expect"].string {
        case "accept", "bounded", "accept-if-key":
            return .failed("refused: \(error)")
        default:
            return .passed
        }
    }

    private func judgeAccepted(
        _ vector: Value, _ bundle: Bundle
    ) throws(BundleError) -> Verdict {
        switch vector["expect"].string {
        case "accept", "accept-if-key", "no-write-outside", "reject-or-accept", "reject-or-empty",
            "reject-or-defined", "reject-or-replace":
            return .passed
        case "reject-or-exact":
            // Nothing was rounded: the number is spelt as it was.
            return bundle.data.root.jsonText.contains("1e400") ? .passed : .failed("changed")
        case "bounded":
            return isBounded(try PolicySnapshot(bundle, entrypoint: "a"))
        default:
            return .failed("accepted")
        }
    }

    /// The evaluation must end within its budget, by an answer or by saying that it is used up.
    private func isBounded(_ snapshot: PolicySnapshot) -> Verdict {
        var limits = Rego.Limits()
        limits.timeNanosecondsMax = 500_000_000
        let evaluator = Evaluator(snapshot.rego, limits: limits)
        evaluator.begin()
        var input = ObjectBuilder(evaluator.arena)
        input.set("x", evaluator.arena.string(String(repeating: "a", count: 50_000) + "!"))
        let clock = ContinuousClock()
        let start = clock.now
        do throws(EvaluationError) {
            _ = try evaluator.evaluate(
                snapshot.entryPoint, input: input.finish(), nowNanoseconds: 0)
        } catch {
            guard error.code == .budget else { return .failed(error.description) }
        }
        let took = clock.now - start
        return took < .seconds(5) ? .passed : .failed("took \(took)")
    }

    private static func staysInside(_ path: String) -> Bool {
        !path.hasPrefix("/") && !path.split(separator: "/").contains("..")
    }
}
