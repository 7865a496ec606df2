#include "tests/auth/x509/case.h"

#include <iterator>

#include "auth/x509/x509_method.h"

namespace signet::forge {

std::string_view NameOfFamily(Family family) {
  constexpr std::string_view kNames[] = {"Ec", "Rsa", "Ed25519"};
  return kNames[static_cast<size_t>(family)];
}

Case::Case(Family its_family) : family(its_family) {
  root = MakeCa(Name({{"C", "DE"}, {"O", "Plant"}, {"CN", "Plant Root"}}), 0);
  root.not_after_s = kNow + 3000 * kDay;
  middle = MakeCa(Name({{"C", "DE"}, {"O", "Plant"}, {"CN", "Line 2 CA"}}), 1);
  middle.issuer.clear();
  middle.signer = nullptr;
  middle.Set(BasicConstraints(true, 0));
  leaf = {.serial = Integer(0x2001),
          .subject = Name({{"CN", "pump-7"}, {"OU", "Line 2"}, {"C", "DE"}}),
          .not_before_s = kNow - kDay,
          .not_after_s = kNow + 30 * kDay,
          .key = &Key(2)};
  leaf.Set(KeyUsage(kSigns));
  leaf.Set(ExtendedKeyUsage({kServerAuth, kClientAuth}));
}

const TestKey& Case::Key(int number) const {
  constexpr KeyKind kKinds[] = {KeyKind::kP256, KeyKind::kRsa2048, KeyKind::kEd25519};
  return KeyOf(kKinds[static_cast<size_t>(family)], number);
}

CertificateSpec Case::MakeCa(const Der& name, int key_number) const {
  CertificateSpec ca{.serial = Integer(0x3000 + static_cast<uint64_t>(key_number)),
                     .subject = name,
                     .not_before_s = kNow - 500 * kDay,
                     .not_after_s = kNow + 1000 * kDay,
                     .key = &Key(key_number),
                     .issuer = name,
                     .signer = &Key(key_number)};
  ca.Set(BasicConstraints(true));
  ca.Set(KeyUsage(kSignsCertificates | kSignsCrls));
  return ca;
}

CrlSpec Case::CrlOf(const CertificateSpec& ca) const {
  return {.issuer = ca.subject,
          .signer = ca.key,
          .this_update_s = kNow - kDay,
          .next_update_s = kNow + 7 * kDay};
}

void Case::AddCrls() { crls = {CrlOf(root), CrlOf(middle)}; }

void Case::Give(const std::string& label, const std::string& subject, const std::string& group) {
  attributes[label] = {.subject = subject, .attributes = {{"group", group}}};
}

Material Case::Build() const {
  const auto below = [](CertificateSpec spec, const CertificateSpec& issuer) {
    if (spec.issuer.empty()) spec.issuer = issuer.subject;
    if (spec.signer == nullptr) spec.signer = issuer.key;
    return Make(spec);
  };
  std::map<std::string, Der> made{{"root", Make(root)},
                                  {"middle", below(middle, root)},
                                  {"leaf", below(leaf, leaf_below_root ? root : middle)}};
  if (damage) damage(&made["leaf"]);
  Material material;
  for (const std::string& name : shown) material.shown.push_back(made.at(name));
  for (const std::string& name : trusted) material.trusted.push_back(made.at(name));
  for (const CertificateSpec& spec : more_shown) material.shown.push_back(Make(spec));
  for (const CertificateSpec& spec : more_trusted) material.trusted.push_back(Make(spec));
  for (const CrlSpec& spec : crls) material.crls.push_back(Make(spec));
  return material;
}

std::vector<Row> AllRows() {
  std::vector<Row> all;
  for (auto* rows :
       {&RowsOfLeaves, &RowsOfKeys, &RowsOfPaths, &RowsOfNames, &RowsOfConstraints, &RowsOfCrls}) {
    std::vector<Row> some = rows();
    std::move(some.begin(), some.end(), std::back_inserter(all));
  }
  return all;
}

config::X509Settings SettingsOf(const Case& c, const Material& material) {
  config::X509Settings settings;
  settings.authorization_attributes = c.attributes;
  for (const Der& ca : material.trusted) settings.trusted_ca_pem += Pem("CERTIFICATE", ca);
  for (const Der& crl : material.crls) settings.client_crls.emplace_back(AsText(crl));
  return settings;
}

auth::Verdict Judge(const Case& c, const Material& material) {
  std::vector<std::string> warnings;
  auto method = auth::X509Method::Create(SettingsOf(c, material), &warnings);
  if (!method.ok()) return auth::Unavailable{method.error().sentence()};
  return (*method)->Judge(material.shown, WallTime::FromSeconds(c.now_s));
}

}  // namespace signet::forge
