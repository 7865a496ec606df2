// The wolfSSL that we link is the one we mean: new enough, in assembly, with what we will ask of
// it.
#include <gtest/gtest.h>
#include <wolfssl/options.h>  // First, or the other headers describe another library.
#include <wolfssl/ssl.h>
#include <wolfssl/wolfcrypt/types.h>

#include <memory>

namespace {

static_assert(LIBWOLFSSL_VERSION_HEX >= 0x05007002, "older than 5.7.2, with its known holes");
#if defined(__x86_64__) && \
    !(defined(WOLFSSL_AESNI) && defined(USE_INTEL_SPEEDUP) && defined(WOLFSSL_SP_X86_64_ASM))
#error "wolfSSL without its assembly is 30 times slower at AES-GCM"
#endif
#if !defined(WOLFSSL_TLS13) || !defined(NO_OLD_TLS) || !defined(HAVE_SESSION_TICKET) ||          \
    !defined(HAVE_SNI) || !defined(HAVE_ALPN) || !defined(HAVE_CRL) || !defined(HAVE_ED25519) || \
    !defined(WOLFSSL_CERT_GEN) || !defined(WOLFSSL_KEY_GEN) || !defined(WOLFSSL_ALT_NAMES) ||    \
    !defined(WOLFSSL_ALWAYS_VERIFY_CB)
#error "a feature is missing that tools/setup-wolfssl asks for"
#endif
#ifdef SESSION_CERTS
#error "each session would hold two certificate chains: 37 KiB more"
#endif

using Context = std::unique_ptr<WOLFSSL_CTX, decltype(&wolfSSL_CTX_free)>;

TEST(WolfsslBuild, LibraryAndHeadersAreOfOneVersion) {
  EXPECT_EQ(wolfSSL_lib_version_hex(), static_cast<word32>(LIBWOLFSSL_VERSION_HEX));
}

TEST(WolfsslBuild, MakesAServerContextWithOurMinimumVersionAndVerifyMode) {
  ASSERT_EQ(wolfSSL_Init(), WOLFSSL_SUCCESS);
  {
    const Context context(wolfSSL_CTX_new(wolfTLS_server_method()), &wolfSSL_CTX_free);
    ASSERT_NE(context, nullptr);
    EXPECT_EQ(wolfSSL_CTX_SetMinVersion(context.get(), WOLFSSL_TLSV1_2), WOLFSSL_SUCCESS);
    const int mode = WOLFSSL_VERIFY_PEER | WOLFSSL_VERIFY_FAIL_IF_NO_PEER_CERT;
    wolfSSL_CTX_set_verify(context.get(), mode, nullptr);
    EXPECT_EQ(wolfSSL_CTX_get_min_proto_version(context.get()), TLS1_2_VERSION);
  }
  EXPECT_EQ(wolfSSL_Cleanup(), WOLFSSL_SUCCESS);
}

}  // namespace
