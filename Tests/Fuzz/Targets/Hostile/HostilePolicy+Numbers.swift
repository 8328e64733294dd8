/// Numbers with many digits, far exponents and long ranges.
extension HostilePolicy {
    static let numbers: [HostilePolicy] = [
        HostilePolicy("numbers: range", ##"count(numbers.range(1, 1000000000000))"##),
        HostilePolicy(
            "numbers: range down",
            ##"count(numbers.range(1000000000000, -1000000000000))"##),
        HostilePolicy(
            "numbers: range_step",
            ##"count(numbers.range_step(0, 1000000000000000, 1))"##),
        HostilePolicy(
            "numbers: range of large",
            ##"count(numbers.range(input.big, input.big + 1))"##),
        HostilePolicy(
            "numbers: range in a loop",
            ##"count([1 | some i in list; numbers.range(1, 100000)])"##),
        HostilePolicy("numbers: squared", ##"s40 > 0"##),
        HostilePolicy("numbers: squared text", ##"count(sprintf("%d", [s20]))"##),
        HostilePolicy("numbers: squared answer", ##"s18"##),
        HostilePolicy("numbers: product", ##"product([s14 | some _ in few])"##),
        HostilePolicy("numbers: sum of large", ##"sum([s16 | some _ in list])"##),
        HostilePolicy("numbers: shift", ##"bits.lsh(1, 1000000000)"##),
        HostilePolicy("numbers: shift far", ##"bits.lsh(1, 1000000000000000)"##),
        HostilePolicy("numbers: shift shifted", ##"bits.lsh(bits.lsh(1, 10000000), 10000000)"##),
        HostilePolicy("numbers: shifts", ##"count([bits.lsh(1, 100000) | some _ in list])"##),
        HostilePolicy("numbers: bits", ##"bits.or(s18, s17)"##),
        HostilePolicy("numbers: negate", ##"bits.negate(s18)"##),
        HostilePolicy("numbers: huge exponent", ##"input.big + 1"##),
        HostilePolicy("numbers: huge exponents compared", ##"input.big > input.big - 1"##),
        HostilePolicy("numbers: huge exponent text", ##"sprintf("%d", [input.big])"##),
        HostilePolicy("numbers: huge exponent float", ##"sprintf("%f", [input.big])"##),
        HostilePolicy("numbers: huge round", ##"round(input.big)"##),
        HostilePolicy("numbers: huge floor", ##"floor(input.big)"##),
        HostilePolicy("numbers: huge rem", ##"rem(input.big, 7)"##),
        HostilePolicy("numbers: huge modulo", ##"input.big % 7"##),
        HostilePolicy("numbers: huge times", ##"input.big * input.big"##),
        HostilePolicy("numbers: huge divided", ##"1 / input.big"##),
        HostilePolicy("numbers: huge format_int", ##"format_int(input.big, 2)"##),
        HostilePolicy("numbers: huge shift", ##"bits.lsh(input.big, 1)"##),
        HostilePolicy("numbers: huge equals", ##"input.big == to_number("1e1000000000")"##),
        HostilePolicy("numbers: huge in set", ##"count({input.big, to_number("1e999999998")})"##),
        HostilePolicy("numbers: huge to_number", ##"to_number("1e999999999") - 1"##),
        HostilePolicy("numbers: huge negative exponent", ##"to_number("1e-999999999") + 1"##),
        HostilePolicy("numbers: huge abs", ##"abs(0 - input.big)"##),
        HostilePolicy("numbers: digits", ##"to_number(digits) > 1"##),
        HostilePolicy("numbers: digits times", ##"to_number(digits) * to_number(digits)"##),
        HostilePolicy("numbers: digits divided", ##"to_number(digits) / 7"##),
        HostilePolicy("numbers: digits rem", ##"rem(to_number(digits), 7)"##),
        HostilePolicy(
            "numbers: digits in a loop",
            ##"count([1 | some i in list; to_number(digits)])"##),
        HostilePolicy("numbers: json digits", ##"json.unmarshal(digits)"##),
        HostilePolicy(
            "numbers: json digits compared",
            ##"json.unmarshal(digits) == json.unmarshal(digits)"##),
        HostilePolicy("numbers: digits text", ##"count(sprintf("%d", [to_number(digits)]))"##),
        HostilePolicy(
            "numbers: time add",
            ##"time.add_date(1, 1000000000000, 1000000000000, 1000000000000)"##),
        HostilePolicy(
            "numbers: time diff",
            ##"time.diff([9223372036854775807, "UTC"], [0 - 9223372036854775807, "UTC"])"##),
        HostilePolicy("numbers: time weekday", ##"time.weekday(9223372036854775807)"##),
        HostilePolicy(
            "numbers: rand",
            ##"count([1 | some i in list; rand.intn(sprintf("%d", [i]), 1000000)])"##),
    ]
}
