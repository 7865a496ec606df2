#include "core/config/configuration.h"

#include <algorithm>
#include <set>
#include <utility>

#include "core/config/references.h"
#include "fmt/format.h"

namespace signet::config {
namespace {

ClientCertificates CertificatesFor(const BrokerAuthentication& authentication) {
  if (!authentication.Has(AuthenticationMethodName::kX509)) return ClientCertificates::kNone;
  const bool alone = std::ranges::all_of(authentication.methods, [](const auto& method) {
    return method.name == AuthenticationMethodName::kX509;
  });
  return alone ? ClientCertificates::kRequired : ClientCertificates::kRequested;
}

class Assembler {
 public:
  Assembler(Manifests manifests, ConfigReader* reader, Problems* problems)
      : manifests_(std::move(manifests)),
        reader_(reader),
        problems_(problems),
        references_(manifests_, problems) {}

  Configuration Run() {
    TakeBroker();
    TakePolicies();
    if (manifests_.listeners.empty()) manifests_.listeners.push_back(BuiltInListener());
    for (BrokerListener& listener : manifests_.listeners) TakeListener(&listener);
    ReportUnused();
    return std::move(configuration_);
  }

 private:
  void TakeBroker() {
    for (Broker& broker : manifests_.brokers) {
      if (broker.name != "default") {
        problems_->Error(broker.origin, "the Broker must be called default");
      }
      configuration_.broker = std::move(broker);
    }
  }

  void TakePolicies() {
    auto& authentications = configuration_.authentications;
    authentications.emplace("default", BuiltInAuthentication());
    for (BrokerAuthentication& authentication : manifests_.authentications) {
      references_.Resolve(reader_, &authentication, &missing_[authentication.name]);
      const std::string name = authentication.name;
      authentications.insert_or_assign(name, std::move(authentication));
    }
    for (BrokerAuthorization& authorization : manifests_.authorizations) {
      const std::string name = authorization.name;
      configuration_.authorizations.insert_or_assign(name, std::move(authorization));
    }
  }

  void TakeListener(BrokerListener* listener) {
    if (listener->service_name.empty()) listener->service_name = listener->name;
    CheckOnce("serviceType", fmt::format("{}", static_cast<int>(listener->service_type)),
              "another BrokerListener has the same serviceType", listener->origin);
    CheckOnce("serviceName", listener->service_name,
              "another BrokerListener has the same serviceName", listener->origin);
    for (ListenerPort& settings : listener->ports) {
      configuration_.ports.push_back(TakePort(*listener, std::move(settings)));
    }
  }

  void CheckOnce(std::string_view what, const std::string& value, std::string_view sentence,
                 const Origin& origin) {
    const auto [first, is_new] = seen_.emplace(fmt::format("{}={}", what, value), origin);
    if (is_new) return;
    problems_->Error(origin, fmt::format("{}, in {}", sentence, PlaceOf(first->second)));
  }

  // Ports that the kernel picks have a number behind their name, and the others theirs.
  std::string NameOf(const BrokerListener& listener, const ListenerPort& settings) {
    if (settings.unix_socket) {
      CheckOnce("path", settings.unix_socket->path, "another port has the same path",
                settings.origin);
      return fmt::format("{}/{}", listener.name, settings.unix_socket->path);
    }
    const uint64_t port = settings.port.value_or(0);
    if (port != 0) {
      CheckOnce("port", fmt::format("{}", port), "another port has the same number",
                settings.origin);
      return fmt::format("{}/{}", listener.name, port);
    }
    return fmt::format("{}/0#{}", listener.name, ++picked_ports_);
  }

  ResolvedPort TakePort(const BrokerListener& listener, ListenerPort settings) {
    ResolvedPort port{.name = NameOf(listener, settings),
                      .listener = listener.name,
                      .service_type = listener.service_type,
                      .service_name = listener.service_name,
                      .settings = std::move(settings)};
    if (port.settings.proxy_protocol) {
      for (const std::string& text : port.settings.proxy_protocol->trusted_networks) {
        const StatusOr<IpNetwork> network = IpNetwork::Parse(text);
        if (network.ok()) port.settings.proxy_protocol->trusted.push_back(*network);
      }
    }
    References::Waits waits;
    const BrokerAuthentication* authentication = FindAuthentication(port.settings, &waits);
    CheckAuthorization(port.settings, &waits);
    if (port.settings.tls) {
      port.tls = TakeTls(*port.settings.tls, port.settings.origin, authentication,
                         !port.settings.authentication.empty(), &waits);
    } else if (authentication != nullptr && authentication->Has(AuthenticationMethodName::kX509)) {
      problems_->Error(port.settings.authentication.origin,
                       fmt::format("BrokerAuthentication {} has the method X509, and this port "
                                   "has no tls by which a client could show a certificate",
                                   authentication->name));
    }
    for (const Problem& wait : waits) {
      problems_->Add(wait.severity, wait.origin,
                     fmt::format("{}: port {} is not opened", wait.sentence, port.name));
    }
    port.waits_for.insert(port.waits_for.end(), waits.begin(), waits.end());
    if (authentication != nullptr) AddMissing(authentication->name, &port);
    return port;
  }

