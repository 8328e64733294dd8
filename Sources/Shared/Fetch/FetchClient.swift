internal import CCurl
internal import Glibc

/// A blocking HTTP client for threads that may wait: token servers, and what else the control side
/// asks. Certificates are verified, redirects are answers like any other, no proxy is asked but one
/// that the caller names.
///
/// It never runs on a worker.
public struct FetchClient: Sendable {
    public var options: FetchOptions

    // libcurl wants this once, before all else; a `let` is initialised once.
    private static let isReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

    public init(_ options: FetchOptions = FetchOptions()) { self.options = options }

    /// Sends the request and waits for all of its response, whatever its status.
    public func send(_ request: FetchRequest) throws(FetchError) -> FetchResponse {
        try send(request, FetchReceiver(contentBytesMax: options.contentBytesMax)) { _ in }
    }

    /// Sends the request to a proxy at a Unix socket of this machine, and waits for its response.
    /// Content beyond `contentBytesMax` is cut off.
    ///
    /// - Parameters:
    ///   - name: of the socket, an abstract one (unix(7)).
    ///   - goesOn: asked about once a second; false gives the request up.
    ///   - output: gets the content as it comes, which then is not in the response; false ends it
    ///     there. The memory is valid only within the call.
    public func send(
        _ request: FetchRequest, toProxyAt name: String, goesOn: @escaping () -> Bool,
        output: ((UnsafeRawBufferPointer) -> Bool)? = nil
    ) throws(FetchError) -> FetchResponse {
        let receiver = FetchReceiver(
            contentBytesMax: options.contentBytesMax, cutsContent: true, goesOn: goesOn,
            output: output)
        return try send(request, receiver) { handle in
            ccurl_set_text(handle, CURLOPT_ABSTRACT_UNIX_SOCKET, name)
            // As proxies are asked (RFC 9112 §3.2.2), and as it was written.
            ccurl_set_text(handle, CURLOPT_REQUEST_TARGET, request.url)
            let context = Unmanaged.passUnretained(receiver).toOpaque()
            ccurl_set_watcher(
                handle,
                { context, _, _, _, _ in
                    guard let context else { return 1 }
                    let receiver = Unmanaged<FetchReceiver>.fromOpaque(context)
                    return receiver.takeUnretainedValue().goesOn() ? 0 : 1
                }, context)
        }
    }

    private func send(
        _ request: FetchRequest, _ receiver: FetchReceiver,
        _ prepare: (UnsafeMutableRawPointer) -> Void
    ) throws(FetchError) -> FetchResponse {
        guard Self.isReady, let handle = curl_easy_init() else { throw .outOfMemory }
        defer { curl_easy_cleanup(handle) }
        let fields = try fieldList(request)
        defer { ccurl_wipe_list(fields) }
        return try withExtendedLifetime(receiver) { () throws(FetchError) in
            configure(handle)
            prepare(handle)
            ccurl_set_list(handle, CURLOPT_HTTPHEADER, fields)
            attach(receiver, to: handle)
            let code = try perform(request, handle)
            guard code == CURLE_OK || receiver.isCut else { throw failure(code, receiver) }
            return FetchResponse(
                status: ccurl_status(handle), fields: receiver.fields,
                content: receiver.content, contentBytes: receiver.contentBytes,
                isCut: receiver.isCut)
        }
    }

