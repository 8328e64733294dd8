import Protos
import SwiftProtobuf
import Testing

@testable import GRPC

struct MessagePrinterTests {
    private func json(_ message: some Message) throws -> String {
        let bytes: [UInt8] = try message.serializedBytes()
        let json = MessagePrinter.print(bytes, type: type(of: message).protoMessageName)
        return String(decoding: try #require(json), as: UTF8.self)
    }

    @Test func `fields with their default are there, messages and choices only when they are set`()
        throws
    {
        #expect(
            try json(Agentd_V1_ReadFileResponse())
                == "{\"success\":false,\"content\":\"\",\"error\":\"\",\"size_bytes\":\"0\","
                + "\"truncated\":false}")
        #expect(try json(Agentd_V1_ExecuteOutput()) == "{}")
        #expect(try json(Agentd_V1_ListSandboxesResponse()) == "{\"sandboxes\":[]}")
        #expect(
            try json(Agentd_V1_HealthResponse())
                == "{\"healthy\":false,\"status\":\"\",\"details\":{}}")
    }

    @Test func `every kind of value is written`() throws {
        var response = Agentd_V1_ExecuteResponse()
        response.requestID = "a\"\u{1}é"
        response.status = .denied
        response.result.exitCode = -1
        response.result.stdoutBytes = .init([0xFF, 0])
        response.result.resourceUsage.cpuTimeMs = .max
        let text = try json(response)
        #expect(text.contains("\"request_id\":\"a\\\"\\u0001é\""))
        #expect(text.contains("\"status\":\"EXECUTION_STATUS_DENIED\""))
        #expect(text.contains("\"exit_code\":-1"))
        #expect(text.contains("\"stdout_bytes\":\"/wA=\""))
        #expect(text.contains("\"cpu_time_ms\":\"18446744073709551615\""))
        #expect(!text.contains("\"sandbox_info\""))

        var progress = Agentd_V1_Progress()
        let numbers: [(Float, String)] = [
            (0, "0.0"), (12.5, "12.5"), (.nan, "\"NaN\""), (-.infinity, "\"-Infinity\""),
        ]
        for (number, written) in numbers {
            progress.percent = number
            #expect(try json(progress) == "{\"percent\":\(written),\"message\":\"\"}")
        }
    }

    @Test func `what is written is read back as the same message`() throws {
        var response = Agentd_V1_HealthResponse()
        response.healthy = true
        response.details = ["reason": "none"]
        #expect(try Agentd_V1_HealthResponse(jsonString: try json(response)) == response)
        var request = Agentd_V1_CreateSandboxRequest()
        request.allowedPathsRo = ["/usr", "/lib"]
        request.limits.maxProcesses = 7
        request.limits.maxMemoryBytes = 1 << 40
        request.labels = ["a": "b", "c": ""]
        #expect(try Agentd_V1_CreateSandboxRequest(jsonString: try json(request)) == request)
    }

    @Test func `bytes that are no message are no reason to stop`() {
        for bytes in [[0xFF], [0x0A, 0xFF], [0x08], [0x0B, 0x01], [0x3A, 0x02, 0x0A, 0x7F]]
            as [[UInt8]]
        {
            #expect(MessagePrinter.print(bytes, type: "agentd.v1.ExecuteResponse") != nil)
        }
        #expect(MessagePrinter.print([], type: "google.protobuf.StringValue") == nil)
        #expect(MessagePrinter.print([], type: "no.Such") == nil)
    }
}
