internal import Testing

@testable internal import Rego
