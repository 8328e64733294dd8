internal import Testing

@testable internal import Policy
