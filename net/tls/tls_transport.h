// TlsTransport: the server's side of TLS 1.2 and 1.3, from memory to memory. wolfSSL gets to see
// whole records alone, so that what an unfinished one costs is ours to bound, and a record is
// decrypted into the buffer in which it came.
//
// Memory: until its ClientHello is whole a connection holds only the bytes that it sent, at most
// kMaxClientHelloBytes; then wolfSSL's session and one unfinished record, at most
// kMaxHandshakeRecordBytes until the handshake is done. After it, an idle connection holds no
// buffer. tls_transport_test.cc measures all three.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "net/tls/record_reader.h"
#include "net/tls/tls_context.h"
#include "net/transport.h"

namespace signet {

// A record of a handshake, its head included; the client's certificates have to fit. A longer one
// ends the connection.
inline constexpr size_t kMaxHandshakeRecordBytes = 12 * 1024;
// All that a client may send before the handshake is done. At it the connection ends.
inline constexpr size_t kMaxHandshakeBytes = 32 * 1024;
// Records in a row that bring no plain bytes, such as key updates. At it the connection ends.
inline constexpr uint32_t kMaxRecordsWithoutData = 32;
// What one record carries at most (RFC 8446, 5.1).
inline constexpr size_t kMaxPlainRecordBytes = 16 * 1024;

// What came out of a handshake. The views are of constants.
struct TlsSession {
  TlsVersion version = TlsVersion::k12;
  std::string_view cipher;  // "TLS_AES_128_GCM_SHA256", and its like of TLS 1.2.
  std::string_view group;   // "X25519", "SECP256R1".
  std::string server_name;  // What the client asked for (SNI), in lower case; may be empty.
  std::string alpn;         // Empty if it offered none.
  bool resumed = false;
  // DER, the leaf first, as the client sent them; verified. Empty if it showed none.
  std::vector<std::vector<uint8_t>> peer_chain;
};

class TlsTransport : public Transport {
 public:
  explicit TlsTransport(std::shared_ptr<const TlsContext> context);
  TlsTransport(const TlsTransport&) = delete;
  TlsTransport& operator=(const TlsTransport&) = delete;
  ~TlsTransport() override;

  Status Receive(MutableBytes bytes, Sink& sink, OutputQueue* wire) override;
  void Send(std::span<const ByteView> plain, OutputQueue* wire) override;
  void Close(OutputQueue* wire) override;
  // kEnded after the peer's close_notify alone: a connection that ends otherwise was cut off.
  State state() const override { return state_; }

  // Once state() has been kOpen.
  const TlsSession& session() const { return session_; }
  SharedChain TakePeerChain() override;

  // For tls_callbacks: what wolfSSL reads and writes within a call.
  size_t Read(MutableBytes buffer);
  void Write(ByteView bytes);
  void KeepPeerChain(std::vector<std::vector<uint8_t>> chain);

 private:
  struct SessionFree {
    void operator()(WOLFSSL* session) const;
  };

  Status TakeHello(MutableBytes bytes, Sink& sink);
  Status TakeRecords(MutableBytes bytes, Sink& sink);
  Status TakeRecord(MutableBytes record, Sink& sink);
  Status Open();
  Status ReadPlain(MutableBytes record, Sink& sink);
  Status Fail(std::string_view stage, int result);
  void WriteRecord(ByteView plain);

  std::shared_ptr<const TlsContext> context_;
  std::unique_ptr<WOLFSSL, SessionFree> tls_;  // Null until the ClientHello is whole.
  RecordReader reader_;
  TlsSession session_;
  State state_ = State::kHandshaking;
  bool failed_ = false;  // Of a Send: the next Receive() says so.
  bool closed_ = false;
  uint32_t records_without_data_ = 0;
  size_t handshake_bytes_ = 0;

  // Within a call only.
  ByteView input_;
  OutputQueue* wire_ = nullptr;
};

}  // namespace signet
