"""The decisions of `sluice-bench decisions` by other engines, beside its figures.

usage: peers.py POLICIES DATA FIGURES

FIGURES is what sluice-bench printed. Each engine decides warm, on one thread, with its fastest
interface: regorus as bytecode and by its interpreter, regopy (rego-cpp) from a built bundle. Input
and answer pass as JSON, so the figure to compare is the one with the input from JSON.
"""

import re
import sys
import time

import regopy
import regorus

SECONDS = 2.0


def median_ns(decide):
    """The median of rounds, in nanoseconds for one decision."""
    decide()
    start = time.perf_counter_ns()
    decide()
    once = max(time.perf_counter_ns() - start, 1)
    batch = max(1, min(1000, 1_000_000 // once))
    rounds = []
    begin = time.monotonic()
    while time.monotonic() - begin < SECONDS or len(rounds) < 3:
        start = time.perf_counter_ns()
        for _ in range(batch):
            decide()
        rounds.append((time.perf_counter_ns() - start) / batch)
    return sorted(rounds)[len(rounds) // 2]


def bytecode(policy, data, text, query):
    program = regorus.Program.compile_from_modules(data, [("policy.rego", policy)], [query])
    machine = regorus.Rvm()
    machine.load_program(program)
    machine.set_data_json(data)

    def decide():
        machine.set_input_json(text)
        return machine.execute()

    return decide


def interpreter(policy, data, text, query):
    engine = regorus.Engine()
    engine.add_policy("policy.rego", policy)
    engine.add_data_json(data)

    def decide():
        engine.set_input_json(text)
        return engine.eval_rule_as_json(query)

    return decide


def rego_cpp(policy, data, text, query):
    engine = regopy.Interpreter()
    engine.add_module("policy.rego", policy)
    engine.add_data_json(data)
    engine.set_input_term(text)
    bundle = engine.build(query)

    def decide():
        engine.set_input_term(text)
        return engine.query_bundle(bundle)

    return decide


ENGINES = [("regorus bytecode", bytecode), ("regorus", interpreter), ("regopy", rego_cpp)]


def cases(figures):
    """(name, entry, data file, input file, own nanoseconds) for each case that was measured."""
    pattern = re.compile(r"^(gateway (\w+) (\d+)|egress): .*input from JSON: p50 (\d+) ns")
    for line in figures:
        found = pattern.match(line)
        if not found:
            continue
        name, shape, count, own = found.groups()
        tail = f"{shape}_{count}" if shape else "egress"
        yield name, name.split()[0], f"data_{tail}.json", f"input_{tail}.json", int(own)


def main(policies, folder, figures):
    with open(figures) as lines:
        measured = list(cases(lines))
    for name, package, data_name, input_name, own in measured:
        with open(f"{policies}/{package}_core.rego") as source:
            policy = source.read()
        with open(f"{folder}/{data_name}") as source:
            data = source.read()
        with open(f"{folder}/{input_name}") as source:
            text = source.read()
        for label, make in ENGINES:
            # Reading the data of the largest cases takes some of them minutes, or all memory.
            if len(data) > 4_000_000:
                print(f"{name}: {label}: left out, data of {len(data) >> 20} MiB")
                continue
            try:
                took = median_ns(make(policy, data, text, f"data.{package}.decision"))
            except Exception as error:  # another engine's refusal is a result
                print(f"{name}: {label}: refused: {str(error).splitlines()[0][:80]}")
                continue
            print(f"{name}: {label} {took / 1000:.1f} us, {took / own:.1f} x sluice")


if __name__ == "__main__":
    main(*sys.argv[1:])
