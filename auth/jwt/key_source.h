// KeySource: the published keys of one issuer, fetched when a token needs them and kept for a
// while. Lives on the auth shard and is used on its thread alone.
//
//   - Keys are due to be fetched anew when they are `refresh_s` old, or sooner if their server has
//     said so by the headers of HTTP caching (RFC 9111), but not within kMinRefreshS of the last
//     time. It may answer that nothing has changed (RFC 9110, 13.1.2).
//   - That happens beside the answer, which the old ones give. Where they have been due for
//     kLateMs, as nobody came meanwhile, the answer waits: else the first one to come after a quiet
//     night would be let in by a key that was taken away long ago.
//   - A token by an unknown key has them fetched at once and waits for it, but never oftener than
//     every `unknown_kid_floor_s`: whoever makes up key ids does not make us flood the issuer.
//   - Keys that cannot be fetched are used until they are `stale_s` old, and no longer; no header
//     of HTTP changes that, for many forbid to keep anything, and mean nothing by it.
//   - However many tokens wait, one fetch is under way.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "auth/jwt/document_source.h"
#include "auth/jwt/key_set.h"
#include "auth/lifeline.h"
#include "auth/readings.h"
#include "core/config/jwt.h"

namespace signet::auth {

// Where an issuer's keys are.
struct KeyPlace {
  // Asked first, if it is there: OpenID Connect Discovery 1.0, 4.
  std::string discovery_url;
  // Empty: as the discovery says.
  std::string key_set_url;
  // What discovery must give as `issuer`, letter by letter; empty: it says who the issuer is.
  std::string issuer;
};

// Of an issuer's name, by the rule of OpenID Connect Discovery 1.0, 4.1.
std::string DiscoveryUrl(std::string_view issuer);

class KeySource {
 public:
  // How many tokens may wait for a fetch; one more has no verdict.
  static constexpr size_t kMaxWaiting = 10'000;
  // How long nothing is fetched after a failure: the issuer has enough trouble.
  static constexpr int64_t kRetryFloorMs = 5'000;
  // However short a life the server gives its keys; `no-store` is no wish to be asked each time.
  static constexpr uint64_t kMinRefreshS = 10;
  static constexpr int64_t kLateMs = 10'000;

  struct NoKeys {
    std::string why;  // For the log.
  };
  using Outcome = Expected<SignatureVerdict, NoKeys>;
  using Done = absl::AnyInvocable<void(Outcome) &&>;

  // `documents` outlives this.
  KeySource(KeyPlace place, const config::KeySetSettings& settings, DocumentSource* documents)
      : place_(std::move(place)), settings_(settings), documents_(documents) {}

  // Runs `done` once, within the call or later; `jws` lives until then.
  void Check(const CompactJws& jws, const AlgorithmSet& allowed, WallTime now, Done done);

  // Whose keys these are; empty until it is known, and if nobody says so.
  const std::string& issuer() const { return issuer_; }
  // When the keys that are here are fetched anew; never, if there are none.
  WallTime due_at() const;

  // `issuer`: whose keys these are to whoever looks from outside; as of Readings::Add().
  void Report(WallTime now, std::string_view issuer, Readings* readings) const;

 private:
  struct Waiting {
    const CompactJws* jws;
    AlgorithmSet allowed;
    Done done;
  };

  // Of a document that was fetched, and may be fetched again.
  struct Fetched {
    std::string url;
    std::string etag;
    std::optional<uint64_t> fresh_s;
  };
  // What the last discovery has found, or what stands in its place.
  struct Discovered {
    std::string issuer;
    std::string key_set_url;
  };
  struct Flaw {
    std::string sentence;
  };
  using OnDocument = void (KeySource::*)(DocumentSource::Outcome document);

  int64_t refresh_ms() const;
  bool IsUsable(WallTime now) const;
  // Whether they are due, and have been for so long.
  bool IsDue(WallTime now, int64_t for_ms) const;
  // Whether the issuer may be asked again, if `floor_ms` has to lie between two fetches.
  bool MayFetch(WallTime now, int64_t floor_ms) const;
  void Wait(Waiting waiting, WallTime now);
  // That a fetch failed is no verdict on a token that may be of a newer key.
  Outcome ToOutcome(SignatureVerdict verdict) const;
  void Fetch(WallTime now);
  // What is at the URL, which may be what `known` is of.
  void Get(const std::string& url, const Fetched& known, OnDocument then);
  void OnDiscovery(DocumentSource::Outcome document);
  Expected<Discovered, Flaw> ReadDiscovery(std::string_view text) const;
  void GetKeys();
  void OnKeys(DocumentSource::Outcome document);
  static void Note(const std::string& url, Document document, Fetched* fetched);
  void Fail(std::string why);
  void AnswerAll();

  const KeyPlace place_;
  const config::KeySetSettings settings_;
  DocumentSource* const documents_;

  std::optional<KeySet> keys_;
  std::string issuer_ = place_.issuer;
  WallTime fetched_at_;  // Of keys_, or when they were found to be still the same.
  Fetched key_set_;      // That keys_ are made of.
  Fetched discovery_;    // That discovered_ is made of.
  Discovered discovered_{.issuer = place_.issuer, .key_set_url = place_.key_set_url};
  std::optional<WallTime> asked_at_;  // When the last fetch began.
  std::string why_not_;               // Why the last one failed; empty if it did not.
  bool fetching_ = false;
  uint64_t fetches_ = 0;
  uint64_t failed_fetches_ = 0;
  std::vector<Waiting> waiting_;
  Lifeline<KeySource> lifeline_{this};
};

}  // namespace signet::auth