  const BrokerAuthentication* FindAuthentication(const ListenerPort& settings,
                                                 References::Waits* waits) {
    const Reference& reference = settings.authentication;
    if (reference.empty()) return nullptr;
    const auto found = configuration_.authentications.find(reference.name);
    if (found != configuration_.authentications.end()) return &found->second;
    waits->push_back(
        {.severity = Severity::kWaiting,
         .origin = reference.origin,
         .sentence = fmt::format("there is no BrokerAuthentication {}", reference.name)});
    return nullptr;
  }

  void CheckAuthorization(const ListenerPort& settings, References::Waits* waits) {
    const Reference& reference = settings.authorization;
    if (reference.empty()) return;
    if (configuration_.authorizations.contains(reference.name)) return;
    waits->push_back(
        {.severity = Severity::kWaiting,
         .origin = reference.origin,
         .sentence = fmt::format("there is no BrokerAuthorization {}", reference.name)});
  }

  ResolvedTls TakeTls(const PortTls& settings, const Origin& origin,
                      const BrokerAuthentication* authentication, bool has_reference,
                      References::Waits* waits) {
    ResolvedTls tls{.min_version = settings.min_version,
                    .ciphers = settings.ciphers,
                    .groups = settings.groups};
    if (settings.manual) {
      tls.certificates.push_back(references_.CertificateIn(settings.manual->secret, waits));
    } else {
      tls.automatic = settings.automatic.value_or(CertificateSettings());
    }
    for (const CertificateReference& additional : settings.additional_certificates) {
      tls.certificates.push_back(references_.CertificateIn(additional.secret, waits));
    }
    if (authentication != nullptr) tls.client_certificates = CertificatesFor(*authentication);
    const bool asks = tls.client_certificates != ClientCertificates::kNone;
    if (asks) {
      for (const AuthenticationMethod& method : authentication->methods) {
        if (method.x509) tls.client_ca_pem += method.x509->trusted_ca_pem;
      }
    }
    if (asks && settings.session_tickets == true) {
      problems_->Error(origin,
                       "sessionTickets must not be Enabled where client certificates are taken: a "
                       "resumed session would show none");
    }
    tls.session_tickets = !asks && settings.session_tickets.value_or(true);
    if (!settings.client_crl.empty()) {
      tls.client_crls = references_.RevocationLists(settings.client_crl, waits);
      // An authentication that is not there yet may have it.
      if (!asks && (authentication != nullptr || !has_reference)) {
        problems_->Error(settings.client_crl.origin,
                         "clientCrl is for ports with the method X509 in their authentication");
      }
    }
    return tls;
  }

  // What an authentication waits for is said once, however many ports wait with it.
  void AddMissing(const std::string& authentication, ResolvedPort* port) {
    const auto missing = missing_.find(authentication);
    if (missing == missing_.end()) return;
    const References::Waits& waits = missing->second;
    port->waits_for.insert(port->waits_for.end(), waits.begin(), waits.end());
    if (!said_.insert(authentication).second) return;
    for (const Problem& wait : waits) {
      problems_->Add(Severity::kWaiting, wait.origin,
                     fmt::format("{}: no port with BrokerAuthentication {} is opened",
                                 wait.sentence, authentication));
    }
  }

  void ReportUnused() {
    for (const auto& [name, waits] : missing_) {
      if (said_.contains(name)) continue;
      for (const Problem& wait : waits) {
        problems_->Add(Severity::kWarning, wait.origin, wait.sentence);
      }
    }
  }

  Manifests manifests_;
  ConfigReader* reader_;
  Problems* problems_;
  References references_;
  Configuration configuration_;
  std::map<std::string, References::Waits, std::less<>> missing_;  // By authentication.
  std::set<std::string> said_;
  std::map<std::string, Origin> seen_;
  uint32_t picked_ports_ = 0;
};

}  // namespace

BrokerAuthentication BuiltInAuthentication() {
  BrokerAuthentication authentication{.name = "default"};
  AuthenticationMethod method{.name = AuthenticationMethodName::kServiceAccountToken};
  method.service_account_token.emplace().audiences = {"aio-internal"};
  authentication.methods.push_back(std::move(method));
  return authentication;
}

BrokerListener BuiltInListener() {
  BrokerListener listener{.name = "default", .service_name = "aio-broker"};
  ListenerPort& port = listener.ports.emplace_back();
  port.port = 18'883;
  port.authentication.name = "default";
  port.tls.emplace().mode = TlsMode::kAutomatic;
  port.tls->automatic.emplace().issuer = {.name = "azure-iot-operations-aio-certificate-issuer",
                                          .kind = IssuerKind::kClusterIssuer};
  return listener;
}

LoadResult LoadConfiguration(const ConfigSources& sources, ConfigReader* reader) {
  Problems problems;
  Configuration configuration =
      Assembler(ReadManifests(sources, reader, &problems), reader, &problems).Run();
  LoadResult result;
  if (!problems.has_errors()) result.configuration = std::move(configuration);
  result.problems = problems.Take();
  return result;
}

}  // namespace signet::config
