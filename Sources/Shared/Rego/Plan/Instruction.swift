/// What one instruction does. `a` is mostly the register written, `b`, `c` and `d` are read, and
/// `target` is where to go on when there is no value or a condition does not hold.
///
/// A read operand is a register when it is not negative, else constant `~operand`.
enum Opcode: UInt8 {
    // Values
    /// a ← b
    case move
    /// Goes to target when b is undefined.
    case requireDefined
    /// Goes to target when b is undefined or false.
    case requireTrue
    /// a ← the input document
    case input
    /// a ← input at path c ..< c + d
    case inputPath
    /// a ← the base documents as the scope has them
    case dataRoot
    /// a ← b at path c ..< c + d
    case path
    /// a ← b[c]: member, element, or the set's member itself
    case dot

    // Jumps
    case jump
    case jumpIfDefined
    case jumpIfUndefined
    /// Skips as many of the following jumps as object c has under key b; goes to target when it
    /// has no such key.
    case choose

    // Comparison: goes to target unless b ⋈ c
    case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual
    /// a ← whether b ⋈ c; d is the raw value of the comparison's opcode
    case compare
    /// Goes to target unless b is in c.
    case requireMember
    /// The same, with index d of c.
    case requireIndexedMember
    /// a ← whether b is in c
    case member
    /// Goes to target unless b: c is a member of d.
    case requirePair
    /// a ← whether b: c is a member of d
    case pair
    /// a ← b ⋈ c by `Arithmetic` d; goes to target when it is no matter of small integers
    case arithmetic

    // Loops: a is the iterator's register, a + 1 belongs to it too
    case iterate
    /// c ← next key, d ← next value of b; goes to target at the end
    case next
    /// Iterates over what index c has for key d, of collection b
    case iterateIndex
    case nextIndexed

    // Building
    case newArray, newSet, newObject, newTree
    /// Builder a takes b.
    case append, insert
    /// Builder a takes b: c.
    case setMember
    /// Tree builder a takes the value c under the path in array b; d is a `TreeEntryKind`.
    case addToTree
    /// a ← what builder b made
    case finishArray, finishSet, finishObject, finishTree
    /// a ← the d values from register b on
    case makeArray, makeSet
    /// a ← the d pairs from register b on
    case makeObject
    /// a ← an object with the keys of set c and values from register b on
    case makeShapedObject
    /// a ← base document b merged with virtual document c
    case mergeDocuments
    /// a ← object b less its member c
    case withoutMember

    // Patterns
    /// Goes to target unless b is an array of d elements.
    case requireArray
    /// Goes to target unless b is an object of d members.
    case requireObject
    /// Goes to target unless b is an array, an object or a set.
    case requireCollection

    // Calls
    /// a ← document of function b; d is this function's frame size
    case callRule
    /// a ← function b of the arguments from register c on; d as above
    case callFunction
    /// a ← builtin b of the d arguments from register c on
    case callBuiltin
    /// The same; goes to target when the result is false, too.
    case requireBuiltin
    case `return`
    /// Result a takes b; a different earlier value is a conflict. d is a `ConflictKind`.
    case setResult

    // Scopes of `with`
    /// a ← the scope
    case scope
    /// a ← a copy of the scope, with nothing remembered
    case copyScope
    /// a ← a copy of the scope without function mocks
    case scopeWithoutMocks
    case enterScope
    /// Scope a gets b at path c ..< c + d of its input.
    case overrideInput
    /// Scope a gets b at path c ..< c + d of its data, where documents are replaced by slot.
    case overrideData
    /// Scope a replaces document slot c.
    case markOverridden
    /// Scope a replaces function slot c by value b.
    case mockByValue
    /// Scope a replaces function slot c by candidate d.
    case mockByFunction
    /// Goes to target when override slot c is set.
    case jumpIfOverridden
    /// a ← the value that mocks slot c; goes to target when there is one.
    case mockedValue
    /// Goes to target unless slot c is mocked by candidate d.
    case jumpUnlessMocked

    /// Tells the tracer: `TraceOperation` a of b, c and d; goes to target when it says so. Only in
    /// programs that are planned for tracing.
    case trace
}

/// One step of the machine: fixed size, no references.
struct Instruction: BitwiseCopyable {
    var opcode: Opcode
    var a: Int32 = 0
    var b: Int32 = 0
    var c: Int32 = 0
    var d: Int32 = 0
    /// A label while a function is planned, then a position in the program's code.
    var target: Int32 = -1
}

/// The operators that the machine computes itself on small integers.
enum Arithmetic: Int32 {
    case plus, minus, times
}

/// Whose conflict it is when there are two different results.
enum ConflictKind: Int32 {
    case completeRule, function
}

/// What is added to a tree of documents.
enum TreeEntryKind: Int32 {
    /// A value that nothing else may define differently.
    case value
    /// A member of the set at the path.
    case member
    /// A document of rules further down, which merges with its neighbours.
    case document
}
