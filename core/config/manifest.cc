#include "core/config/manifest.h"

#include <algorithm>
#include <array>
#include <utility>

#include "core/config/field_reader.h"
#include "core/config/values.h"
#include "core/config/yaml_tree.h"
#include "fmt/format.h"

namespace signet::config {
namespace {

constexpr std::string_view kBrokerVersions[] = {
    "mqttbroker.iotoperations.azure.com/v1", "mqttbroker.iotoperations.azure.com/v1beta1",
    "mqttbroker.iotoperations.azure.com/v2beta1", "mq.iotoperations.azure.com/v1beta1"};
constexpr std::string_view kCoreVersions[] = {"v1"};

enum KindIndex : size_t {
  kBrokerKind,
  kListenerKind,
  kAuthenticationKind,
  kAuthorizationKind,
  kConfigMapKind,
  kSecretKind
};

const KindInfo kKinds[] = {
    {"Broker", kBrokerVersions, &kBrokerFields, true,
     "the broker as a whole; there is at most one, and it is called default"},
    {"BrokerListener", kBrokerVersions, &kBrokerListenerFields, true, "ports"},
    {"BrokerAuthentication", kBrokerVersions, &kBrokerAuthenticationFields, true,
     "how clients of a port say who they are"},
    {"BrokerAuthorization", kBrokerVersions, &kBrokerAuthorizationFields, true,
     "what clients of a port may do"},
    {"ConfigMap", kCoreVersions, &kConfigMapFields, false,
     "CA certificates, and what else is public"},
    {"Secret", kCoreVersions, &kSecretFields, false, "certificates with keys, and other secrets"},
};

constexpr std::array<std::string_view, 6> kKindNames{
    "Broker",    "BrokerListener", "BrokerAuthentication", "BrokerAuthorization",
    "ConfigMap", "Secret"};

// What a cluster adds to a document that is read back from it is let pass.
struct Metadata {
  std::string name;
};
constexpr Field kMetadataRows[] = {
    Required(Text<&Metadata::name>("name", nullptr, "", "what others refer to it by")),
    UnkeptText("namespace", nullptr, "", "of a cluster"),
    Anything("labels", "of a cluster"),
    Anything("annotations", "of a cluster"),
    Anything("creationTimestamp", "of a cluster"),
    Anything("deletionGracePeriodSeconds", "of a cluster"),
    Anything("deletionTimestamp", "of a cluster"),
    Anything("finalizers", "of a cluster"),
    Anything("generateName", "of a cluster"),
    Anything("generation", "of a cluster"),
    Anything("managedFields", "of a cluster"),
    Anything("ownerReferences", "of a cluster"),
    Anything("resourceVersion", "of a cluster"),
    Anything("selfLink", "of a cluster"),
    Anything("uid", "of a cluster"),
};
constexpr FieldTable kMetadataFields{.title = "metadata", .fields = kMetadataRows};

// The text of a scalar field, or nothing.
std::string_view ScalarIn(const YamlNode& node, std::string_view field) {
  const YamlNode* value = node.Find(field);
  return value != nullptr && value->is_scalar() ? std::string_view(value->text)
                                                : std::string_view();
}

// What stands beside the items of a List: an `items` that is misspelt, or there twice, would leave
// documents unread.
void CheckList(const YamlNode& list, Reading* reading) {
  constexpr std::string_view kFields[] = {"apiVersion", "kind", "metadata", "items"};
  std::map<std::string_view, uint32_t> seen;
  for (const YamlNode& item : list.items) {
    const auto [first, is_new] = seen.emplace(item.key, item.key_line);
    if (!is_new) {
      reading->Complain(item.key_line, fmt::format("this field of a List is given twice, first in "
                                                   "line {}",
                                                   first->second));
    } else if (std::ranges::count(kFields, item.key) == 0) {
      reading->Complain(item.key_line,
                        "there is no such field in a List" + DidYouMean(item.key, kFields));
    }
  }
}

// The document, or those of a List, as a cluster gives several of its objects.
std::span<const YamlNode> DocumentsIn(const YamlNode& document, Reading* reading) {
  const YamlNode* items = document.Find("items");
  if (ScalarIn(document, "kind") == "List" && ScalarIn(document, "apiVersion") == "v1" &&
      items != nullptr && items->is_sequence()) {
    CheckList(document, reading);
    return items->items;
  }
  return {&document, 1};
}

class DocumentReader {
 public:
  DocumentReader(const YamlNode& document, Reading* reading, Manifests* manifests)
      : document_(document), reading_(reading), manifests_(manifests) {}

