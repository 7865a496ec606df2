#include "auth/custom/custom_request.h"

#include <algorithm>
#include <string>

#include "auth/json/json_writer.h"
#include "core/base/base64.h"
#include "core/base/bytes.h"

namespace signet::auth {
namespace {

constexpr size_t kLineDigits = 64;  // RFC 7468, 2.

std::string ToPem(const CertificateChain& chain) {
  std::string pem;
  for (const std::vector<uint8_t>& certificate : chain) {
    std::string digits;
    AppendBase64(certificate, &digits);
    pem += "-----BEGIN CERTIFICATE-----\n";
    for (size_t at = 0; at < digits.size(); at += kLineDigits) {
      pem += digits.substr(at, kLineDigits);
      pem += '\n';
    }
    pem += "-----END CERTIFICATE-----\n";
  }
  return pem;
}

// Writes objects into a text that never grows out of its place: a password stands in it, and would
// be left behind there.
class Writer {
 public:
  explicit Writer(size_t capacity) { json_.reserve(capacity); }

  void Open() { json_ += '{'; }
  void Close() { json_ += '}'; }
  void Name(std::string_view name) {
    if (json_.back() != '{') json_ += ',';
    AppendJsonText(name, &json_);
    json_ += ':';
  }
  void Text(std::string_view name, std::string_view text) {
    Name(name);
    AppendJsonText(text, &json_);
  }
  void Bytes(std::string_view name, ByteView bytes) {
    Name(name);
    json_ += '"';
    AppendBase64(bytes, &json_);
    json_ += '"';
  }
  SecretBytes Take() { return SecretBytes::Take(&json_); }

 private:
  std::string json_;
};

// At least what the body takes.
size_t MostBytes(const Credentials& credentials, std::string_view pem, std::string_view listener) {
  size_t bytes = 512;  // All names, and what stands around the values.
  for (const std::string_view text : {std::string_view(credentials.client_id),
                                      std::string_view(credentials.peer), pem, listener}) {
    bytes += MaxJsonTextSize(text);
  }
  if (credentials.username) bytes += MaxJsonTextSize(*credentials.username);
  if (credentials.password) bytes += Base64Size(credentials.password->size());
  if (credentials.authentication_method) {
    const std::string_view method = *credentials.authentication_method;
    bytes += std::max(MaxJsonTextSize(method), Base64Size(method.size()));
  }
  return bytes + Base64Size(credentials.authentication_data.size());
}

}  // namespace

SecretBytes CustomRequestBody(const Credentials& credentials,
                              const config::CustomSettings& settings, std::string_view listener) {
  const bool is_connect = credentials.source == Credentials::Source::kConnect;
  const std::string pem =
      is_connect && credentials.chain != nullptr ? ToPem(*credentials.chain) : std::string();
  Writer writer(MostBytes(credentials, pem, listener));
  writer.Open();
  writer.Text("type", is_connect ? "connect" : "auth");
  if (is_connect && credentials.username) writer.Text("username", *credentials.username);
  if (is_connect && credentials.password) writer.Bytes("password", credentials.password->bytes());
  if (!pem.empty()) writer.Text("certs", pem);
  if (const auto& method = credentials.authentication_method) {
    writer.Name("enhancedAuthentication");
    writer.Open();
    if (settings.method_encoding == config::MethodEncoding::kBase64) {
      writer.Bytes("method", AsBytes(*method));
    } else {
      writer.Text("method", *method);
    }
    const SecretBytes& data = credentials.authentication_data;
    if (!data.empty()) writer.Bytes("data", data.bytes());
    writer.Close();
  }
  if (settings.send_client_id && is_connect) writer.Text("clientId", credentials.client_id);
  if (settings.send_peer_address) writer.Text("peerAddress", credentials.peer);
  if (settings.send_listener) writer.Text("listener", listener);
  writer.Close();
  return writer.Take();
}

}  // namespace signet::auth
