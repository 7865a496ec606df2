#include "tests/net/tls/tls_client.h"

#include <wolfssl/error-ssl.h>
#include <wolfssl/ssl.h>

#include <algorithm>
#include <cstring>

#include "core/base/check.h"

namespace signet {
namespace {

int ReceiveBytes(WOLFSSL*, char* buffer, int size, void* user) {
  return static_cast<TlsClient*>(user)->Read(buffer, size);
}

int SendBytes(WOLFSSL*, char* buffer, int size, void* user) {
  return static_cast<TlsClient*>(user)->Append(buffer, size);
}

void SetUp(const TlsClientOptions& options, WOLFSSL_CTX* context) {
  const bool only_12 = options.max_version == TlsVersion::k12;
  CHECK(wolfSSL_CTX_SetMinVersion(
            context, options.min_version == TlsVersion::k13 ? WOLFSSL_TLSV1_3 : WOLFSSL_TLSV1_2) ==
        WOLFSSL_SUCCESS);
  if (only_12) {
    CHECK(wolfSSL_CTX_set_max_proto_version(context, TLS1_2_VERSION) == WOLFSSL_SUCCESS);
  }
  wolfSSL_CTX_set_verify(context, WOLFSSL_VERIFY_PEER, nullptr);
  const ByteView ca = AsBytes(options.ca_pem);
  CHECK(wolfSSL_CTX_load_verify_buffer(context, ca.data(), static_cast<long>(ca.size()),
                                       WOLFSSL_FILETYPE_PEM) == WOLFSSL_SUCCESS);
  const ByteView chain = AsBytes(options.certificate.pem);
  const ByteView key = options.certificate.key.bytes();
  if (!chain.empty()) {
    CHECK(wolfSSL_CTX_use_certificate_chain_buffer(
              context, chain.data(), static_cast<long>(chain.size())) == WOLFSSL_SUCCESS);
    CHECK(wolfSSL_CTX_use_PrivateKey_buffer(context, key.data(), static_cast<long>(key.size()),
                                            WOLFSSL_FILETYPE_PEM) == WOLFSSL_SUCCESS);
  }
  if (!options.ciphers.empty()) {
    CHECK(wolfSSL_CTX_set_cipher_list(context, options.ciphers.c_str()) == WOLFSSL_SUCCESS);
  }
  if (!options.groups.empty()) {
    CHECK(wolfSSL_CTX_set1_groups_list(context, options.groups.c_str()) == WOLFSSL_SUCCESS);
  }
  CHECK(wolfSSL_CTX_UseSessionTicket(context) == WOLFSSL_SUCCESS);
  wolfSSL_CTX_SetIORecv(context, &ReceiveBytes);
  wolfSSL_CTX_SetIOSend(context, &SendBytes);
}

}  // namespace

TlsClient::TlsClient(const TlsClientOptions& options, SessionPtr resume) {
  context_ = wolfSSL_CTX_new(wolfTLS_client_method());
  CHECK(context_ != nullptr);
  SetUp(options, context_);
  tls_ = wolfSSL_new(context_);
  CHECK(tls_ != nullptr);
  wolfSSL_SetIOReadCtx(tls_, this);
  wolfSSL_SetIOWriteCtx(tls_, this);
  if (!options.server_name.empty()) {
    CHECK(wolfSSL_UseSNI(tls_, WOLFSSL_SNI_HOST_NAME, options.server_name.data(),
                         static_cast<word16>(options.server_name.size())) == WOLFSSL_SUCCESS);
  }
  if (!options.alpn.empty()) {
    std::string alpn = options.alpn;
    CHECK(wolfSSL_UseALPN(tls_, alpn.data(), static_cast<word32>(alpn.size()),
                          WOLFSSL_ALPN_CONTINUE_ON_MISMATCH) == WOLFSSL_SUCCESS);
  }
  if (resume != nullptr) CHECK(wolfSSL_set_session(tls_, resume.get()) == WOLFSSL_SUCCESS);
  Step();
}

TlsClient::~TlsClient() {
  wolfSSL_free(tls_);
  wolfSSL_CTX_free(context_);
}

int TlsClient::Read(char* buffer, int size) {
  const size_t read = std::min(input_.size(), static_cast<size_t>(size));
  if (read == 0) return WOLFSSL_CBIO_ERR_WANT_READ;
  std::memcpy(buffer, input_.data(), read);
  input_.erase(0, read);
  return static_cast<int>(read);
}

int TlsClient::Append(const char* buffer, int size) {
  output_.append(buffer, static_cast<size_t>(size));
  return size;
}

void TlsClient::Feed(ByteView bytes) {
  input_ += AsText(bytes);
  Step();
}

void TlsClient::Step() {
  if (error_ != 0 || got_close_notify_) return;
  int result = WOLFSSL_SUCCESS;
  if (!open_) {
    result = wolfSSL_connect(tls_);
    open_ = result == WOLFSSL_SUCCESS;
  }
  char buffer[16 * 1024];
  while (open_ && (result = wolfSSL_read(tls_, buffer, sizeof buffer)) > 0) {
    received_.append(buffer, static_cast<size_t>(result));
  }
  const int error = wolfSSL_get_error(tls_, result);
  if (error == WOLFSSL_ERROR_ZERO_RETURN) {
    got_close_notify_ = true;
  } else if (error != WOLFSSL_ERROR_WANT_READ) {
    error_ = error;
  }
}

bool TlsClient::resumed() const { return wolfSSL_session_reused(tls_) != 0; }

std::string TlsClient::protocol() const {
  char* name = nullptr;
  word16 size = 0;
  if (wolfSSL_ALPN_GetProtocol(tls_, &name, &size) != WOLFSSL_SUCCESS) return {};
  return {name, size};
}

std::string TlsClient::ServerSubject() const {
  WOLFSSL_X509* certificate = wolfSSL_get_peer_certificate(tls_);
  if (certificate == nullptr) return {};
  const char* name = wolfSSL_X509_get_subjectCN(certificate);
  std::string subject = name == nullptr ? "" : name;
  wolfSSL_X509_free(certificate);
  return subject;
}

void TlsClient::Write(std::string_view plain) {
  CHECK(wolfSSL_write(tls_, plain.data(), static_cast<int>(plain.size())) ==
        static_cast<int>(plain.size()));
}

void TlsClient::Close() { wolfSSL_shutdown(tls_); }

void TlsClient::UpdateKeys() { CHECK(wolfSSL_update_keys(tls_) == WOLFSSL_SUCCESS); }

bool TlsClient::has_ticket() const { return wolfSSL_SESSION_has_ticket(Session().get()) != 0; }

TlsClient::SessionPtr TlsClient::Session() const {
  return {wolfSSL_get1_session(tls_), &wolfSSL_SESSION_free};
}

}  // namespace signet
