internal import CSandbox

/// Where making a sandbox or starting a command failed, in words.
enum CommandStage {
    static func name(_ stage: UInt32) -> String {
        switch csandbox_stage(rawValue: stage) {
        case CSANDBOX_STAGE_MESSAGE: "the request"
        case CSANDBOX_STAGE_IDENTITY: "user and group"
        case CSANDBOX_STAGE_NAMESPACES: "namespaces"
        case CSANDBOX_STAGE_NETWORK: "network"
        case CSANDBOX_STAGE_VIEW: "view of files"
        case CSANDBOX_STAGE_CELL: "confinement"
        case CSANDBOX_STAGE_LIMITS: "limits"
        case CSANDBOX_STAGE_DIRECTORY: "working directory"
        case CSANDBOX_STAGE_EXECUTE: "program"
        case CSANDBOX_STAGE_FILE: "file"
        case CSANDBOX_STAGE_READ_ONLY: "read-only view"
        default: "unknown"
        }
    }
}
