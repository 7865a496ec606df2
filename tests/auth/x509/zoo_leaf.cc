// Rows about the client's certificate alone: dates, version, extensions; and keys and signatures.
#include "tests/auth/x509/case.h"

namespace signet::forge {
namespace {

constexpr std::string_view kP224 = "1.3.132.0.33";
constexpr std::string_view kSecp256k1 = "1.3.132.0.10";

Der Utc(std::string_view text) { return Text(0x17, text); }
Der Generalized(std::string_view text) { return Text(0x18, text); }

Row BadDate(const std::string& name, const Der& not_after) {
  return {.name = name,
          .change =
              [=](Case& c) {
                c.leaf.validity = Sequence({Time(kNow - kDay), not_after});
              },
          .rule = Rule::kMalformed,
          .openssl = Openssl::kNotAsked};
}

}  // namespace

std::vector<Row> RowsOfLeaves() {
  const auto far = Openssl::kNotAsked;  // Its clock cannot be set so far.
  return {
      {.name = "Good", .change = [](Case&) {}},
      {.name = "GoodBelowTheRoot",
       .change = [](Case& c) { c.leaf_below_root = true, c.shown = {"leaf"}; }},
      {.name = "Expired",
       .change = [](Case& c) { c.leaf.not_after_s = kNow - 1; },
       .rule = Rule::kExpired},
      {.name = "ExpiresNow",
       .change = [](Case& c) { c.leaf.not_after_s = kNow; },
       .rule = Rule::kExpired},
      {.name = "ExpiresInASecond",
       .change = [](Case& c) { c.leaf.not_after_s = kNow + 1; },
       .ends_at_s = kNow + 1},
      {.name = "NotYetValid",
       .change = [](Case& c) { c.leaf.not_before_s = kNow + 1; },
       .rule = Rule::kNotYetValid},
      {.name = "ValidFromNowOn", .change = [](Case& c) { c.leaf.not_before_s = kNow; }},
      {.name = "DatesTheWrongWayRound",
       .change = [](Case& c) { std::swap(c.leaf.not_before_s, c.leaf.not_after_s); },
       .rule = Rule::kNotYetValid},
      {.name = "NeverExpires",
       .change =
           [](Case& c) {
             c.leaf.validity = Sequence({Time(kNow - kDay), Generalized("99991231235959Z")});
           },
       .ends_at_s = kNow + 1000 * kDay},
      {.name = "Year1950",
       .change =
           [](Case& c) {
             c.leaf.validity = Sequence({Utc("500101000000Z"), Time(kNow + kDay)});
           },
       .ends_at_s = kNow + kDay},
      {.name = "Year2049",
       .change = [](Case& c) { c.now_s = 2'500'000'000; },
       .rule = Rule::kExpired,
       .openssl = far},
      BadDate("DateWithoutSeconds", Utc("2712312359Z")),
      BadDate("DateWithZone", Utc("271231235959+0100")),
      BadDate("DateWithFraction", Generalized("20271231235959.5Z")),
      BadDate("DateOfMonth13", Utc("271301000000Z")),
      BadDate("DateOfFebruary30", Utc("270230000000Z")),
      BadDate("DateOfHour24", Utc("270201240000Z")),
      BadDate("DateOfLetters", Utc("2702AA000000Z")),
      BadDate("DateOfText", Text(0x0c, "270201000000Z")),
      {.name = "Version1",
       .change = [](Case& c) { c.leaf.version = 0, c.leaf.extensions.clear(); },
       .rule = Rule::kVersion,
       .openssl = Openssl::kAccepts},
      {.name = "Version2",
       .change = [](Case& c) { c.leaf.version = 1, c.leaf.extensions.clear(); },
       .rule = Rule::kVersion,
       .openssl = Openssl::kAccepts},
      {.name = "Version4",
       .change = [](Case& c) { c.leaf.version = 3; },
       .rule = Rule::kMalformed,
       .openssl = Openssl::kAccepts},
      {.name = "Version1WithExtensions",
       .change = [](Case& c) { c.leaf.version = 0; },
       .rule = Rule::kMalformed,
       .openssl = Openssl::kNotAsked},
      {.name = "NoExtensions",
       .change = [](Case& c) { c.leaf.extensions.clear(); },
       .rule = Rule::kNoExtendedKeyUsage,
       .openssl = Openssl::kAccepts},
      {.name = "NoExtendedKeyUsage",
       .change = [](Case& c) { c.leaf.Remove("2.5.29.37"); },
       .rule = Rule::kNoExtendedKeyUsage,
       .openssl = Openssl::kAccepts},
      {.name = "OfAServer",
       .change = [](Case& c) { c.leaf.Set(ExtendedKeyUsage({kServerAuth})); },
       .rule = Rule::kNotForClients},
      {.name = "OfAClientAlone",
       .change = [](Case& c) { c.leaf.Set(ExtendedKeyUsage({kClientAuth})); }},
      {.name = "ForAnyPurpose",
       .change = [](Case& c) { c.leaf.Set(ExtendedKeyUsage({kAnyPurpose})); },
       .rule = Rule::kNotForClients},
      {.name = "ForAnyPurposeAndClients",
       .change =
           [](Case& c) {
             c.leaf.Set(ExtendedKeyUsage({kAnyPurpose, kClientAuth}));
           }},
      {.name = "CriticalExtendedKeyUsage",
       .change =
           [](Case& c) {
             c.leaf.Set(ExtendedKeyUsage({kClientAuth}));
             c.leaf.extensions.back().critical = true;
           }},
      {.name = "EmptyExtendedKeyUsage",
       .change = [](Case& c) { c.leaf.Set(ExtendedKeyUsage({})); },
       .rule = Rule::kMalformed},
      {.name = "NoKeyUsage", .change = [](Case& c) { c.leaf.Remove("2.5.29.15"); }},
      {.name = "KeyUsageForEncryption",
       .change = [](Case& c) { c.leaf.Set(KeyUsage(kEnciphers)); },
       .rule = Rule::kKeyUsage},
      {.name = "KeyUsageForBoth",
       .change = [](Case& c) { c.leaf.Set(KeyUsage(kSigns | kEnciphers)); }},
      {.name = "KeyUsageOfNoBits",
       .change =
           [](Case& c) {
             c.leaf.Set({.object_id = "2.5.29.15", .value = {0x03, 0x01, 0x00}});
           },
       .rule = Rule::kMalformed},
      {.name = "IsACa",
       .change = [](Case& c) { c.leaf.Set(BasicConstraints(true)); },
       .rule = Rule::kLeafIsCa,
       .openssl = Openssl::kAccepts},
      {.name = "SaysThatItIsNoCa", .change = [](Case& c) { c.leaf.Set(BasicConstraints(false)); }},
      {.name = "PathLengthWithoutCa",
       .change = [](Case& c) { c.leaf.Set(BasicConstraints(false, 0)); },
       .rule = Rule::kMalformed,
       .openssl = Openssl::kAccepts},
      {.name = "UnknownExtension", .change = [](Case& c) { c.leaf.Set(Unknown(false)); }},
      {.name = "UnknownCriticalExtension",
       .change = [](Case& c) { c.leaf.Set(Unknown(true)); },
       .rule = Rule::kUnknownCritical},
      {.name = "ExtensionTwice",
       .change = [](Case& c) { c.leaf.extensions.push_back(ExtendedKeyUsage({kClientAuth})); },
       .rule = Rule::kMalformed},
      {.name = "UnknownExtensionTwice",
       .change =
           [](Case& c) {
             c.leaf.extensions.push_back(Unknown(false));
             c.leaf.extensions.push_back(Unknown(false));
           },
       .rule = Rule::kMalformed,
       .openssl = Openssl::kAccepts},
      {.name = "ExtendedKeyUsageIsGarbage",
       .change =
           [](Case& c) {
             c.leaf.Set({.object_id = "2.5.29.37", .value = Der{1, 2, 3}});
           },
       .rule = Rule::kMalformed},
      {.name = "SerialOf20Bytes",
       .change = [](Case& c) { c.leaf.serial = Element(0x02, Der(20, 0x11)); }},
      {.name = "SerialOf21Bytes",
       .change = [](Case& c) { c.leaf.serial = Element(0x02, Der(21, 0x11)); },
       .rule = Rule::kMalformed,
       .openssl = Openssl::kAccepts},
      {.name = "SerialWithLeadingZeros",
       .change =
           [](Case& c) {
             c.leaf.serial = Element(0x02, Der{0, 0, 1});
           },
       .rule = Rule::kMalformed,
       .openssl = Openssl::kNotAsked},
      {.name = "BytesBehindIt",
       .change = [](Case& c) { c.damage = [](Der* der) { der->push_back(0); }; },
       .rule = Rule::kMalformed,
       .openssl = Openssl::kNotAsked},
      {.name = "LengthInMoreBytesThanNeeded",
       .change =
           [](Case& c) {
             c.damage = [](Der* der) {  // 30 82 hh ll -> 30 83 00 hh ll.
               (*der)[1] = 0x83;
               der->insert(der->begin() + 2, 0);
             };
           },
       .rule = Rule::kMalformed,
       .openssl = Openssl::kNotAsked},
      {.name = "ShortLengthInTwoBytes",
       .change =
           [](Case& c) {  // 30 nn -> 30 81 nn.
             c.leaf.subject = Name({{"CN", "pump-7"}});
             c.leaf.subject.insert(c.leaf.subject.begin() + 1, 0x81);
           },
       .rule = Rule::kMalformed,
       .openssl = Openssl::kNotAsked},
      {.name = "IsNoCertificate",
       .change = [](Case& c) { c.damage = [](Der* der) {
                                 *der = {1, 2, 3};
                               }; },
       .rule = Rule::kMalformed,
       .openssl = Openssl::kNotAsked},
      {.name = "IsEmpty",
       .change = [](Case& c) { c.damage = [](Der* der) { der->clear(); }; },
       .rule = Rule::kMalformed,
       .openssl = Openssl::kNotAsked},
  };
}

std::vector<Row> RowsOfKeys() {
  const auto middle_kind = [](Case& c, KeyKind kind) { c.middle.key = &KeyOf(kind, 1); };
  return {
      {.name = "SignatureIsWrong",
       .change = [](Case& c) { c.leaf.breaks_signature = true; },
       .rule = Rule::kSignature},
      {.name = "SignatureWithAByteBehindIt",
       .change = [](Case& c) { c.leaf.change_signature = [](Der* s) { s->push_back(0); }; },
       .rule = Rule::kSignature},
      {.name = "SignatureWithAZeroInFrontOfANumber",
       .change =
           [](Case& c) {
             c.leaf.change_signature = [](Der* s) {  // 30 nn 02 nn ...
               s->insert(s->begin() + 4, 0);
               ++(*s)[1];
               ++(*s)[3];
             };
           },
       .rule = Rule::kSignature,
       .only = Family::kEc},
      {.name = "SignatureOfMiddleIsWrong",
       .change = [](Case& c) { c.middle.breaks_signature = true; },
       .rule = Rule::kSignature},
      {.name = "SignedByAnotherKey",
       .change = [](Case& c) { c.leaf.signer = &c.Key(5); },
       .rule = Rule::kSignature},
      {.name = "SignedByItself",
       .change =
           [](Case& c) {
             c.leaf.issuer = c.leaf.subject;
             c.leaf.signer = c.leaf.key;
           },
       .rule = Rule::kNotTrusted},
      {.name = "Sha384", .change = [](Case& c) { c.leaf.hash = Hash::kSha384; }},
      {.name = "Sha512", .change = [](Case& c) { c.leaf.hash = Hash::kSha512; }},
      {.name = "InnerAlgorithmDiffers",
       .change = [](Case& c) { c.leaf.inner_algorithm = Sequence({ObjectId("1.3.101.113")}); },
       .rule = Rule::kMalformed},
      {.name = "AlgorithmOfAnotherFamily",
       .change =
           [](Case& c) {
             const KeyKind other = c.family == Family::kRsa ? KeyKind::kP256 : KeyKind::kRsa2048;
             c.leaf.algorithm = KeyOf(other).Algorithm(Hash::kSha256);
           },
       .rule = Rule::kSignature},
      {.name = "RsaPss",
       .change = [](Case& c) { c.leaf.algorithm = Sequence({ObjectId("1.2.840.113549.1.1.10")}); },
       .rule = Rule::kSignatureAlgorithm},
      {.name = "Md5",
       .change =
           [](Case& c) {
             c.leaf.algorithm =
                 Sequence({ObjectId("1.2.840.113549.1.1.4"), Element(0x05, ByteView())});
           },
       .rule = Rule::kSignatureAlgorithm},
      {.name = "LeafRsa1024",
       .change = [](Case& c) { c.leaf.key_info = RsaInfo(1024); },
       .rule = Rule::kKey,
       .openssl = Openssl::kAccepts},
      {.name = "LeafRsa2040",
       .change = [](Case& c) { c.leaf.key_info = RsaInfo(2040); },
       .rule = Rule::kKey,
       .openssl = Openssl::kAccepts},
      {.name = "LeafRsa8192",
       .change = [](Case& c) { c.leaf.key_info = RsaInfo(8192); },
       .rule = Rule::kKey,
       .openssl = Openssl::kAccepts},
      {.name = "LeafRsaExponent1",
       .change = [](Case& c) { c.leaf.key_info = RsaInfo(Der(256, 0xc5), Der{1}); },
       .rule = Rule::kKey,
       .openssl = Openssl::kAccepts},
      {.name = "LeafRsaEvenExponent",
       .change =
           [](Case& c) {
             c.leaf.key_info = RsaInfo(Der(256, 0xc5), Der{1, 0, 0});
           },
       .rule = Rule::kKey,
       .openssl = Openssl::kAccepts},
      {.name = "LeafRsaHugeExponent",
       .change = [](Case& c) { c.leaf.key_info = RsaInfo(Der(256, 0xc5), Der(255, 0x55)); },
       .rule = Rule::kKey,
       .openssl = Openssl::kAccepts},
      {.name = "LeafP224",
       .change = [](Case& c) { c.leaf.key_info = EcInfo(kP224, 28); },
       .rule = Rule::kKey,
       .openssl = Openssl::kNotAsked},
      {.name = "LeafSecp256k1",
       .change = [](Case& c) { c.leaf.key_info = EcInfo(kSecp256k1, 32); },
       .rule = Rule::kKey,
       .openssl = Openssl::kNotAsked},
      {.name = "LeafDsa",
       .change =
           [](Case& c) {
             c.leaf.key_info =
                 Sequence({Sequence({ObjectId("1.2.840.10040.4.1")}), BitString(Integer(7))});
           },
       .rule = Rule::kKey,
       .openssl = Openssl::kNotAsked},
      {.name = "MiddleRsa1024",
       .change = [](Case& c) { c.middle.key_info = RsaInfo(1024); },
       .rule = Rule::kIssuerKey,
       .openssl = Openssl::kNotAsked},
      {.name = "LeafOfAnotherFamily",
       .change =
           [](Case& c) {
             c.leaf.key = &KeyOf(c.family == Family::kEc ? KeyKind::kRsa2048 : KeyKind::kP256, 2);
           },
       .rule = Rule::kKeyFamilies,
       .openssl = Openssl::kAccepts},
      {.name = "MiddleP384",
       .change = [=](Case& c) { middle_kind(c, KeyKind::kP384); },
       .only = Family::kEc},
      {.name = "MiddleP521",
       .change = [=](Case& c) { middle_kind(c, KeyKind::kP521); },
       .only = Family::kEc},
      {.name = "MiddleRsa3072",
       .change = [=](Case& c) { middle_kind(c, KeyKind::kRsa3072); },
       .only = Family::kRsa},
      {.name = "MiddleEd25519",
       .change = [=](Case& c) { middle_kind(c, KeyKind::kEd25519); },
       .rule = Rule::kKeyFamilies,
       .openssl = Openssl::kAccepts,
       .only = Family::kEc},
      {.name = "Sha1OfEc",
       .change = [](Case& c) { c.leaf.hash = Hash::kSha1; },
       .rule = Rule::kSignatureAlgorithm,
       .openssl = Openssl::kAccepts,
       .only = Family::kEc},
      {.name = "Sha1OfRsa",
       .change = [](Case& c) { c.leaf.hash = Hash::kSha1; },
       .rule = Rule::kSignatureAlgorithm,
       .openssl = Openssl::kAccepts,
       .only = Family::kRsa},
      {.name = "Sha1OfMiddle",
       .change = [](Case& c) { c.middle.hash = Hash::kSha1; },
       .rule = Rule::kSignatureAlgorithm,
       .openssl = Openssl::kAccepts,
       .only = Family::kRsa},
      {.name = "Sha1OfRootBySelfMeansNothing",
       .change = [](Case& c) { c.root.hash = Hash::kSha1; },
       .only = Family::kRsa},
      {.name = "RootOfAnotherFamily",
       .change =
           [](Case& c) {
             c.root.key = &KeyOf(c.family == Family::kEc ? KeyKind::kRsa2048 : KeyKind::kP256, 0);
             c.root.signer = c.root.key;
           },
       .rule = Rule::kKeyFamilies,
       .openssl = Openssl::kAccepts},
  };
}

}  // namespace signet::forge
