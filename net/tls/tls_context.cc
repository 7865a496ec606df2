#include "net/tls/tls_context.h"

#include <fmt/format.h>
#include <wolfssl/error-ssl.h>
#include <wolfssl/ssl.h>

#include <mutex>

#include "core/base/check.h"
#include "net/tls/certificate_info.h"
#include "net/tls/client_trust.h"
#include "net/tls/tls_callbacks.h"
#include "net/tls/tls_names.h"
#include "net/tls/tls_transport.h"

namespace signet {
namespace {

// Peers' keys below this are not believed, nor are ours accepted.
constexpr short kMinRsaBits = 2048;
constexpr short kMinEccBits = 256;
constexpr size_t kMaxIdentities = 1000;

void StartWolfSsl() {
  static std::once_flag once;
  std::call_once(once, [] { CHECK(wolfSSL_Init() == WOLFSSL_SUCCESS); });
}

int ModeOf(ClientCertificates wanted) {
  switch (wanted) {
    case ClientCertificates::kNone:
      return WOLFSSL_VERIFY_NONE;
    case ClientCertificates::kRequested:
      return WOLFSSL_VERIFY_PEER;
    case ClientCertificates::kRequired:
      return WOLFSSL_VERIFY_PEER | WOLFSSL_VERIFY_FAIL_IF_NO_PEER_CERT;
  }
  return WOLFSSL_VERIFY_PEER | WOLFSSL_VERIFY_FAIL_IF_NO_PEER_CERT;
}

std::string JoinAlpn(const std::vector<std::string>& protocols) {
  return fmt::format("{}", fmt::join(protocols, ","));
}

Status CheckAlpn(const std::vector<std::string>& protocols) {
  for (const std::string& protocol : protocols) {
    if (protocol.empty() || protocol.size() > 255 || protocol.find(',') != protocol.npos) {
      return Status::Error("an ALPN protocol is 1 to 255 characters, none of them a comma");
    }
  }
  return Status::Ok();
}

}  // namespace

void TlsContext::ContextFree::operator()(WOLFSSL_CTX* context) const { wolfSSL_CTX_free(context); }

TlsContext::~TlsContext() = default;

// Fills in a TlsContext step by step; the first step that fails says why.
class TlsContext::Builder {
 public:
  Builder(const TlsServerSettings& settings, int64_t now_s)
      : settings_(settings), now_s_(now_s), context_(new TlsContext) {}

  Status Prepare(std::shared_ptr<const TicketKeys> tickets);
  Status AddIdentity(const TlsIdentity& identity);
  std::shared_ptr<const TlsContext> Take() { return std::move(context_); }

 private:
  StatusOr<ContextPtr> MakeContext() const;
  Status SetUpTickets(WOLFSSL_CTX* context) const;
  Status Show(const TlsIdentity& identity, WOLFSSL_CTX* context);
  Status ReadNames(const TlsIdentity& identity, size_t index);

