// A discovery document (OpenID Connect Discovery 1.0, 4). Keys are asked for where it says, which
// is an https:// URL, and for the issuer that is expected; what is said of other documents is
// printable. Input: whether an issuer is expected, as the lowest bit of a byte; the text.
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "auth/json/json_document.h"
#include "auth/jwt/key_source.h"
#include "core/base/check.h"
#include "core/config/values.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/printable.h"
#include "tests/fuzz/target.h"

namespace signet::fuzz::discovery_fuzz {
namespace {

using auth::KeySource;

constexpr std::string_view kIssuer = "https://login.example";
constexpr auto kNow = WallTime::FromSeconds(1'700'000'000);

// A server that is asked for one document after the other.
class Documents : public HttpFetcher {
 public:
  void Fetch(HttpRequest request, Done done) override {
    CHECK(request.verb == HttpRequest::Verb::kGet && request.body.empty());
    CHECK(done_ == nullptr);
    url_ = std::move(request.url);
    done_ = std::move(done);
  }
  // Of the last request.
  const std::string& url() const { return url_; }
  bool is_asked() const { return done_ != nullptr; }
  void Answer(std::string_view text) {
    HttpResponse response;
    response.status = 200;
    response.content_type = "application/json";
    response.body = SecretBytes(text);
    std::exchange(done_, nullptr)(std::move(response));
  }

 private:
  std::string url_;
  Done done_;
};

// The text says what is made of it.
void CheckFound(std::string_view text, std::string_view issuer, std::string_view url) {
  CHECK(config::CheckHttpsUrl(url).ok() && IsPrintableLine(url));
  const auto json = auth::JsonDocument::Read(text, auth::KeySet::kMaxBytes);
  CHECK(json.ok());
  std::optional<std::string_view> named;
  std::optional<std::string_view> keys;
  CHECK(json->root().Read("issuer", &named) && json->root().Read("jwks_uri", &keys));
  CHECK(named && !named->empty() && (issuer.empty() || *named == issuer));
  CHECK(keys == url);
}

void Check(std::string_view text, std::string_view issuer) {
  Documents server;
  auth::HttpsDocuments documents(&server, std::make_shared<HttpTrust>(), seconds(5));
  const std::string where = auth::DiscoveryUrl(kIssuer);
  KeySource source({.discovery_url = where, .key_set_url = "", .issuer = std::string(issuer)},
                   config::KeySetSettings{}, &documents);
  // {"alg":"EdDSA"}, no claims, and a signature of zeros.
  const std::string token = "eyJhbGciOiJFZERTQSJ9.e30." + std::string(86, 'A');
  const auto jws = auth::CompactJws::Read(token);
  CHECK(jws.ok());
  std::optional<KeySource::Outcome> outcome;
  source.Check(*jws, auth::AlgorithmSet::PublicKey(), kNow,
               [&](KeySource::Outcome said) { outcome = std::move(said); });
  CHECK(server.is_asked() && server.url() == where);
  server.Answer(text);
  if (server.is_asked()) {
    CHECK(!outcome);
    CheckFound(text, issuer, server.url());
    server.Answer("{}");  // No keys.
  }
  CHECK(outcome && !outcome->ok() && !server.is_asked());
  const std::string& why = outcome->error().why;
  CHECK(!why.empty() && why.size() < 1024 && IsPrintableLine(why));
}

}  // namespace

FUZZ_TARGET(discovery) {
  Input input(data, size);
  const bool expects = (input.Byte() & 1) != 0;
  Check(AsText(input.Rest()), expects ? kIssuer : "");
  return 0;
}

}  // namespace signet::fuzz::discovery_fuzz
