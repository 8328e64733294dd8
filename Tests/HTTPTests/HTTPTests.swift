internal import Testing

@testable internal import HTTP
