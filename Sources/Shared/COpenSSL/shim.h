#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/ocsp.h>
#include <openssl/params.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

// SHA-256 in one call that touches no heap. OpenSSL 3 deprecates the low-level entry points in
// favour of EVP, whose one-shot fetches the algorithm and allocates a context on every call.
#include <openssl/sha.h>

#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wdeprecated-declarations"
static inline void copenssl_sha256(const void *bytes, size_t count, unsigned char *digest) {
    SHA256_CTX context;
    SHA256_Init(&context);
    SHA256_Update(&context, bytes, count);
    SHA256_Final(digest, &context);
    OPENSSL_cleanse(&context, sizeof context);
}

// What WebSocket's handshake proves understanding with; it protects nothing.
static inline void copenssl_sha1(const void *bytes, size_t count, unsigned char *digest) {
    SHA1(bytes, count, digest);
}

// The same in pieces: begin, add what there is, end.
static inline void copenssl_sha256_begin(SHA256_CTX *context) { SHA256_Init(context); }

static inline void copenssl_sha256_add(SHA256_CTX *context, const void *bytes, size_t count) {
    SHA256_Update(context, bytes, count);
}

static inline void copenssl_sha256_end(SHA256_CTX *context, unsigned char *digest) {
    SHA256_Final(digest, context);
}

// HMAC (RFC 2104) with SHA-256.
static inline void copenssl_hmac_sha256(const void *key, size_t key_count, const void *bytes,
                                        size_t count, unsigned char *code) {
    unsigned char block[64] = {0};
    if (key_count > sizeof block) {
        copenssl_sha256(key, key_count, block);
    } else {
        for (size_t at = 0; at < key_count; at++) block[at] = ((const unsigned char *)key)[at];
    }
    SHA256_CTX context;
    for (size_t at = 0; at < sizeof block; at++) block[at] ^= 0x36;
    SHA256_Init(&context);
    SHA256_Update(&context, block, sizeof block);
    SHA256_Update(&context, bytes, count);
    SHA256_Final(code, &context);
    for (size_t at = 0; at < sizeof block; at++) block[at] ^= 0x36 ^ 0x5C;
    SHA256_Init(&context);
    SHA256_Update(&context, block, sizeof block);
    SHA256_Update(&context, code, 32);
    SHA256_Final(code, &context);
    OPENSSL_cleanse(block, sizeof block);
    OPENSSL_cleanse(&context, sizeof context);
}
#pragma clang diagnostic pop

// What OpenSSL offers as macros, which Swift does not import.

static const unsigned long COPENSSL_RFC2253 = XN_FLAG_RFC2253;
static const uint64_t COPENSSL_NO_RENEGOTIATION = SSL_OP_NO_RENEGOTIATION;
static const uint64_t COPENSSL_NO_COMPRESSION = SSL_OP_NO_COMPRESSION;
static const uint64_t COPENSSL_SERVER_PREFERENCE = SSL_OP_CIPHER_SERVER_PREFERENCE;
static const uint64_t COPENSSL_PRIORITIZE_CHACHA = SSL_OP_PRIORITIZE_CHACHA;

static inline int copenssl_ctx_set_minimum(SSL_CTX *context, int version) {
    return SSL_CTX_set_min_proto_version(context, version) == 1;
}

static inline void copenssl_ctx_set_mode(SSL_CTX *context, long mode) {
    SSL_CTX_set_mode(context, mode);
}

static inline void copenssl_ctx_set_session_cache(SSL_CTX *context, long mode) {
    SSL_CTX_set_session_cache_mode(context, mode);
}

static inline int copenssl_ctx_set_groups(SSL_CTX *context, const char *groups) {
    return SSL_CTX_set1_groups_list(context, groups) == 1;
}

static inline int copenssl_set_server_name(SSL *session, const char *name) {
    return SSL_set_tlsext_host_name(session, name) == 1;
}

static inline int copenssl_session_index(void) {
    return SSL_get_ex_new_index(0, NULL, NULL, NULL, NULL);
}

static inline int copenssl_context_index(CRYPTO_EX_free *released) {
    return SSL_CTX_get_ex_new_index(0, NULL, NULL, NULL, released);
}

static inline void copenssl_ctx_on_server_name(
    SSL_CTX *context, int (*callback)(SSL *, int *, void *)) {
    SSL_CTX_set_tlsext_servername_callback(context, callback);
}

static inline void copenssl_ctx_on_ticket(
    SSL_CTX *context, int (*callback)(SSL *, unsigned char *, unsigned char *, EVP_CIPHER_CTX *,
                                      EVP_MAC_CTX *, int)) {
    SSL_CTX_set_tlsext_ticket_key_evp_cb(context, callback);
}

static inline void copenssl_ctx_on_status(SSL_CTX *context, int (*callback)(SSL *, void *)) {
    SSL_CTX_set_tlsext_status_cb(context, callback);
}

// The session frees the copy.
static inline int copenssl_set_status(SSL *session, const unsigned char *response, long count) {
    unsigned char *copy = OPENSSL_memdup(response, count);
    return copy != NULL && SSL_set_tlsext_status_ocsp_resp(session, copy, count) == 1;
}

static inline int copenssl_set_ticket_mac(EVP_MAC_CTX *mac, unsigned char *key, size_t count) {
    OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, key, count),
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, (char *)"SHA256", 0),
        OSSL_PARAM_construct_end(),
    };
    return EVP_MAC_CTX_set_params(mac, parameters) == 1;
}

static inline void copenssl_free_certificates(STACK_OF(X509) *certificates) {
    sk_X509_pop_free(certificates, X509_free);
}
