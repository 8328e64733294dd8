internal import HTTP
internal import Protos
internal import SwiftProtobuf

/// gRPC's server reflection, v1 and v1alpha: which services there are, and their definitions.
public struct ReflectionService: Sendable {
    private typealias Request = Grpc_Reflection_V1_ServerReflectionRequest
    private typealias Response = Grpc_Reflection_V1_ServerReflectionResponse

    private let services: [String]
    private let files: DescriptorIndex

    /// - Parameter services: names such as `package.Service`.
    public init(services: [String]) {
        self.services = services.sorted()
        files = DescriptorIndex(DescriptorSet.bytes)
    }

    /// Both versions have the same messages on the wire.
    public var methods: [ServiceMethod] {
        ["v1", "v1alpha"].map { version in
            .dialogue(
                "/grpc.reflection.\(version).ServerReflection/ServerReflectionInfo"
            ) { (request: Grpc_Reflection_V1_ServerReflectionRequest, _) in
                answer(request)
            }
        }
    }

    private func answer(_ request: Request) -> Response {
        var response = Response()
        response.validHost = request.host
        response.originalRequest = request
        switch request.messageRequest {
        case .listServices:
            response.listServicesResponse.service = services.map { name in
                .with { $0.name = name }
            }
        case .fileByFilename(let name):
            set(&response, files.closure(ofFile: name), or: "no file is called \(name)")
        case .fileContainingSymbol(let symbol):
            set(&response, files.closure(ofSymbol: symbol), or: "nothing is called \(symbol)")
        case .allExtensionNumbersOfType(let type):
            // There are no extensions, which is an answer for types that there are.
            if files.closure(ofSymbol: type) != nil {
                response.allExtensionNumbersResponse.baseTypeName = type
            } else {
                fail(&response, .notFound, "nothing is called \(type)")
            }
        case .fileContainingExtension(let wanted):
            fail(&response, .notFound, "\(wanted.containingType) has no extensions")
        case nil: fail(&response, .invalidArgument, "the request asks for nothing")
        }
        return response
    }

    private func set(_ response: inout Response, _ files: [[UInt8]]?, or complaint: String) {
        guard let files else { return fail(&response, .notFound, complaint) }
        response.fileDescriptorResponse.fileDescriptorProto = files.map { .init($0) }
    }

    private func fail(_ response: inout Response, _ code: GRPCCode, _ message: String) {
        response.errorResponse.errorCode = Int32(code.rawValue)
        response.errorResponse.errorMessage = message
    }
}