    private func configure(_ handle: UnsafeMutableRawPointer) {
        ccurl_set_long(handle, CURLOPT_NOSIGNAL, 1)
        ccurl_set_long(handle, CURLOPT_FOLLOWLOCATION, 0)
        ccurl_set_long(handle, CURLOPT_SSL_VERIFYPEER, 1)
        ccurl_set_long(handle, CURLOPT_SSL_VERIFYHOST, 2)
        ccurl_set_long(handle, CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        ccurl_set_long(handle, CURLOPT_TIMEOUT_MS, options.timeoutMilliseconds)
        ccurl_set_long(handle, CURLOPT_CONNECTTIMEOUT_MS, options.connectTimeoutMilliseconds)
        let protocols = options.allowsPlaintext ? "http,https" : "https"
        ccurl_set_text(handle, CURLOPT_PROTOCOLS_STR, protocols)
        ccurl_set_text(handle, CURLOPT_PROXY, "")
        ccurl_set_text(handle, CURLOPT_USERAGENT, options.userAgent)
        if let path = options.certificatesPath { ccurl_set_text(handle, CURLOPT_CAINFO, path) }
    }

    private func attach(_ receiver: FetchReceiver, to handle: UnsafeMutableRawPointer) {
        let context = Unmanaged.passUnretained(receiver).toOpaque()
        ccurl_set_pointer(handle, CURLOPT_WRITEDATA, context)
        ccurl_set_pointer(handle, CURLOPT_HEADERDATA, context)
        ccurl_set_receiver(handle, CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
            guard let context else { return 0 }
            let receiver = Unmanaged<FetchReceiver>.fromOpaque(context).takeUnretainedValue()
            let piece = UnsafeRawBufferPointer(start: bytes, count: size * count)
            return receiver.receive(content: piece) ? piece.count : 0
        }
        ccurl_set_receiver(handle, CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
            guard let context else { return 0 }
            let receiver = Unmanaged<FetchReceiver>.fromOpaque(context).takeUnretainedValue()
            let line = UnsafeRawBufferPointer(start: bytes, count: size * count)
            return receiver.receive(line: line) ? line.count : 0
        }
    }

    private func perform(
        _ request: FetchRequest, _ handle: UnsafeMutableRawPointer
    ) throws(FetchError) -> CURLcode {
        guard request.url.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else {
            throw .badRequest("the URL has a blank or control byte in it")
        }
        ccurl_set_text(handle, CURLOPT_URL, request.url)
        ccurl_set_text(handle, CURLOPT_CUSTOMREQUEST, request.method)
        if request.method == "HEAD" { ccurl_set_long(handle, CURLOPT_NOBODY, 1) }
        guard !request.content.isEmpty || request.method == "POST" else {
            return curl_easy_perform(handle)
        }
        // libcurl does not copy the content: it stays where it is until the answer is there.
        return request.content.withUnsafeBytes { bytes in
            ccurl_set_long(handle, CURLOPT_POSTFIELDSIZE, bytes.count)
            ccurl_set_content(handle, bytes.baseAddress)
            return curl_easy_perform(handle)
        }
    }

    private func fieldList(
        _ request: FetchRequest
    ) throws(FetchError) -> UnsafeMutablePointer<curl_slist>? {
        // Content goes out at once: no server is asked for a 100 first.
        var list = curl_slist_append(nil, "Expect:")
        do throws(FetchError) {
            for field in request.fields {
                list = try Self.append(field.name, Array(field.value.utf8), to: list)
            }
            if !request.authorization.isEmpty {
                list = try Self.append("authorization", request.authorization, to: list)
            }
        } catch {
            ccurl_wipe_list(list)
            throw error
        }
        return list
    }

    private static func append(
        _ name: String, _ value: [UInt8], to list: UnsafeMutablePointer<curl_slist>?
    ) throws(FetchError) -> UnsafeMutablePointer<curl_slist>? {
        var line: [UInt8] = []
        line.reserveCapacity(name.utf8.count + value.count + 3)
        line += name.utf8
        line += [UInt8(ascii: ":"), UInt8(ascii: " ")]
        line += value
        guard !line.contains(where: { $0 < 0x20 || $0 == 0x7F }) else {
            throw .badRequest("field \(name) has a control byte in it")
        }
        line.append(0)
        return line.withUnsafeMutableBytes { bytes in
            defer { FetchRequest.wipe(bytes) }
            return curl_slist_append(list, bytes.assumingMemoryBound(to: CChar.self).baseAddress)
        }
    }

    private func failure(_ code: CURLcode, _ receiver: FetchReceiver) -> FetchError {
        if receiver.isTooLarge { return .tooLarge(limit: options.contentBytesMax) }
        let text = String(cString: curl_easy_strerror(code))
        switch code {
        case CURLE_OPERATION_TIMEDOUT: return .timeout
        case CURLE_URL_MALFORMAT, CURLE_UNSUPPORTED_PROTOCOL: return .badRequest(text)
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE: return .certificate(text)
        case CURLE_OUT_OF_MEMORY: return .outOfMemory
        case CURLE_ABORTED_BY_CALLBACK: return .givenUp
        default: return .failed(text)
        }
    }
}
