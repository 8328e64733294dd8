internal import Bytes

/// A credential as the configuration describes it: where it comes from, and how it is presented.
public struct CredentialDefinition: Sendable, Equatable {
    /// A header field whose value is no secret.
    public struct Field: Sendable, Equatable {
        public var name: String
        public var value: String

        public init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    /// What services call it by; it may appear in logs.
    public var name: String
    public var scheme: CredentialScheme
    /// Sent along with the credential, each unless the client sent a field of that name itself:
    /// `anthropic-version`, for instance.
    public var extraFields: [Field]

    public init(name: String, scheme: CredentialScheme, extraFields: [Field] = []) {
        self.name = name
        self.scheme = scheme
        self.extraFields = extraFields
    }

    /// What makes it unusable whatever its sources hold; nil when nothing does.
    public var fault: String? {
        for field in extraFields {
            guard FieldText.isName(field.name.utf8) else { return "\(field.name) is no field name" }
            guard !field.value.isEmpty, FieldText.isContent(field.value.utf8) else {
                return "\(field.name) has a bad value"
            }
        }
        return scheme.fault
    }
}