  void Read() {
    if (!document_.is_map()) return reading_->Complain(document_.line, "a document must be a map");
    if (!FindKind()) return;
    // A key of a Secret may be what its value was meant to be.
    reading_->may_quote = kind_ != kSecretKind;
    CheckDuplicateKeys(document_, reading_);
    CheckApiVersion();
    const bool has_metadata = ReadMetadata();
    if (has_metadata) ReadKind();
  }

 private:
  bool FindKind() {
    const std::string_view kind = ScalarIn(document_, "kind");
    const YamlNode* node = document_.Find("kind");
    if (node == nullptr || kind.empty()) {
      reading_->Complain(document_.line, "the field kind is missing");
      return false;
    }
    const auto* const found = std::ranges::find(kKindNames, kind);
    if (found == kKindNames.end()) {
      // What is called so is no secret.
      reading_->may_quote = true;
      reading_->Complain(node->line, fmt::format("there is no kind {}{}", reading_->Quote(kind),
                                                 DidYouMean(kind, kKindNames)));
      reading_->may_quote = false;
      return false;
    }
    kind_ = static_cast<size_t>(found - kKindNames.begin());
    return true;
  }

  void CheckApiVersion() {
    const std::span<const std::string_view> versions = kKinds[kind_].api_versions;
    const std::string_view version = ScalarIn(document_, "apiVersion");
    if (std::ranges::count(versions, version) > 0) return;
    const YamlNode* node = document_.Find("apiVersion");
    if (node == nullptr || version.empty()) {
      return reading_->Complain(
          document_.line,
          fmt::format("the field apiVersion is missing; it is {}", versions.front()));
    }
    reading_->Complain(node->line,
                       fmt::format("there is no {} of apiVersion {}{}", kKindNames[kind_],
                                   reading_->Quote(version), DidYouMean(version, versions)));
  }

  bool ReadMetadata() {
    const YamlNode* node = document_.Find("metadata");
    if (node == nullptr || !node->is_map()) {
      reading_->Complain(document_.line, "the field metadata is missing, or not a map");
      return false;
    }
    Metadata metadata;
    const PathStep step(reading_, "metadata", PathStep::Name::kKnown);
    if (!ReadObject(kMetadataFields, *node, &metadata, reading_)) return false;
    const YamlNode* name = node->Find("name");
    const bool is_ours = kKinds[kind_].has_spec;
    const Status status =
        is_ours ? CheckResourceName(metadata.name) : CheckObjectName(metadata.name);
    if (!status.ok()) {
      reading_->Complain(name->line, fmt::format("name: {} {}", reading_->Quote(metadata.name),
                                                 status.sentence()));
      return false;
    }
    name_ = metadata.name;
    return true;
  }

  // Rows for what is beside `spec`, so that a misspelt `spec` has a nearest name.
  bool CheckEnvelope() {
    std::vector<std::string_view> names{"apiVersion", "kind", "metadata"};
    if (kKinds[kind_].has_spec) {
      names.insert(names.end(), {"spec", "status"});
    } else {
      for (const Field& field : kKinds[kind_].fields->fields) names.push_back(field.name);
    }
    bool good = true;
    for (const YamlNode& item : document_.items) {
      if (std::ranges::count(names, item.key) > 0) continue;
      reading_->Complain(item.key_line,
                         fmt::format("there is no field {} here{}", reading_->Quote(item.key),
                                     DidYouMean(item.key, names)));
      good = false;
    }
    return good;
  }

  template <typename Kind>
  void ReadSpec(std::vector<Kind>* all) {
    Kind object;
    object.name = name_;
    object.origin = reading_->At(document_.line);
    const YamlNode* spec = document_.Find("spec");
    if (spec != nullptr && !spec->is_null() && !spec->is_map()) {
      return reading_->Complain(spec->line, "spec must be a map of fields");
    }
    YamlNode empty;
    empty.kind = YamlNode::Kind::kMap;
    empty.line = document_.line;
    const PathStep step(reading_, "spec");
    ReadObject(*kKinds[kind_].fields, spec == nullptr || spec->is_null() ? empty : *spec, &object,
               reading_);
    all->push_back(std::move(object));
  }

