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

std::string ReadDocumentText(JsonObject object, std::string_view name) {
  std::optional<std::string_view> text;
  return object.Read(name, &text) ? std::string(text.value_or("")) : "";
}

}  // namespace

std::string DiscoveryUrl(std::string_view issuer) {
  if (issuer.ends_with('/')) issuer.remove_suffix(1);
  return fmt::format("{}/.well-known/openid-configuration", issuer);
}

int64_t KeySource::refresh_ms() const {
  uint64_t refresh_s = settings_.refresh_s;
  for (const Fetched* part : {&discovery_, &key_set_}) {
    refresh_s = std::min(refresh_s, part->fresh_s.value_or(refresh_s));
  }
  return ToMs(std::max(refresh_s, kMinRefreshS));
}

bool KeySource::IsUsable(WallTime now) const {
  return keys_ && MillisecondsSince(fetched_at_, now) <= ToMs(settings_.stale_s);
}

bool KeySource::IsDue(WallTime now, int64_t for_ms) const {
  return MillisecondsSince(fetched_at_, now) >= refresh_ms() + for_ms;
}

WallTime KeySource::due_at() const {
  if (!keys_) return WallTime::Never();
  return WallTime::FromMilliseconds(fetched_at_.milliseconds() + refresh_ms());
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
  Outcome outcome = ToOutcome(verdict);
  if (verdict == SignatureVerdict::kUnknownKey) {
    const bool may_come = fetching_ || MayFetch(now, ToMs(settings_.unknown_kid_floor_s));
    if (may_come) return Wait(std::move(waiting), now);
  } else if (IsDue(now, 0)) {
    if (why_not_.empty() && IsDue(now, kLateMs)) return Wait(std::move(waiting), now);
    if (!fetching_ && MayFetch(now, why_not_.empty() ? 0 : kRetryFloorMs)) Fetch(now);
  }
  std::move(waiting.done)(std::move(outcome));
}

KeySource::Outcome KeySource::ToOutcome(SignatureVerdict verdict) const {
  if (verdict == SignatureVerdict::kUnknownKey && !why_not_.empty()) return NoKeys{why_not_};
  return verdict;
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
  if (place_.discovery_url.empty()) return GetKeys();
  Get(place_.discovery_url, discovery_, &KeySource::OnDiscovery);
}

void KeySource::Get(const std::string& url, const Fetched& known, OnDocument then) {
  documents_->Get({.url = url, .known_etag = known.url == url ? known.etag : ""}, *asked_at_,
                  [rope = lifeline_.rope(), then](DocumentSource::Outcome document) {
                    if (KeySource* self = rope.owner()) (self->*then)(std::move(document));
                  });
}

void KeySource::OnDiscovery(DocumentSource::Outcome document) {
  if (!document) return Fail(fmt::format("discovery of the issuer: {}", document.error().sentence));
  if (document->text) {
    Expected<Discovered, Flaw> discovered = ReadDiscovery(*document->text);
    if (!discovered) return Fail(discovered.error().sentence);
    discovered_ = std::move(*discovered);
  }
  Note(place_.discovery_url, std::move(*document), &discovery_);
  GetKeys();
}

Expected<KeySource::Discovered, KeySource::Flaw> KeySource::ReadDiscovery(
    std::string_view text) const {
  const auto json = JsonDocument::Read(text, KeySet::kMaxBytes);
  if (!json) return Flaw{fmt::format("the discovery document {}", json.error().what)};
  std::string issuer = ReadDocumentText(json->root(), "issuer");
  if (issuer.empty()) return Flaw{"the discovery document names no issuer"};
  if (!place_.issuer.empty() && issuer != place_.issuer) {
    return Flaw{
        fmt::format("the discovery document is of another issuer, {}", EscapeForLog(issuer))};
  }
  if (!place_.key_set_url.empty()) return Discovered{std::move(issuer), place_.key_set_url};
  std::string url = ReadDocumentText(json->root(), "jwks_uri");
  if (!config::CheckHttpsUrl(url).ok()) {
    return Flaw{"the discovery document has no jwks_uri that begins with https://"};
  }
  return Discovered{std::move(issuer), std::move(url)};
}

void KeySource::GetKeys() { Get(discovered_.key_set_url, key_set_, &KeySource::OnKeys); }

void KeySource::OnKeys(DocumentSource::Outcome document) {
  if (!document) return Fail(fmt::format("the issuer's keys: {}", document.error().sentence));
  if (document->text) {
    Expected<KeySet, KeySetFlaw> keys = KeySet::Parse(*document->text);
    if (!keys) return Fail(fmt::format("the issuer's key set {}", keys.error().what));
    keys_ = std::move(*keys);
  }
  Note(discovered_.key_set_url, std::move(*document), &key_set_);
  issuer_ = discovered_.issuer;
  fetched_at_ = *asked_at_;
  why_not_.clear();
  AnswerAll();
}

// What an answer 304 does not say is as it was before (RFC 9111, 4.3.4).
void KeySource::Note(const std::string& url, Document document, Fetched* fetched) {
  fetched->url = url;
  if (document.text || !document.etag.empty()) fetched->etag = std::move(document.etag);
  if (document.text || document.fresh_s) fetched->fresh_s = document.fresh_s;
}

void KeySource::Fail(std::string why) {
  ++failed_fetches_;
  why_not_ = std::move(why);
  AnswerAll();
}

// Those who have waited get what there is now.
void KeySource::AnswerAll() {
  fetching_ = false;
  const WallTime now = *asked_at_;
  std::vector<Waiting> waiting = std::exchange(waiting_, {});
  const auto rope = lifeline_.rope();
  for (Waiting& one : waiting) {
    if (rope.owner() == nullptr) return;
    if (IsUsable(now)) {
      std::move(one.done)(ToOutcome(keys_->Check(*one.jws, one.allowed)));
    } else {
      std::move(one.done)(NoKeys{why_not_});
    }
  }
}

}  // namespace signet::auth
