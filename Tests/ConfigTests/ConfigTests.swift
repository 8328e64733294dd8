internal import Testing

@testable internal import Config
