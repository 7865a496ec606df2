#include "net/tls/tls_callbacks.h"

#include <wolfssl/ssl.h>

#include <algorithm>
#include <vector>

#include "net/tls/ticket_keys.h"
#include "net/tls/tls_transport.h"

namespace signet::tls_callbacks {

int Receive(WOLFSSL*, char* buffer, int size, void* user) {
  const size_t read = static_cast<TlsTransport*>(user)->Read(
      {reinterpret_cast<uint8_t*>(buffer), static_cast<size_t>(size)});
  return read == 0 ? WOLFSSL_CBIO_ERR_WANT_READ : static_cast<int>(read);
}

int Send(WOLFSSL*, char* buffer, int size, void* user) {
  static_cast<TlsTransport*>(user)->Write(
      {reinterpret_cast<const uint8_t*>(buffer), static_cast<size_t>(size)});
  return size;
}

int Ticket(WOLFSSL* session, unsigned char* key_name, unsigned char* iv, unsigned char* mac,
           int encrypt, unsigned char* ticket, int size, int* out_size, void* user) {
  static_assert(TicketKeys::kNameSize == WOLFSSL_TICKET_NAME_SZ);
  static_assert(TicketKeys::kNonceSize <= WOLFSSL_TICKET_IV_SZ);
  static_assert(TicketKeys::kTagSize <= WOLFSSL_TICKET_MAC_SZ);
  const auto* keys = static_cast<const TicketKeys*>(user);
  const MutableBytes bytes(ticket, static_cast<size_t>(size));
  TicketKeys::Envelope envelope;
  *out_size = size;
  if (encrypt != 0) {
    if (!keys->Seal(bytes, &envelope)) return WOLFSSL_TICKET_RET_REJECT;
    std::fill_n(iv, WOLFSSL_TICKET_IV_SZ, 0);
    std::fill_n(mac, WOLFSSL_TICKET_MAC_SZ, 0);
    std::ranges::copy(envelope.key_name, key_name);
    std::ranges::copy(envelope.nonce, iv);
    std::ranges::copy(envelope.tag, mac);
    return WOLFSSL_TICKET_RET_OK;
  }
  std::copy_n(key_name, envelope.key_name.size(), envelope.key_name.begin());
  std::copy_n(iv, envelope.nonce.size(), envelope.nonce.begin());
  std::copy_n(mac, envelope.tag.size(), envelope.tag.begin());
  switch (keys->Open(envelope, bytes)) {
    case TicketKeys::Opened::kCurrent:
      return WOLFSSL_TICKET_RET_OK;
    case TicketKeys::Opened::kPrevious:
      // In TLS 1.3 every handshake ends with a new ticket, and wolfSSL would refuse this one.
      return wolfSSL_version(session) == TLS1_3_VERSION ? WOLFSSL_TICKET_RET_OK
                                                        : WOLFSSL_TICKET_RET_CREATE;
    case TicketKeys::Opened::kNo:
      break;
  }
  return WOLFSSL_TICKET_RET_REJECT;
}

int NoTicket(WOLFSSL*, unsigned char*, unsigned char*, unsigned char*, int, unsigned char*, int,
             int* out_size, void*) {
  *out_size = 0;
  return WOLFSSL_TICKET_RET_REJECT;
}

int Verify(int good, WOLFSSL_X509_STORE_CTX* store) {
  // Called for the leaf of a good chain too, when all above it has been verified.
  if (good != 0 && store->error_depth == 0 && store->userCtx != nullptr) {
    std::vector<std::vector<uint8_t>> chain;
    for (int i = 0; i < store->totalCerts; ++i) {
      const WOLFSSL_BUFFER_INFO& certificate = store->certs[i];
      chain.emplace_back(certificate.buffer, certificate.buffer + certificate.length);
    }
    static_cast<TlsTransport*>(store->userCtx)->KeepPeerChain(std::move(chain));
  }
  return good;
}

}  // namespace signet::tls_callbacks
