internal import Testing

@testable internal import Gateway
