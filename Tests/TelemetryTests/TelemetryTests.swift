internal import Testing

@testable internal import Telemetry
