// One case of the zoo: a root, an intermediate below it and a client's certificate below that, all
// good until a row of the zoo changes something; and what is to come of it.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "auth/method.h"
#include "auth/x509/rule.h"
#include "core/config/authentication.h"
#include "tests/auth/x509/forge.h"

namespace signet::forge {

using auth::x509::Rule;

inline constexpr int64_t kDay = 86'400;
inline constexpr int64_t kNow = 1'790'000'000;  // In September 2026.

enum class Family : uint8_t { kEc, kRsa, kEd25519 };
std::string_view NameOfFamily(Family family);

// What a Case is put together to.
struct Material {
  std::vector<Der> shown;
  std::vector<Der> trusted;
  std::vector<Der> crls;
};

struct Case {
  explicit Case(Family family);

  Family family;
  CertificateSpec root;
  CertificateSpec middle;
  CertificateSpec leaf;
  // Issuer and signer, where they are not filled in yet, are those above.
  bool leaf_below_root = false;
  std::vector<std::string> shown{"leaf", "middle"};
  std::vector<std::string> trusted{"root"};
  // Added to both; issuer and signer are theirs to fill in.
  std::vector<CertificateSpec> more_shown;
  std::vector<CertificateSpec> more_trusted;
  std::vector<CrlSpec> crls;
  std::map<std::string, config::SubjectAttributes, std::less<>> attributes;
  int64_t now_s = kNow;
  std::function<void(Der*)> damage;  // Done to the leaf's DER.

  const TestKey& Key(int number) const;
  // Another root or intermediate, signed by itself until that is changed.
  CertificateSpec MakeCa(const Der& name, int key_number) const;
  // In force, signed by this CA.
  CrlSpec CrlOf(const CertificateSpec& ca) const;
  // Good ones of both CAs.
  void AddCrls();
  // An entry of the configuration.
  void Give(const std::string& label, const std::string& subject, const std::string& group);

  Material Build() const;
};

// What openssl says to it, asked as one would ask for a client's chain.
enum class Openssl : uint8_t {
  kAgrees,
  kAccepts,   // It asks for less.
  kNotAsked,  // It cannot be asked the same question.
};

struct Row {
  std::string name;
  std::function<void(Case& c)> change;
  // Absent: accepted.
  std::optional<Rule> rule;
  Openssl openssl = Openssl::kAgrees;
  // If it is accepted.
  std::string username = "pump-7";
  int64_t ends_at_s = kNow + 30 * kDay;
  std::string group;                // An attribute; empty: none at all.
  std::optional<Family> only = {};  // It makes sense for no other.
};

std::vector<Row> RowsOfLeaves();
std::vector<Row> RowsOfKeys();
std::vector<Row> RowsOfPaths();
std::vector<Row> RowsOfNames();
std::vector<Row> RowsOfConstraints();
std::vector<Row> RowsOfCrls();
std::vector<Row> AllRows();

config::X509Settings SettingsOf(const Case& c, const Material& material);
// By X509Method made of it; an error of its making counts as Unavailable.
auth::Verdict Judge(const Case& c, const Material& material);

}  // namespace signet::forge
