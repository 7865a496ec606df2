#include "net/tls/tls_transport.h"

#include <fmt/format.h>
#include <wolfssl/error-ssl.h>
#include <wolfssl/ssl.h>

#include <algorithm>
#include <cstring>

#include "core/base/check.h"
#include "net/tls/client_hello.h"
#include "net/tls/tls_names.h"

namespace signet {
namespace {

constexpr std::string_view kInHandshake = "TLS handshake failed: ";
constexpr std::string_view kAfterIt = "TLS failed: ";

// Alerts that we send ourselves, while there is no session that could (RFC 8446, 6).
constexpr uint8_t kDecodeError = 50;
constexpr uint8_t kAlert = 21;
constexpr size_t kPlainAlertSize = 7;

void AppendAlert(uint8_t description, OutputQueue* wire) {
  const uint8_t record[] = {kAlert, 3, 3, 0, 2, 2 /* fatal */, description};
  wire->Append(record);
}

Status Error(std::string_view stage, std::string_view sentence) {
  return Status::Error(fmt::format("{}{}", stage, sentence));
}

// Where pieces are joined into a record. Of the thread and not of a connection: it is empty between
// calls.
struct Scratch {
  uint8_t bytes[kMaxPlainRecordBytes];
};
Scratch& ThreadScratch() {
  thread_local Scratch scratch;
  return scratch;
}

std::string_view Constant(const char* text) { return text == nullptr ? "" : text; }

}  // namespace

void TlsTransport::SessionFree::operator()(WOLFSSL* session) const { wolfSSL_free(session); }

TlsTransport::TlsTransport(std::shared_ptr<const TlsContext> context)
    : context_(std::move(context)) {}

TlsTransport::~TlsTransport() = default;

size_t TlsTransport::Read(MutableBytes buffer) {
  const size_t size = std::min(buffer.size(), input_.size());
  if (size > 0) std::memcpy(buffer.data(), input_.data(), size);
  input_ = input_.subspan(size);
  return size;
}

void TlsTransport::Write(ByteView bytes) {
  if (wire_ != nullptr) wire_->Append(bytes);
}

void TlsTransport::KeepPeerChain(std::vector<std::vector<uint8_t>> chain) {
  session_.peer_chain = std::move(chain);
}

SharedChain TlsTransport::TakePeerChain() {
  if (session_.peer_chain.empty()) return nullptr;
  return std::make_shared<const CertificateChain>(std::exchange(session_.peer_chain, {}));
}

Status TlsTransport::Receive(MutableBytes bytes, Sink& sink, OutputQueue* wire) {
  if (failed_) return Error(kAfterIt, "what was to be sent could not be encrypted");
  if (bytes.empty()) return Status::Ok();
  wire_ = wire;
  Status status;
  if (tls_ == nullptr) {
    status = TakeHello(bytes, sink);
  } else {
    status = TakeRecords(bytes, sink);
  }
  wire_ = nullptr;
  input_ = {};
  return status;
}

Status TlsTransport::TakeHello(MutableBytes bytes, Sink& sink) {
  // Looked at in place, if it came at once; else behind what there is of it. One byte above the
  // bound says that it is too long.
  const size_t room = kMaxClientHelloBytes + 1 - reader_.kept();
  const bool in_place = reader_.kept() == 0;
  const size_t looked_at = std::min(room, bytes.size());
  const ByteView received =
      in_place ? bytes.first(looked_at) : reader_.Keep(bytes.first(looked_at));
  const ClientHello hello = ClientHello::Parse(received);
  switch (hello.outcome()) {
    case ClientHello::Outcome::kMore:
      if (in_place) reader_.Keep(bytes);
      return Status::Ok();
    case ClientHello::Outcome::kRefused:
      if (hello.is_tls()) AppendAlert(kDecodeError, wire_);
      return Error(kInHandshake, hello.refusal());
    case ClientHello::Outcome::kWhole:
      break;
  }
  tls_.reset(context_->NewSession(hello.server_name()));
  if (tls_ == nullptr) return Error(kInHandshake, "there is no memory for a session");
  session_.server_name = hello.server_name();
  wolfSSL_SetIOReadCtx(tls_.get(), this);
  wolfSSL_SetIOWriteCtx(tls_.get(), this);
  wolfSSL_SetCertCbCtx(tls_.get(), this);
  if (in_place) return TakeRecords(bytes, sink);
  size_t kept_size;
  const std::unique_ptr<uint8_t[]> kept = reader_.Release(&kept_size);
  if (Status status = TakeRecords({kept.get(), kept_size}, sink); !status.ok()) return status;
  return TakeRecords(bytes.subspan(looked_at), sink);
}

Status TlsTransport::TakeRecords(MutableBytes bytes, Sink& sink) {
  while (state_ != State::kEnded) {
    const bool shaking_hands = state_ == State::kHandshaking;
    const std::string_view stage = shaking_hands ? kInHandshake : kAfterIt;
    const size_t most = shaking_hands ? kMaxHandshakeRecordBytes : RecordReader::kMaxRecordBytes;
    MutableBytes record;
    switch (reader_.Next(&bytes, most, &record)) {
      case RecordReader::Outcome::kMore:
        return Status::Ok();
      case RecordReader::Outcome::kTooLong:
        return Error(stage,
                     fmt::format("the client announced a record of more than {} bytes", most));
      case RecordReader::Outcome::kNoRecord:
        return Error(stage, "what the client sent is no TLS record");
      case RecordReader::Outcome::kRecord:
        break;
    }
    if (shaking_hands) {
      handshake_bytes_ += record.size();
      if (handshake_bytes_ > kMaxHandshakeBytes) {
        return Error(kInHandshake,
                     fmt::format("the client sent more than {} bytes", kMaxHandshakeBytes));
      }
    }
    if (Status status = TakeRecord(record, sink); !status.ok()) return status;
  }
  return Status::Ok();
}

Status TlsTransport::TakeRecord(MutableBytes record, Sink& sink) {
  input_ = record;
  if (state_ == State::kHandshaking) {
    const bool is_plain_alert = record[0] == kAlert && record.size() == kPlainAlertSize;
    const int description = is_plain_alert ? record[kPlainAlertSize - 1] : 0;
    const int result = wolfSSL_accept(tls_.get());
    if (result != WOLFSSL_SUCCESS) {
      Status status = Fail(kInHandshake, result);
      // A client that cannot follow us into the encryption says so in the clear, and wolfSSL then
      // sees but a record that is not encrypted.
      if (status.ok() || !is_plain_alert) return status;
      return Error(kInHandshake, ExplainAlert(description));
    }
    if (Status status = Open(); !status.ok()) return status;
  }
  return ReadPlain(record, sink);
}

// WANT_READ is no failure: the record has been taken, and the next one is to come.
Status TlsTransport::Fail(std::string_view stage, int result) {
  const int error = wolfSSL_get_error(tls_.get(), result);
  if (error == WOLFSSL_ERROR_WANT_READ) return Status::Ok();
  if (error == WOLFSSL_ERROR_ZERO_RETURN) {
    if (state_ == State::kHandshaking) return Error(stage, ExplainAlert(close_notify));
    state_ = State::kEnded;
    return Status::Ok();
  }
  WOLFSSL_ALERT_HISTORY history = {};
  wolfSSL_get_alert_history(tls_.get(), &history);
  return Error(stage, ExplainConnection(error, history.last_rx.code));
}

Status TlsTransport::Open() {
  if (context_->client_certificates() == ClientCertificates::kRequired &&
      session_.peer_chain.empty()) {
    return Error(kInHandshake, ExplainConnection(NO_PEER_CERT, -1));
  }
  WOLFSSL* tls = tls_.get();
  session_.version = wolfSSL_version(tls) == TLS1_3_VERSION ? TlsVersion::k13 : TlsVersion::k12;
  session_.cipher = Constant(wolfSSL_get_cipher(tls));
  session_.group = Constant(wolfSSL_get_curve_name(tls));
  session_.resumed = wolfSSL_session_reused(tls) != 0;
  char* protocol = nullptr;
  word16 size = 0;
  if (wolfSSL_ALPN_GetProtocol(tls, &protocol, &size) == WOLFSSL_SUCCESS) {
    session_.alpn.assign(protocol, size);
  }
  state_ = State::kOpen;
  return Status::Ok();
}

Status TlsTransport::ReadPlain(MutableBytes record, Sink& sink) {
  bool any = false;
  for (;;) {
    // wolfSSL has copied the record: what it holds can take its place, and is never longer.
    const int size = wolfSSL_read(tls_.get(), record.data(), static_cast<int>(record.size()));
    if (size <= 0) {
      if (any) {
        records_without_data_ = 0;
      } else if (++records_without_data_ > kMaxRecordsWithoutData) {
        return Error(kAfterIt, fmt::format("the client sent {} records without data in a row",
                                           records_without_data_));
      }
      return Fail(kAfterIt, size);
    }
    any = true;
    sink.OnPlain(record.first(static_cast<size_t>(size)));
  }
}

void TlsTransport::Send(std::span<const ByteView> plain, OutputQueue* wire) {
  DCHECK(state_ != State::kHandshaking);
  OutputQueue* const outer = wire_;  // Of the Receive() within which this may be called.
  wire_ = wire;
  if (plain.size() == 1) {
    WriteRecord(plain.front());
    wire_ = outer;
    return;
  }
  Scratch& scratch = ThreadScratch();
  size_t used = 0;
  for (ByteView piece : plain) {
    while (!piece.empty()) {
      if (used == 0 && piece.size() >= kMaxPlainRecordBytes) {
        WriteRecord(piece.first(kMaxPlainRecordBytes));
        piece = piece.subspan(kMaxPlainRecordBytes);
        continue;
      }
      const size_t size = std::min(piece.size(), kMaxPlainRecordBytes - used);
      std::memcpy(scratch.bytes + used, piece.data(), size);
      used += size;
      piece = piece.subspan(size);
      if (used == kMaxPlainRecordBytes) {
        WriteRecord({scratch.bytes, used});
        used = 0;
      }
    }
  }
  if (used > 0) WriteRecord({scratch.bytes, used});
  wire_ = outer;
}

void TlsTransport::WriteRecord(ByteView plain) {
  if (failed_ || closed_ || plain.empty()) return;
  const auto size = static_cast<int>(plain.size());
  if (wolfSSL_write(tls_.get(), plain.data(), size) != size) failed_ = true;
}

void TlsTransport::Close(OutputQueue* wire) {
  if (closed_ || tls_ == nullptr || state_ == State::kHandshaking) return;
  closed_ = true;
  OutputQueue* const outer = wire_;
  wire_ = wire;
  wolfSSL_shutdown(tls_.get());  // It says that the peer's is to come, which we know.
  wire_ = outer;
}

}  // namespace signet
