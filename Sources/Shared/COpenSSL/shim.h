#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
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
