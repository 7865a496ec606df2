#include "auth/jwt/key_source.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "core/base/log.h"
#include "core/config/values.h"

namespace signet::auth {
namespace {

// The wall clock may be put back: then nobody knows how long ago it was, and it counts as long.
int64_t MillisecondsSince(WallTime then, WallTime now) {
  return now < then ? std::numeric_limits<int64_t>::max()
                    : now.milliseconds() - then.milliseconds();
}

int64_t ToMs(uint64_t seconds) { return static_cast<int64_t>(seconds) * 1000; }

constexpr ReadingFamily kKeys{.name = "auth_keys",
                              .kind = ReadingFamily::Kind::kGauge,
                              .help = "Published keys of an issuer that are here."};
constexpr ReadingFamily kKeysAge{
    .name = "auth_keys_age_seconds",
    .kind = ReadingFamily::Kind::kGauge,
    .help = "How long ago they were fetched; there is no sample where none were."};
constexpr ReadingFamily kRefreshes{.name = "auth_keys_refreshes_total",
                                   .kind = ReadingFamily::Kind::kCounter,
                                   .help = "How often they were fetched or that was tried."};
constexpr ReadingFamily kRefreshFailures{.name = "auth_keys_refresh_failures_total",
                                         .kind = ReadingFamily::Kind::kCounter,
                                         .help = "How often it failed."};

std::string ReadText(JsonObject object, std::string_view name) {
  std::optional<std::string_view> text;
  return object.Read(name, &text) ? std::string(text.value_or("")) : "";
}

}  // namespace

std::string DiscoveryUrl(std::string_view issuer) {
  if (issuer.ends_with('/')) issuer.remove_suffix(1);
  return fmt::format("{}/.well-known/openid-configuration", issuer);
}

bool KeySource::IsUsable(WallTime now) const {
  return keys_ && MillisecondsSince(fetched_at_, now) <= ToMs(settings_.stale_s);
}

WallTime KeySource::due_at() const {
  if (!keys_) return WallTime::Never();
  return WallTime::FromMilliseconds(fetched_at_.milliseconds() + ToMs(settings_.refresh_s));
}

bool KeySource::MayFetch(WallTime now, int64_t floor_ms) const {
  return !asked_at_ || MillisecondsSince(*asked_at_, now) >= floor_ms;
}

void KeySource::Report(WallTime now, std::string_view issuer, Readings* readings) const {
  readings->Add(kKeys, keys_ ? keys_->size() : 0, issuer);
  if (keys_) {
    const int64_t age_s = now.seconds() - fetched_at_.seconds();
    readings->Add(kKeysAge, static_cast<uint64_t>(std::max<int64_t>(age_s, 0)), issuer);
  }
  readings->Add(kRefreshes, fetches_, issuer);
  readings->Add(kRefreshFailures, failed_fetches_, issuer);
}

void KeySource::Check(const CompactJws& jws, const AlgorithmSet& allowed, WallTime now, Done done) {
  Waiting waiting{.jws = &jws, .allowed = allowed, .done = std::move(done)};
  if (!IsUsable(now)) {
    if (fetching_ || MayFetch(now, kRetryFloorMs)) return Wait(std::move(waiting), now);
    return std::move(waiting.done)(NoKeys{why_not_});
  }
  const SignatureVerdict verdict = keys_->Check(jws, allowed);
  if (verdict == SignatureVerdict::kUnknownKey &&
      (fetching_ || MayFetch(now, ToMs(settings_.unknown_kid_floor_s)))) {
    return Wait(std::move(waiting), now);
  }
  if (!fetching_ && MillisecondsSince(fetched_at_, now) >= ToMs(settings_.refresh_s) &&
      MayFetch(now, why_not_.empty() ? 0 : kRetryFloorMs)) {
    Fetch(now);
  }
  // The last fetch may have missed it: as little a verdict for this token as for the one before it.
  if (verdict == SignatureVerdict::kUnknownKey && !why_not_.empty()) {
    return std::move(waiting.done)(NoKeys{why_not_});
  }
  std::move(waiting.done)(verdict);
}

void KeySource::Wait(Waiting waiting, WallTime now) {
  if (waiting_.size() >= kMaxWaiting) {
    return std::move(waiting.done)(NoKeys{"too many tokens wait for the issuer's keys"});
  }
  waiting_.push_back(std::move(waiting));
  if (!fetching_) Fetch(now);
}

void KeySource::Fetch(WallTime now) {
  fetching_ = true;
  ++fetches_;
  asked_at_ = now;
  discovered_issuer_ = place_.issuer;
  if (place_.discovery_url.empty()) return GetKeys(place_.key_set_url);
  documents_->Get(place_.discovery_url, now,
                  [rope = lifeline_.rope()](DocumentSource::Outcome document) {
                    if (KeySource* self = rope.owner()) self->OnDiscovery(std::move(document));
                  });
}

void KeySource::OnDiscovery(DocumentSource::Outcome document) {
  if (!document) return Fail(fmt::format("discovery of the issuer: {}", document.error().sentence));
  const auto json = JsonDocument::Read(*document, KeySet::kMaxBytes);
  if (!json) return Fail(fmt::format("the discovery document {}", json.error().what));
  discovered_issuer_ = ReadText(json->root(), "issuer");
  if (discovered_issuer_.empty()) return Fail("the discovery document names no issuer");
  if (!place_.issuer.empty() && discovered_issuer_ != place_.issuer) {
    return Fail(fmt::format("the discovery document is of another issuer, {}",
                            EscapeForLog(discovered_issuer_)));
  }
  if (!place_.key_set_url.empty()) return GetKeys(place_.key_set_url);
  std::string url = ReadText(json->root(), "jwks_uri");
  if (!config::CheckHttpsUrl(url).ok()) {
    return Fail("the discovery document has no jwks_uri that begins with https://");
  }
  GetKeys(std::move(url));
}

void KeySource::GetKeys(std::string url) {
  documents_->Get(std::move(url), *asked_at_,
                  [rope = lifeline_.rope()](DocumentSource::Outcome document) {
                    if (KeySource* self = rope.owner()) self->OnKeys(std::move(document));
                  });
}

void KeySource::OnKeys(DocumentSource::Outcome document) {
  if (!document) return Fail(fmt::format("the issuer's keys: {}", document.error().sentence));
  Expected<KeySet, KeySetFlaw> keys = KeySet::Parse(*document);
  if (!keys) return Fail(fmt::format("the issuer's key set {}", keys.error().what));
  keys_ = std::move(*keys);
  issuer_ = discovered_issuer_;
  fetched_at_ = *asked_at_;
  why_not_.clear();
  AnswerAll();
}

void KeySource::Fail(std::string why) {
  ++failed_fetches_;
  why_not_ = std::move(why);
  AnswerAll();
}

// Those who have waited get what there is now; that a fetch failed is no verdict on any token.
void KeySource::AnswerAll() {
  fetching_ = false;
  std::vector<Waiting> waiting = std::exchange(waiting_, {});
  const auto rope = lifeline_.rope();
  for (Waiting& one : waiting) {
    if (rope.owner() == nullptr) return;
    if (!why_not_.empty()) {
      std::move(one.done)(NoKeys{why_not_});
    } else {
      std::move(one.done)(keys_->Check(*one.jws, one.allowed));
    }
  }
}

}  // namespace signet::auth
