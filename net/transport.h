// Transport: what lies between the bytes of a socket and those of MQTT: TLS, WebSocket, or one upon
// the other. It is memory to memory: no I/O, no clock. Whoever runs it feeds it what was received,
// and sends what it appends to `wire`. Owned by a connection, with which it may move to another
// shard; used on one thread at a time.
#pragma once

#include <span>

#include "core/access/credentials.h"
#include "core/base/bytes.h"
#include "core/base/output_queue.h"
#include "core/base/status.h"

namespace signet {

class Transport {
 public:
  enum class State : uint8_t {
    kHandshaking,  // Receive() gives no plain bytes yet, and Send() must not be called.
    kOpen,
    kEnded,  // The peer took leave (close_notify, a Close frame): it sends no more plain bytes.
  };

  // Takes plain bytes, in place, within Receive(). It may be called several times.
  class Sink {
   public:
    virtual ~Sink() = default;
    virtual void OnPlain(MutableBytes bytes) = 0;
  };

  virtual ~Transport() = default;

  // `bytes` came from below; they may be overwritten. All of them are taken: what is not yet whole
  // is kept, within a bound that the implementation names. An error is one sentence for the log,
  // with nothing of the peer's unescaped; nothing is received after it, and what was appended to
  // `wire` (an alert, a Close frame, an HTTP response) still leaves.
  virtual Status Receive(MutableBytes bytes, Sink& sink, OutputQueue* wire) = 0;

  // Wraps plain bytes. `plain` stays as it is, and is not referred to afterwards.
  virtual void Send(std::span<const ByteView> plain, OutputQueue* wire) = 0;

  // Says that we send no more: close_notify, a Close frame. Once at most.
  virtual void Close(OutputQueue* wire) = 0;

  virtual State state() const = 0;

  // What the peer has shown and proven to have the key of; null: nothing. Whoever takes it has it.
  virtual SharedChain TakePeerChain() { return nullptr; }
};

}  // namespace signet
