internal import CCares
internal import CLinux
internal import Glibc

/// The questions to DNS servers that are under way, for one thread: c-ares without a thread of its
/// own. Servers and `/etc/hosts` are read again after every pause.
final class DNSQuestions {
    /// One name and one kind of address.
    struct Question: Equatable, Sendable {
        let host: String
        let family: NameRecord.Family
    }

    struct Answered {
        let question: Question
        let answer: AddressAnswer
    }

    /// What was answered and not taken yet.
    private(set) var answered: [Answered] = []

    private let options: ResolverOptions
    private var channel: ares_channel?
    private var openCount = 0

    /// Once for the process, before any other call.
    private static let isReady = ares_library_init(1) == ARES_SUCCESS
    private static let tries: CInt = 2

    /// Of one answer, as many as anybody needs; 500 records are no reason to compare 125,000 pairs.
    private static let addressesReadMax = 64

    init(_ options: ResolverOptions) { self.options = options }

    deinit { close() }

    func ask(_ question: Question) {
        if openCount == 0 { reopen() }
        guard let channel else {
            answered.append(Answered(question: question, answer: .failed(.serverFailed)))
            return
        }
        openCount += 1
        let pending = Unmanaged.passRetained(Pending(question, of: self))
        var hints = ares_addrinfo_hints()
        hints.ai_family = question.family == .ipv4 ? AF_INET : AF_INET6
        hints.ai_socktype = CLINUX_SOCK_STREAM
        hints.ai_flags = ARES_AI_NOSORT
        ares_getaddrinfo(channel, question.host, nil, &hints, { argument, status, _, result in
            guard let argument else { return }
            let pending = Unmanaged<Pending>.fromOpaque(argument).takeRetainedValue()
            // Then the owner is going, and nobody waits for the answer.
            if status != ARES_EDESTRUCTION {
                pending.owner.end(pending.question, status, result)
            }
            if let result { ares_freeaddrinfo(result) }
        }, pending.toOpaque())
    }

    func takeAnswered() -> [Answered] {
        defer { answered.removeAll() }
        return answered
    }

    /// Waits until a server says something, `wakeup` is readable, or the time is over; and does what
    /// that allows.
    func wait(milliseconds: CInt, wakeup: CInt) {
        var sockets = [ares_socket_t](repeating: -1, count: Int(ARES_GETSOCK_MAXNUM))
        var descriptors = [pollfd(fd: wakeup, events: Int16(POLLIN), revents: 0)]
        let bits = channel.map { ares_getsock($0, &sockets, CInt(sockets.count)) } ?? 0
        for (index, socket) in sockets.enumerated() {
            var events: CInt = 0
            if bits & 1 << CInt(index) != 0 { events |= POLLIN }
            if bits & 1 << CInt(index + sockets.count) != 0 { events |= POLLOUT }
            guard events != 0 else { continue }
            descriptors.append(pollfd(fd: socket, events: Int16(events), revents: 0))
        }
        _ = poll(&descriptors, nfds_t(descriptors.count), wait(atMost: milliseconds))
        guard let channel, openCount > 0 else { return }
        for descriptor in descriptors.dropFirst() where descriptor.revents != 0 {
            let canRead = CInt(descriptor.revents) & (POLLIN | POLLERR | POLLHUP) != 0
            let canWrite = CInt(descriptor.revents) & POLLOUT != 0
            ares_process_fd(
                channel, canRead ? descriptor.fd : -1, canWrite ? descriptor.fd : -1)
        }
        // Whose time is over is asked again, or answered.
        ares_process_fd(channel, -1, -1)
    }

    /// No longer than until a question's time is over.
    private func wait(atMost milliseconds: CInt) -> CInt {
        guard let channel, openCount > 0 else { return milliseconds }
        var most = timeval(
            tv_sec: Int(milliseconds) / 1000, tv_usec: Int(milliseconds) % 1000 * 1000)
        var next = timeval()
        guard let time = ares_timeout(channel, &most, &next)?.pointee else { return milliseconds }
        return CInt(min(Int(milliseconds), time.tv_sec * 1000 + (time.tv_usec + 999) / 1000))
    }

    // MARK: c-ares

    private func reopen() {
        close()
        guard Self.isReady else { return }
        var settings = ares_options()
        settings.timeout = CInt(
            clamping: max(1, options.timeoutNanoseconds / 1_000_000))
        settings.tries = Self.tries
        // No search domains: a service is named by its whole name.
        settings.ndomains = 0
        let mask = ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_DOMAINS | ARES_OPT_LOOKUPS
        var opened: ares_channel?
        // Files first, then DNS; c-ares copies the text.
        let status = (options.readsHostsFile ? "fb" : "b").withCString { lookups in
            settings.lookups = UnsafeMutablePointer(mutating: lookups)
            return ares_init_options(&opened, &settings, mask)
        }
        guard status == ARES_SUCCESS, let opened else { return }
        if !options.servers.isEmpty {
            let list = options.servers.map(\.description).joined(separator: ",")
            guard ares_set_servers_ports_csv(opened, list) == ARES_SUCCESS else {
                ares_destroy(opened)
                return
            }
        }
        channel = opened
    }

    private func close() {
        if let channel { ares_destroy(channel) }
        channel = nil
        openCount = 0
    }

    private func end(
        _ question: Question, _ status: CInt, _ result: UnsafeMutablePointer<ares_addrinfo>?
    ) {
        openCount -= 1
        answered.append(Answered(question: question, answer: Self.answer(status, result)))
    }

    private static func answer(
        _ status: CInt, _ result: UnsafeMutablePointer<ares_addrinfo>?
    ) -> AddressAnswer {
        switch status {
        case ARES_SUCCESS: return addresses(result)
        case ARES_ENODATA: return .none(.noAddress)
        case ARES_ENOTFOUND: return .none(.notFound)
        case ARES_ETIMEOUT: return .failed(.timeout)
        default: return .failed(.serverFailed)
        }
    }

    private static func addresses(
        _ result: UnsafeMutablePointer<ares_addrinfo>?
    ) -> AddressAnswer {
        var found: [SocketAddress] = []
        var seconds = Int.max
        var node = result?.pointee.nodes
        while let current = node?.pointee, found.count < addressesReadMax {
            if let source = current.ai_addr,
                let address = SocketAddress(copying: source, length: Int(current.ai_addrlen)),
                !found.contains(address)
            {
                found.append(address)
            }
            seconds = min(seconds, Int(current.ai_ttl))
            node = current.ai_next
        }
        return found.isEmpty
            ? .none(.noAddress) : .addresses(found, timeToLiveSeconds: seconds)
    }

    /// What c-ares keeps until it calls back, which it does once.
    private final class Pending {
        let question: Question
        // Ends every question when it goes, and is not told.
        unowned let owner: DNSQuestions

        init(_ question: Question, of owner: DNSQuestions) {
            self.question = question
            self.owner = owner
        }
    }
}
