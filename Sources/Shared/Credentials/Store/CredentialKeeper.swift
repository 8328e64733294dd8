/// One credential on the control thread: its sources, its token if it is minted, and what workers
/// get to see.
struct CredentialKeeper {
    let plan: CredentialPlan
    private var sources: [SourceKeeper]
    private var secrets: [Secret] = []
    private var schedule = RefreshSchedule()
    private(set) var state: Result<CredentialMaterial, CredentialFault> = .failure(.pending)
    private(set) var detail = "not read yet"

    init(_ plan: CredentialPlan) {
        self.plan = plan
        let scheme = plan.definition.scheme
        let shape: SecretText.Shape
        if case .gitHubApp = scheme { shape = .document } else { shape = .line }
        sources = scheme.sources.map { SourceKeeper($0, shape) }
        guard let fault = plan.definition.fault else { return }
        sources = []
        state = .failure(.misconfigured)
        detail = fault
    }

    private var scheme: CredentialScheme { plan.definition.scheme }

    var status: CredentialStatus {
        var fault: CredentialFault?
        var expires: UInt64?
        switch state {
        case .success(let material):
            expires = material.expires == RefreshSchedule.never ? nil : material.expires
        case .failure(let found): fault = found
        }
        return CredentialStatus(
            name: plan.definition.name, fault: fault, detail: detail, expires: expires)
    }

    /// Monotonic nanoseconds of the next round that can change something.
    var due: UInt64 {
        guard !sources.isEmpty else { return RefreshSchedule.never }
        var due = sources.map(\.due).min() ?? RefreshSchedule.never
        if scheme.isMinted { due = min(due, schedule.due) }
        if case .success(let material) = state { due = min(due, material.expires) }
        return due
    }

    /// Everything is read and asked for again in the next round.
    mutating func hurry() {
        for index in sources.indices { sources[index].hurry() }
        schedule.hurry()
    }

    /// Whether the state or its explanation changed.
    mutating func refresh(_ context: RefreshContext) -> Bool {
        guard !sources.isEmpty else { return false }
        var changed = false
        for index in sources.indices where sources[index].refresh(context) { changed = true }
        let before = status
        let found = sources.map(\.value)
        if scheme.isMinted {
            if changed { schedule.hurry() }
            mint(from: found, context)
        } else if changed || needsNewKeys(context.now) {
            adopt(found, context)
        }
        expire(context.now)
        return changed || status != before
    }

    /// A snapshot whose keys are of yesterday is to be replaced.
    private func needsNewKeys(_ now: CredentialTime) -> Bool {
        guard case .success(let material) = state, case .signature(let keys) = material.placement
        else { return false }
        return !keys.isCurrent(wallSeconds: now.wallSeconds)
    }

    private mutating func expire(_ now: CredentialTime) {
        guard case .success(let material) = state,
            material.expires <= now.monotonicNanoseconds
        else { return }
        state = .failure(.expired)
    }

    private mutating func adopt(
        _ found: [Result<Secret, SecretFailure>], _ context: RefreshContext
    ) {
        var fresh: [Secret] = []
        for value in found {
            switch value {
            case .success(let secret): fresh.append(secret)
            case .failure(let failure): return fail(failure)
            }
        }
        let expires = sources.map(\.expires).min() ?? RefreshSchedule.never
        build(fresh, expires: expires, context.now)
    }

    private mutating func mint(
        from found: [Result<Secret, SecretFailure>], _ context: RefreshContext
    ) {
        guard context.mayWait, schedule.due <= context.now.monotonicNanoseconds else { return }
        do throws(SecretFailure) {
            let token = try token(try found.map { value throws(SecretFailure) in
                try value.get()
            }, context)
            let lifetime = token.lifetimeSeconds ?? RefreshSchedule.assumedLifetimeSeconds
            schedule.succeeded(
                lifetimeSeconds: lifetime, now: context.now, jitter: context.jitter)
            build([token.secret], expires: schedule.expires, context.now)
        } catch {
            schedule.failed(now: context.now, jitter: context.jitter)
            if case .success = state, context.now.monotonicNanoseconds < schedule.expires {
                // The token that is there serves until it ends.
                detail = "not renewed: \(error.detail)"
            } else {
                fail(error)
            }
        }
    }

    private func token(
        _ secrets: [Secret], _ context: RefreshContext
    ) throws(SecretFailure) -> MintedToken {
        switch scheme {
        case .oauth2ClientCredentials(let definition):
            try OAuth2Minter(definition: definition, server: context.server).mint(
                clientID: secrets[0], clientSecret: secrets[1])
        case .gitHubApp(let definition):
            try GitHubMinter(definition: definition, server: context.server).mint(
                privateKey: secrets[0], now: context.now)
        case .bearer, .header, .basic, .query, .awsSignatureV4:
            throw SecretFailure(fault: .misconfigured, detail: "no server is asked for it")
        }
    }

    private mutating func build(_ fresh: [Secret], expires: UInt64, _ now: CredentialTime) {
        let builder = MaterialBuilder(
            scheme: scheme, retired: secrets, expires: expires, wallSeconds: now.wallSeconds)
        do throws(CredentialFault) {
            state = .success(try builder.build(fresh))
            secrets = builder.injected(fresh)
            detail = scheme.sources.map(\.description).joined(separator: ", ")
        } catch {
            fail(SecretFailure(fault: error, detail: "as it was found"))
        }
    }

    private mutating func fail(_ failure: SecretFailure) {
        state = .failure(failure.fault)
        detail = failure.detail
    }
}
