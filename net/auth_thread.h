// AuthThread: the auth shard as a thread: its ring, its mailboxes, its doorbell, the HTTPS client
// that an AuthDesk asks servers through, and the thread that computes for it. Made, used and
// destroyed on its own thread; others reach it through the Mailroom alone.
#pragma once

#include <functional>
#include <memory>

#include "core/access/auth_desk.h"
#include "core/base/log.h"
#include "net/http/curl_fetcher.h"
#include "net/mailroom.h"
#include "net/uring/probe.h"
#include "net/uring/ring.h"
#include "net/worker_thread.h"

namespace signet {

// Makes the desk, on the thread where it is used. `shards` of the broker will send mail; `http`
// and `worker` outlive the desk.
struct AuthDeskSetup {
  uint32_t shards = 1;
  HttpFetcher* http = nullptr;
  Worker* worker = nullptr;
  LogSink* log = nullptr;
  Instant now;
  WallTime wall;
};
using MakeAuthDesk = std::function<std::unique_ptr<AuthDesk>(const AuthDeskSetup&)>;

class AuthThread {
 public:
  // The error is a sentence for the operator.
  static StatusOr<std::unique_ptr<AuthThread>> Create(Mailroom* mailroom,
                                                      const KernelFeatures& features,
                                                      const MakeAuthDesk& make_desk, LogSink* log);
  AuthThread(const AuthThread&) = delete;
  AuthThread& operator=(const AuthThread&) = delete;
  ~AuthThread();

  // Serves until Stop().
  void Run();
  // For AuthTask: after this turn.
  void Stop() { stopping_ = true; }
  AuthDesk& desk() { return *desk_; }

 private:
  AuthThread(Mailroom* mailroom, std::unique_ptr<Ring> ring, LogSink* log);

  void RunOnce();
  void Wait();
  void Handle(const Completion& completion);
  void TakeMail();
  void PassMailOn();
  bool HasMail() const;
  Instant NextDeadline() const;

  Mailroom& mailroom_;
  LogSink& log_;
  const std::unique_ptr<Ring> ring_;
  std::unique_ptr<AuthDesk> desk_;
  // Both go first: their last answers are told to the desk, which may ask the other one then.
  std::unique_ptr<WorkerThread> worker_;
  std::unique_ptr<CurlFetcher> http_;
  Instant now_;  // Of the present turn.
  uint32_t lost_ = 0;
  bool backlog_ = false;
  bool stopping_ = false;
};

}  // namespace signet
