internal import Testing

@testable internal import Bytes
