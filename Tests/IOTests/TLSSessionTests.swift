import IO
import Peers
import Testing

/// Two sessions whose bytes the test carries.
struct TLSSessionTests {
    let authority: TestAuthority

    init() throws { authority = try TestAuthority() }
}