  void ReadKeyedValues(std::vector<KeyedValues>* all,
                       void (*read)(const YamlNode&, KeyedValues*, Reading*)) {
    KeyedValues values{.name = name_, .origin = reading_->At(document_.line), .values = {}};
    YamlNode rest = document_;
    std::erase_if(rest.items, [](const YamlNode& item) {
      return item.key == "apiVersion" || item.key == "kind" || item.key == "metadata";
    });
    ReadObject(*kKinds[kind_].fields, rest, nullptr, reading_);
    read(document_, &values, reading_);
    all->push_back(std::move(values));
  }

  void ReadKind() {
    if (kKinds[kind_].has_spec && !CheckEnvelope()) return;
    switch (kind_) {
      case kBrokerKind:
        return ReadSpec(&manifests_->brokers);
      case kListenerKind:
        return ReadSpec(&manifests_->listeners);
      case kAuthenticationKind:
        return ReadSpec(&manifests_->authentications);
      case kAuthorizationKind:
        return ReadSpec(&manifests_->authorizations);
      case kConfigMapKind:
        return ReadKeyedValues(&manifests_->config_maps, ReadConfigMapValues);
      default:
        return ReadKeyedValues(&manifests_->secrets, ReadSecretValues);
    }
  }

  const YamlNode& document_;
  Reading* reading_;
  Manifests* manifests_;
  size_t kind_ = 0;
  std::string name_;
};

void AddMounted(const ConfigSources& sources, Manifests* manifests, Problems* problems) {
  for (const MountedValue& value : sources.mounted) {
    const bool is_secret = value.kind == MountedKind::kSecret;
    std::vector<KeyedValues>& all = is_secret ? manifests->secrets : manifests->config_maps;
    const Origin origin{.file = value.file, .line = 0};
    Status status = CheckObjectName(value.object);
    if (status.ok()) status = CheckDataKey(value.key);
    if (!status.ok()) {
      problems->Error(origin,
                      fmt::format("the name of the folder or of the file {}", status.sentence()));
      continue;
    }
    // The values of one folder follow each other.
    if (all.empty() || all.back().name != value.object || all.back().origin.line != 0) {
      all.push_back({.name = value.object, .origin = origin, .values = {}});
    }
    all.back().values[value.key] = {.bytes = value.bytes, .missing = {}, .origin = origin};
  }
}

template <typename Kind>
void CheckNames(std::string_view kind, const std::vector<Kind>& all, Problems* problems) {
  std::map<std::string_view, const Origin*> seen;
  for (const Kind& object : all) {
    const auto [first, is_new] = seen.emplace(object.name, &object.origin);
    if (is_new) continue;
    problems->Error(object.origin, fmt::format("there is another {} {}, in {}", kind, object.name,
                                               PlaceOf(*first->second)));
  }
}

}  // namespace

std::span<const KindInfo> AllKinds() { return kKinds; }

Manifests ReadManifests(const ConfigSources& sources, ConfigReader* reader, Problems* problems) {
  Manifests manifests;
  for (const ManifestFile& file : sources.manifests) {
    for (const YamlNode& document : ParseYaml(file.name, file.text.text(), problems)) {
      Reading outer{.file = file.name, .problems = problems, .reader = reader, .path = {}};
      for (const YamlNode& each : DocumentsIn(document, &outer)) {
        Reading reading{.file = file.name, .problems = problems, .reader = reader, .path = {}};
        DocumentReader(each, &reading, &manifests).Read();
      }
    }
  }
  AddMounted(sources, &manifests, problems);
  CheckNames("Broker", manifests.brokers, problems);
  CheckNames("BrokerListener", manifests.listeners, problems);
  CheckNames("BrokerAuthentication", manifests.authentications, problems);
  CheckNames("BrokerAuthorization", manifests.authorizations, problems);
  CheckNames("ConfigMap", manifests.config_maps, problems);
  CheckNames("Secret", manifests.secrets, problems);
  return manifests;
}

}  // namespace signet::config
