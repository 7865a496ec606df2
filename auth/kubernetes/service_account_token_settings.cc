// How settings become the parts of a ServiceAccountTokenMethod.
#include <fmt/format.h>

#include <utility>

#include "auth/kubernetes/issuer_documents.h"
#include "auth/kubernetes/service_account_token_method.h"

namespace signet::auth {
namespace {

constexpr std::string_view kMountedCa = "/var/run/secrets/kubernetes.io/serviceaccount/ca.crt";
constexpr std::string_view kMountedToken = "/var/run/secrets/kubernetes.io/serviceaccount/token";

std::string ClusterUrl(const ClusterVariables& cluster) {
  if (cluster.host.empty() || cluster.port.empty()) return "";
  const bool is_ipv6 = cluster.host.find(':') != cluster.host.npos;
  return is_ipv6 ? fmt::format("https://[{}]:{}", cluster.host, cluster.port)
                 : fmt::format("https://{}:{}", cluster.host, cluster.port);
}

// The API server's own keys, whatever its discovery says of where they are: that may be an address
// for the world outside.
constexpr std::string_view kOwnKeySetPath = "/openid/v1/jwks";

Duration ToDuration(uint64_t whole_seconds) { return seconds(static_cast<int64_t>(whole_seconds)); }

}  // namespace

ApiServerSettings ToApiServer(const config::ServiceAccountTokenSettings& settings,
                              const ClusterVariables& cluster) {
  std::string url = settings.server.empty() ? ClusterUrl(cluster) : settings.server;
  while (url.ends_with('/')) url.pop_back();
  return {
      .url = std::move(url),
      .ca_file = settings.ca_file.empty() ? std::string(kMountedCa) : settings.ca_file,
      .token_file = settings.token_file.empty() ? std::string(kMountedToken) : settings.token_file,
      .timeout = ToDuration(settings.timeout_s)};
}

ServiceAccountTokenMethod::ServiceAccountTokenMethod(config::ServiceAccountTokenSettings settings,
                                                     const ClusterVariables& cluster,
                                                     FileReader read_file, HttpFetcher* fetcher)
    : settings_(std::move(settings)) {
  const bool is_offline = settings_.validation == config::TokenValidation::kOffline;
  if (is_offline && !settings_.issuer.empty()) {
    issuer_documents_ = std::make_unique<IssuerDocuments>(
        settings_.ca_file, ToDuration(settings_.timeout_s), std::move(read_file), fetcher);
    const KeyPlace place{.discovery_url = DiscoveryUrl(settings_.issuer),
                         .key_set_url = "",
                         .issuer = settings_.issuer};
    keys_.emplace(place, config::KeySetSettings{}, issuer_documents_.get());
    return;
  }
  api_server_ =
      std::make_unique<ApiServer>(ToApiServer(settings_, cluster), std::move(read_file), fetcher);
  if (is_offline) {
    const KeyPlace place{.discovery_url = DiscoveryUrl(""),
                         .key_set_url = std::string(kOwnKeySetPath),
                         .issuer = ""};
    keys_.emplace(place, config::KeySetSettings{}, api_server_.get());
  }
}

}  // namespace signet::auth