  const TlsServerSettings& settings_;
  const int64_t now_s_;
  std::string ciphers_;
  std::string groups_;
  ClientTrust trust_;
  std::shared_ptr<TlsContext> context_;
};

Status TlsContext::Builder::Prepare(std::shared_ptr<const TicketKeys> tickets) {
  if (settings_.identities.empty()) return Status::Error("TLS has no certificate");
  if (settings_.identities.size() > kMaxIdentities) {
    return Status::Error(fmt::format("more than {} certificates for one port", kMaxIdentities));
  }
  StatusOr<std::string> ciphers = CipherList(settings_.ciphers);
  if (!ciphers.ok()) return ciphers.error();
  ciphers_ = std::move(*ciphers);
  StatusOr<std::string> groups = GroupList(settings_.groups);
  if (!groups.ok()) return groups.error();
  groups_ = std::move(*groups);
  if (Status status = CheckAlpn(settings_.alpn); !status.ok()) return status;
  context_->alpn_ = JoinAlpn(settings_.alpn);
  context_->client_certificates_ = settings_.client_certificates;
  const bool with_tickets =
      settings_.session_tickets && settings_.client_certificates == ClientCertificates::kNone;
  if (with_tickets) context_->tickets_ = std::move(tickets);
  if (settings_.client_certificates == ClientCertificates::kNone) return Status::Ok();
  StatusOr<ClientTrust> trust =
      ClientTrust::Read(settings_.client_ca_pem, settings_.crls, now_s_, &context_->warnings_);
  if (!trust.ok()) return trust.error();
  trust_ = std::move(*trust);
  context_->replace_at_s_ = trust_.changes_at_s();
  return Status::Ok();
}

// Every context of the broker comes from here.
StatusOr<TlsContext::ContextPtr> TlsContext::Builder::MakeContext() const {
  StartWolfSsl();
  ContextPtr made(wolfSSL_CTX_new(wolfTLS_server_method()));
  WOLFSSL_CTX* context = made.get();
  if (context == nullptr) return Status::Error("there is no memory for TLS");
  wolfSSL_CTX_set_verify(context, ModeOf(settings_.client_certificates), &tls_callbacks::Verify);
  const int least = settings_.min_version == TlsVersion::k13 ? WOLFSSL_TLSV1_3 : WOLFSSL_TLSV1_2;
  const bool is_set = wolfSSL_CTX_SetMinVersion(context, least) == WOLFSSL_SUCCESS &&
                      wolfSSL_CTX_SetMinRsaKey_Sz(context, kMinRsaBits) == WOLFSSL_SUCCESS &&
                      wolfSSL_CTX_SetMinEccKey_Sz(context, kMinEccBits) == WOLFSSL_SUCCESS &&
                      wolfSSL_CTX_set1_groups_list(context, groups_.c_str()) == WOLFSSL_SUCCESS &&
                      wolfSSL_CTX_set_cipher_list(context, ciphers_.c_str()) == WOLFSSL_SUCCESS;
  if (!is_set) return Status::Error("wolfSSL does not take the version, groups or ciphers of TLS");
  // Its cache is one table behind a lock, and would hold the identities of clients.
  wolfSSL_CTX_set_session_cache_mode(context, WOLFSSL_SESS_CACHE_OFF);
  wolfSSL_CTX_SetIORecv(context, &tls_callbacks::Receive);
  wolfSSL_CTX_SetIOSend(context, &tls_callbacks::Send);
  if (Status status = SetUpTickets(context); !status.ok()) return status;
  return made;
}

Status TlsContext::Builder::SetUpTickets(WOLFSSL_CTX* context) const {
  const TicketKeys* keys = context_->tickets_.get();
  const auto lifetime_s = static_cast<int>(
      std::chrono::duration_cast<std::chrono::seconds>(TicketKeys::kRotation).count());
  bool done;
  if (keys == nullptr) {
    done = wolfSSL_CTX_no_ticket_TLSv13(context) == 0 &&
           wolfSSL_CTX_NoTicketTLSv12(context) == WOLFSSL_SUCCESS &&
           wolfSSL_CTX_set_TicketEncCb(context, &tls_callbacks::NoTicket) == WOLFSSL_SUCCESS;
  } else {
    done =
        wolfSSL_CTX_set_TicketEncCb(context, &tls_callbacks::Ticket) == WOLFSSL_SUCCESS &&
        // It hands the keys back to tls_callbacks::Ticket, which does not change them.
        wolfSSL_CTX_set_TicketEncCtx(context, const_cast<TicketKeys*>(keys)) == WOLFSSL_SUCCESS &&
        wolfSSL_CTX_set_TicketHint(context, lifetime_s) == WOLFSSL_SUCCESS &&
        wolfSSL_CTX_set_timeout(context, static_cast<unsigned>(lifetime_s)) != 0 &&
        // Forward secrecy for what a resumed session says.
        wolfSSL_CTX_only_dhe_psk(context) == 0;
  }
  return done ? Status::Ok() : Status::Error("wolfSSL does not take the session tickets' settings");
}

Status TlsContext::Builder::AddIdentity(const TlsIdentity& identity) {
  StatusOr<ContextPtr> made = MakeContext();
  if (!made.ok()) return made.error();
  WOLFSSL_CTX* context = made->get();
  if (Status status = ReadNames(identity, context_->contexts_.size()); !status.ok()) return status;
  if (Status status = Show(identity, context); !status.ok()) return status;
  if (settings_.client_certificates != ClientCertificates::kNone) {
    if (Status status = trust_.Load(context); !status.ok()) return status;
  }
  context_->contexts_.push_back(std::move(*made));
  return Status::Ok();
}

Status TlsContext::Builder::ReadNames(const TlsIdentity& identity, size_t index) {
  StatusOr<std::vector<CertificateInfo>> chain = ReadChain(identity.chain_pem);
  if (!chain.ok()) {
    return Status::Error(
        fmt::format("the certificate of {}: {}", identity.name, chain.error().sentence()));
  }
  for (size_t i = 0; i < chain->size(); ++i) {
    const CertificateInfo& certificate = (*chain)[i];
    const std::string dates = WrongDates(certificate, now_s_);
    if (!dates.empty()) {
      context_->warnings_.push_back(
          fmt::format("the certificate {} of {} {}", certificate.subject, identity.name, dates));
    }
    if (i > 0 && (*chain)[i - 1].issuer_der != certificate.subject_der) {
      context_->warnings_.push_back(fmt::format(
          "certificate {} of {} is not the issuer of the one before it: clients may refuse it",
          i + 1, identity.name));
    }
  }
  for (const std::string& name : chain->front().dns_names) {
    context_->by_name_.try_emplace(name, index);
  }
  return Status::Ok();
}

Status TlsContext::Builder::Show(const TlsIdentity& identity, WOLFSSL_CTX* context) {
  const ByteView chain = AsBytes(identity.chain_pem);
  int result = wolfSSL_CTX_use_certificate_chain_buffer(context, chain.data(),
                                                        static_cast<long>(chain.size()));
  if (result != WOLFSSL_SUCCESS) {
    return Status::Error(fmt::format("the certificate of {} cannot be used: {}", identity.name,
                                     ExplainCertificate(result)));
  }
  const ByteView key = identity.key_pem.bytes();
  result = wolfSSL_CTX_use_PrivateKey_buffer(context, key.data(), static_cast<long>(key.size()),
                                             WOLFSSL_FILETYPE_PEM);
  if (result == RSA_KEY_SIZE_E || result == ECC_KEY_SIZE_E) {
    return Status::Error(fmt::format("the key of {} is too short: RSA begins at {} bits",
                                     identity.name, kMinRsaBits));
  }
  if (result != WOLFSSL_SUCCESS) {
    return Status::Error(fmt::format(
        "the key of {} is not a private key in PEM without a password (RSA, EC or Ed25519)",
        identity.name));
  }
  if (wolfSSL_CTX_check_private_key(context) != WOLFSSL_SUCCESS) {
    return Status::Error(
        fmt::format("the key of {} does not belong to its certificate", identity.name));
  }
  return Status::Ok();
}

StatusOr<std::shared_ptr<const TlsContext>> TlsContext::Create(
    const TlsServerSettings& settings, std::shared_ptr<const TicketKeys> tickets, int64_t now_s) {
  Builder builder(settings, now_s);
  if (Status status = builder.Prepare(std::move(tickets)); !status.ok()) return status;
  for (const TlsIdentity& identity : settings.identities) {
    if (Status status = builder.AddIdentity(identity); !status.ok()) return status;
  }
  return builder.Take();
}

WOLFSSL_CTX* TlsContext::ContextFor(std::string_view server_name) const {
  if (const auto exact = by_name_.find(server_name); exact != by_name_.end()) {
    return contexts_[exact->second].get();
  }
  // One label stands for the asterisk (RFC 9525, 6.3).
  const size_t dot = server_name.find('.');
  if (dot != server_name.npos && dot > 0) {
    const auto wild = by_name_.find(fmt::format("*{}", server_name.substr(dot)));
    if (wild != by_name_.end()) return contexts_[wild->second].get();
  }
  return contexts_.front().get();
}

WOLFSSL* TlsContext::NewSession(std::string_view server_name) const {
  WOLFSSL* session = wolfSSL_new(ContextFor(server_name));
  if (session == nullptr || alpn_.empty()) return session;
  std::string protocols = alpn_;  // The library asks for what it could change, and does not.
  if (wolfSSL_UseALPN(session, protocols.data(), static_cast<unsigned>(protocols.size()),
                      WOLFSSL_ALPN_FAILED_ON_MISMATCH) == WOLFSSL_SUCCESS) {
    return session;
  }
  wolfSSL_free(session);
  return nullptr;
}

std::vector<WOLFSSL_CTX*> TlsContext::contexts() const {
  std::vector<WOLFSSL_CTX*> all;
  for (const ContextPtr& context : contexts_) all.push_back(context.get());
  return all;
}

}  // namespace signet
