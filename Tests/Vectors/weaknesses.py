#!/usr/bin/env python3
"""Looks for weaknesses of a TLS server with sslyze. usage: weaknesses.py HOST:PORT

Judges what Mozilla's intermediate configuration asks for, but for what a certificate for tests cannot
have: a public authority. Prints one line a check; exits 1 when one of them failed.
"""
import sys

from sslyze import (Scanner, ScanCommand, ScanCommandAttemptStatusEnum,
                    ServerNetworkConfiguration, ServerNetworkLocation, ServerScanRequest)

BROKEN = (ScanCommand.SSL_2_0_CIPHER_SUITES, ScanCommand.SSL_3_0_CIPHER_SUITES,
          ScanCommand.TLS_1_0_CIPHER_SUITES, ScanCommand.TLS_1_1_CIPHER_SUITES)
SPOKEN = (ScanCommand.TLS_1_2_CIPHER_SUITES, ScanCommand.TLS_1_3_CIPHER_SUITES)
OTHER = (ScanCommand.TLS_COMPRESSION, ScanCommand.TLS_1_3_EARLY_DATA, ScanCommand.HEARTBLEED,
         ScanCommand.ROBOT, ScanCommand.OPENSSL_CCS_INJECTION, ScanCommand.TLS_FALLBACK_SCSV,
         ScanCommand.SESSION_RENEGOTIATION, ScanCommand.ELLIPTIC_CURVES)
FORWARD_SECRET = ("TLS_ECDHE_", "TLS_AES_", "TLS_CHACHA20_")
STRONG_CURVES = {"X25519", "prime256v1", "secp256r1", "secp384r1"}


def checks(result):
    def found(command):
        attempt = getattr(result, command.value)
        if attempt.status != ScanCommandAttemptStatusEnum.COMPLETED:
            sys.exit(f"{command.value}: {attempt.error_reason} {attempt.error_trace}")
        return attempt.result

    for command in BROKEN:
        name = found(command).tls_version_used.name
        yield f"no {name}", not found(command).accepted_cipher_suites
    for command in SPOKEN:
        suites = [suite.cipher_suite for suite in found(command).accepted_cipher_suites]
        name = found(command).tls_version_used.name
        yield f"{name} is spoken", bool(suites)
        weak = [suite.name for suite in suites
                if not suite.name.startswith(FORWARD_SECRET) or "CBC" in suite.name
                or suite.key_size < 128]
        yield f"{name}: forward secrecy and authenticated encryption alone {weak}", not weak
    yield "no compression", not found(ScanCommand.TLS_COMPRESSION).supports_compression
    yield "no early data", not found(ScanCommand.TLS_1_3_EARLY_DATA).supports_early_data
    yield "no Heartbleed", not found(ScanCommand.HEARTBLEED).is_vulnerable_to_heartbleed
    yield "no ROBOT", "NOT_VULNERABLE" in found(ScanCommand.ROBOT).robot_result.name
    yield ("no CCS injection",
           not found(ScanCommand.OPENSSL_CCS_INJECTION).is_vulnerable_to_ccs_injection)
    yield "fallbacks are noticed", found(ScanCommand.TLS_FALLBACK_SCSV).supports_fallback_scsv
    renegotiation = found(ScanCommand.SESSION_RENEGOTIATION)
    yield "renegotiation is secure", renegotiation.supports_secure_renegotiation
    yield ("clients cannot renegotiate",
           not renegotiation.is_vulnerable_to_client_renegotiation_dos)
    curves = {curve.name for curve in found(ScanCommand.ELLIPTIC_CURVES).supported_curves}
    yield f"strong curves alone {sorted(curves)}", curves and not curves - STRONG_CURVES


def main():
    host, _, port = sys.argv[1].rpartition(":")
    request = ServerScanRequest(
        server_location=ServerNetworkLocation("localhost", int(port), ip_address=host),
        network_configuration=ServerNetworkConfiguration("localhost"),
        scan_commands=set(BROKEN + SPOKEN + OTHER))
    scanner = Scanner()
    scanner.queue_scans([request])
    counts = {True: 0, False: 0}
    for server in scanner.get_results():
        if server.scan_result is None:
            sys.exit(f"no scan: {server.connectivity_error_trace}")
        for what, is_right in checks(server.scan_result):
            counts[bool(is_right)] += 1
            print("PASS" if is_right else "FAIL", what)
    print(f"{counts[True]} passed, {counts[False]} failed")
    sys.exit(1 if counts[False] or not counts[True] else 0)


main()
