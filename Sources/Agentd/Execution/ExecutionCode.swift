/// How an execution ended, or why there was none, for programs: the `code` of responses, of the
/// audit log, and of what the HTTP API answers in place of a response. No name changes once it is
/// released.
enum ExecutionCode: String, CaseIterable, Sendable {
    // It ran.
    case ok = "OK"
    case error = "ERROR"
    case timeout = "TIMEOUT"
    case outputLimit = "OUTPUT_LIMIT"
    case limitsExceeded = "LIMITS_EXCEEDED"
    case cancelled = "CANCELLED"

    // The request is not one that can be run.
    case unknownCapability = "UNKNOWN_CAPABILITY"
    case unsupportedCapability = "UNSUPPORTED_CAPABILITY"
    case invalidParams = "INVALID_PARAMS"
    case idempotencyKeyReused = "IDEMPOTENCY_KEY_REUSED"

    // Somebody does not allow it.
    case policyDenied = "POLICY_DENIED"
    case writesNotAllowed = "WRITES_NOT_ALLOWED"
    case networkNotAllowed = "NETWORK_NOT_ALLOWED"

    // Its sandbox is not there, or not as it was asked for.
    case sandboxNotFound = "SANDBOX_NOT_FOUND"
    case sandboxNotFresh = "SANDBOX_NOT_FRESH"
    case sandboxSuspended = "SANDBOX_SUSPENDED"
    case profileMismatch = "PROFILE_MISMATCH"
    case backendUnavailable = "BACKEND_UNAVAILABLE"
    case sandboxInitFail = "SANDBOX_INIT_FAIL"
    case sandboxExecFailed = "SANDBOX_EXEC_FAILED"

    // The daemon cannot answer for it.
    case auditUnavailable = "AUDIT_UNAVAILABLE"
    case stateUnavailable = "STATE_UNAVAILABLE"
    case executionLost = "EXECUTION_LOST"

    // Files and databases.
    case fileError = "FILE_ERROR"
    case sqliteError = "SQLITE_ERROR"
    case queryNotAllowed = "QUERY_NOT_ALLOWED"

    // Fetches.
    case invalidURL = "INVALID_URL"
    case unsupportedScheme = "UNSUPPORTED_SCHEME"
    case urlDenied = "URL_DENIED"
    case networkUnavailable = "NETWORK_UNAVAILABLE"
    case rateLimited = "RATE_LIMITED"
    case credentialUnavailable = "CREDENTIAL_UNAVAILABLE"
    case connectionError = "CONNECTION_ERROR"
    case requestTimeout = "REQUEST_TIMEOUT"
    case requestError = "REQUEST_ERROR"
}
