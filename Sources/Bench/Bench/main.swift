internal import Glibc

let arguments = Array(CommandLine.arguments.dropFirst())
do {
    switch arguments.first {
    case "decisions" where arguments.count == 3:
        try DecisionBench(policies: arguments[1], data: arguments[2]).run()
    case "load" where arguments.count == 2:
        try LoadBench.data(arguments[1])
    case "rules" where arguments.count == 2:
        try LoadBench.rules(arguments[1])
    default:
        print(
            """
            usage: sluice-bench decisions POLICIES DATA   decisions per case; folders of *.rego
                                                          and of what gen.py writes
                   sluice-bench load DATA.JSON            freezing base data
                   sluice-bench rules FOLDER              source to plan, all *.rego of a folder
            """)
        exit(2)
    }
} catch {
    print("failed: \(error)")
    exit(1)
}
