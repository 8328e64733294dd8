/// What AWS Signature Version 4 signs with.
public struct AWSSignatureDefinition: Sendable, Equatable {
    public var accessKeyID: SecretSource
    public var secretAccessKey: SecretSource
    /// Of temporary credentials.
    public var sessionToken: SecretSource?
    /// `eu-central-1`, for instance.
    public var region: String
    /// `s3`, `bedrock`, `dynamodb` …: what the service calls itself in signatures.
    public var service: String

    public init(
        accessKeyID: SecretSource, secretAccessKey: SecretSource,
        sessionToken: SecretSource? = nil, region: String, service: String
    ) {
        self.accessKeyID = accessKeyID
        self.secretAccessKey = secretAccessKey
        self.sessionToken = sessionToken
        self.region = region
        self.service = service
    }
}
