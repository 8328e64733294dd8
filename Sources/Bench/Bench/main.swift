internal import Glibc

let arguments = Array(CommandLine.arguments.dropFirst())
do {
    switch arguments.first {
    case "decisions" where arguments.count >= 3:
        try DecisionBench(policies: arguments[1], data: arguments[2])
            .run(arguments.count > 3 ? arguments[3] : "")
    case "load" where arguments.count == 2:
        try LoadBench.data(arguments[1])
    case "rules" where arguments.count == 2:
        try LoadBench.rules(arguments[1])
    default:
        print(
            """
            usage: sluice-bench decisions POLICIES DATA [CASE]
                   sluice-bench load DATA.JSON
                   sluice-bench rules FOLDER

            decisions  time and allocations of a decision, per case whose name begins with CASE;
                       folders of the policies and of what gen.py writes
            load       freezing base data, once
            rules      from source to plan, all *.rego of a folder
            """)
        exit(2)
    }
} catch {
    print("failed: \(error)")
    exit(1)
}
