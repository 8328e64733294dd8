internal import Testing

@testable internal import Identity
