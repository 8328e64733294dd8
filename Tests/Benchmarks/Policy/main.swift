internal import Glibc

let arguments = Array(CommandLine.arguments.dropFirst())
do {
    switch arguments.first {
    case "decisions" where arguments.count >= 3:
        try DecisionBench(policies: arguments[1], data: arguments[2])
            .run(arguments.count > 3 ? arguments[3] : "")
    case "count" where arguments.count == 5:
        try DecisionBench(policies: arguments[1], data: arguments[2])
            .run(arguments[3], times: Int(arguments[4]) ?? 0)
    case "load" where arguments.count == 2:
        try LoadBench.data(arguments[1])
    case "rules" where arguments.count == 2:
        try LoadBench.rules(arguments[1])
    case "budgets":
        try BudgetBench.run(arguments.count > 1 ? arguments[1] : "")
    case "builtins" where arguments.count == 1:
        try BuiltinBench.run()
    default:
        print(
            """
            usage: sluice-bench decisions POLICIES DATA [CASE]
                   sluice-bench count POLICIES DATA CASE TIMES
                   sluice-bench load DATA.JSON
                   sluice-bench rules FOLDER
                   sluice-bench builtins
                   sluice-bench budgets [CASE]

            decisions  time and allocations of a decision, per case whose name begins with CASE;
                       folders of the policies and of what gen.py writes
            count      so many decisions and nothing else, for a profiler that counts
            load       freezing base data, once
            rules      from source to plan, all *.rego of a folder
            builtins   what one call of a builtin adds to a decision
            budgets    how long hostile policies go on when their budget is used up: 50 ms at most
            """)
        exit(2)
    }
} catch {
    print("failed: \(error)")
    exit(1)
}
