// TlsClient: wolfSSL's client between memory buffers, for tests and benchmarks alone.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/bytes.h"
#include "tests/net/tls/test_pki.h"

struct WOLFSSL;
struct WOLFSSL_CTX;
struct WOLFSSL_SESSION;

namespace signet {

struct TlsClientOptions {
  TlsVersion min_version = TlsVersion::k12;
  TlsVersion max_version = TlsVersion::k13;
  std::string ca_pem = ServerCa().pem();
  TestCertificate certificate;  // Without one it shows none.
  std::string ciphers;
  std::string groups;
  std::string server_name;
  std::string alpn;  // Separated by commas.
};

class TlsClient {
 public:
  using SessionPtr = std::shared_ptr<WOLFSSL_SESSION>;

  explicit TlsClient(const TlsClientOptions& options, SessionPtr resume = nullptr);
  ~TlsClient();

  // Goes on with the handshake, and reads what there is, after `bytes` came.
  void Feed(ByteView bytes);
  // What is to be sent.
  std::string TakeOutput() { return std::exchange(output_, {}); }

  bool is_open() const { return open_; }
  bool resumed() const;
  // wolfSSL's number of what ended it; 0 if nothing did.
  int error() const { return error_; }
  bool got_close_notify() const { return got_close_notify_; }
  const std::string& received() const { return received_; }
  std::string protocol() const;  // By ALPN.
  // The common name of the server's certificate.
  std::string ServerSubject() const;

  void Write(std::string_view plain);
  void Close();
  void UpdateKeys();
  SessionPtr Session() const;
  bool has_ticket() const;

  // For tls_client.cc's callbacks.
  int Read(char* buffer, int size);
  int Append(const char* buffer, int size);

 private:
  void Step();

  WOLFSSL_CTX* context_;
  WOLFSSL* tls_;
  std::string input_;
  std::string output_;
  std::string received_;
  bool open_ = false;
  bool got_close_notify_ = false;
  int error_ = 0;
};

}  // namespace signet
