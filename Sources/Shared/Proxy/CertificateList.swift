internal import Bytes
internal import IO

/// What `/certs` answers, in the members that Envoy's has; keys are nowhere in it.
struct CertificateList {
    private let certificates: [TLSCertificate]

    init(_ certificates: [TLSCertificate]) { self.certificates = certificates }

    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("certificates")
        writer.beginArray()
        for certificate in certificates {
            writer.beginObject()
            writer.key("ca_cert")
            writer.beginArray()
            writer.endArray()
            writer.key("cert_chain")
            writer.beginArray()
            write(certificate, to: &writer)
            writer.endArray()
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
    }

    private func write(_ certificate: TLSCertificate, to writer: inout JSONWriter) {
        let now = Int64(Clock.wallNanoseconds / 1_000_000_000)
        let days = max(0, (certificate.validUntil - now) / 86_400)
        writer.beginObject()
        member("subject", certificate.subject, &writer)
        member("serial_number", certificate.serialNumber, &writer)
        writer.key("subject_alt_names")
        writer.beginArray()
        for name in certificate.names {
            writer.beginObject()
            switch name {
            case .dns(let name): member("dns", name, &writer)
            case .address(let address): member("ip_address", address, &writer)
            case .uri(let uri): member("uri", uri, &writer)
            }
            writer.endObject()
        }
        writer.endArray()
        member("days_until_expiration", String(days), &writer)
        member("valid_from", RFC3339.text(fromSeconds: certificate.validFrom), &writer)
        member("expiration_time", RFC3339.text(fromSeconds: certificate.validUntil), &writer)
        writer.endObject()
    }

    private func member(_ name: StaticString, _ value: String, _ writer: inout JSONWriter) {
        writer.key(name)
        writer.string(value)
    }
}
