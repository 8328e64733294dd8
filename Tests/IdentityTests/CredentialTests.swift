internal import Testing

@testable internal import Identity

struct CredentialTests {
    @Test(arguments: [
        ([], [], Credential.absent),
        (["k"], [], .apiKey),
        ([""], [], .refused(.empty)),
        (["k", "k"], [], .refused(.duplicate)),
        (["bad", "k"], [], .refused(.duplicate)),
        ([], ["Bearer k"], .bearer(tokenOffset: 7)),
        ([], ["bEARER   k"], .bearer(tokenOffset: 9)),
        ([], ["Bearer"], .refused(.empty)),
        ([], ["Bearer  "], .refused(.empty)),
        ([], ["Bearerk"], .absent),
        ([], ["Bear"], .absent),
        ([], [""], .absent),
        ([], ["Basic eDp5"], .absent),
        (["k"], ["Basic eDp5"], .apiKey),
        (["k"], ["Bearer k"], .apiKey),
        (["k"], ["Bearer other"], .refused(.conflict)),
        (["k"], ["Bearer kk"], .refused(.conflict)),
        (["k"], ["Bearer "], .refused(.empty)),
        ([], ["Bearer k", "Bearer k"], .refused(.duplicate)),
        (["k"], ["Bearer k", "Basic x"], .refused(.duplicate)),
    ])
    func `one credential is chosen or the request is refused`(
        apiKeys: [String], authorizations: [String], expected: Credential
    ) {
        #expect(select(apiKeys, authorizations, bearerIsKey: true) == expected)
    }

    @Test(arguments: [
        ([], ["Bearer k"], Credential.absent),
        (["k"], ["Bearer other"], .apiKey),
        (["k"], ["Bearer a", "Bearer b"], .apiKey),
        (["k", "k"], [], .refused(.duplicate)),
    ])
    func `a bearer that may not be a key is not looked at`(
        apiKeys: [String], authorizations: [String], expected: Credential
    ) {
        #expect(select(apiKeys, authorizations, bearerIsKey: false) == expected)
    }

    private func select(
        _ apiKeys: [String], _ authorizations: [String], bearerIsKey: Bool
    ) -> Credential {
        let apiKey = Array((apiKeys.last ?? "").utf8)
        let authorization = Array((authorizations.last ?? "").utf8)
        return Credential.select(
            apiKey: Credential.Field(value: apiKey.span, count: apiKeys.count),
            authorization: Credential.Field(
                value: authorization.span, count: authorizations.count),
            bearerIsKey: bearerIsKey)
    }
}
