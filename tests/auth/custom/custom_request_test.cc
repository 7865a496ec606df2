// The table of azure-iot-operations, 5.1, row by row.
#include "auth/custom/custom_request.h"

#include <gtest/gtest.h>

#include <memory>

#include "auth/json/json_document.h"
#include "tests/auth/custom/custom_fixture.h"

namespace signet::auth {
namespace {

class CustomRequestTest : public CustomTest {
 protected:
  std::string Body(const Credentials& credentials) const {
    return std::string(CustomRequestBody(credentials, settings_, "front").text());
  }
  static Credentials WithChain(std::vector<std::vector<uint8_t>> certificates) {
    Credentials credentials;
    credentials.chain = std::make_shared<const CertificateChain>(std::move(certificates));
    return credentials;
  }
  // As a server reads it.
  static std::string Certs(std::string_view body) {
    const auto document = JsonDocument::Read(body, 1024 * 1024);
    EXPECT_TRUE(document.ok());
    std::optional<std::string_view> certs;
    EXPECT_TRUE(document->root().Read("certs", &certs));
    return std::string(certs.value_or("none"));
  }
};

TEST_F(CustomRequestTest, TypeAloneIsAlwaysThere) { EXPECT_EQ(Body({}), R"({"type":"connect"})"); }

TEST_F(CustomRequestTest, UsernameAndPasswordOfConnect) {
  // The example of the specification.
  EXPECT_EQ(Body(Password("press-04", "s3cr3t")),
            R"({"type":"connect","username":"press-04","password":"czNjcjN0"})");
}

TEST_F(CustomRequestTest, ThePasswordIsBase64OfItsBytes) {
  EXPECT_EQ(Body(Password("", std::string_view("\0\xFF\"", 3))),
            R"({"type":"connect","username":"","password":"AP8i"})");
}

TEST_F(CustomRequestTest, AnEmptyPasswordIsNotAnAbsentOne) {
  Credentials credentials;
  credentials.password = SecretBytes();
  EXPECT_EQ(Body(credentials), R"({"type":"connect","password":""})");
}

TEST_F(CustomRequestTest, NoUsernameEndsItsText) {
  EXPECT_EQ(Body(Password("a\",\"type\":\"auth\\\n", "")),
            R"({"type":"connect","username":"a\",\"type\":\"auth\\\u000a","password":""})");
}

TEST_F(CustomRequestTest, CertificatesAsPemFromTheLeafOn) {
  const std::string body = Body(WithChain({{0x30, 0x00}, std::vector<uint8_t>(49, 0x41)}));
  EXPECT_EQ(Certs(body),
            "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n"
            "-----BEGIN CERTIFICATE-----\n"
            "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFB\nQQ==\n"
            "-----END CERTIFICATE-----\n");
}

TEST_F(CustomRequestTest, NoCertificatesWhereNoneWereShown) {
  EXPECT_EQ(Body(WithChain({})), R"({"type":"connect"})");
}

TEST_F(CustomRequestTest, EnhancedAuthenticationOfConnect) {
  Credentials credentials = Enhanced("PLANT-OTP", "912837");
  credentials.username = "press-04";
  EXPECT_EQ(Body(credentials),
            R"({"type":"connect","username":"press-04",)"
            R"("enhancedAuthentication":{"method":"PLANT-OTP","data":"OTEyODM3"}})");
}

TEST_F(CustomRequestTest, EnhancedAuthenticationWithoutData) {
  EXPECT_EQ(Body(Enhanced("PLANT-OTP", "")),
            R"({"type":"connect","enhancedAuthentication":{"method":"PLANT-OTP"}})");
}

TEST_F(CustomRequestTest, AuthHasTheMethodAndItsDataAlone) {
  for (const auto source : {Credentials::Source::kReauthenticate, Credentials::Source::kContinue}) {
    Credentials credentials = Enhanced("PLANT-OTP", "441102");
    credentials.source = source;
    EXPECT_EQ(
        Body(credentials),
        R"({"type":"auth","enhancedAuthentication":{"method":"PLANT-OTP","data":"NDQxMTAy"}})");
  }
}

// The public server decodes it as base64, though it is a text of MQTT.
TEST_F(CustomRequestTest, TheMethodMayBeBase64) {
  settings_.method_encoding = config::MethodEncoding::kBase64;
  EXPECT_EQ(
      Body(Enhanced("K8S-SAT", "t")),
      R"({"type":"connect","enhancedAuthentication":{"method":"SzhTLVNBVA==","data":"dA=="}})");
}

TEST_F(CustomRequestTest, FurtherKeysAreOffByDefault) {
  const std::string body = Body(Password("u", "p"));
  for (const char* key : {"clientId", "peerAddress", "listener"}) {
    EXPECT_EQ(body.find(key), body.npos) << key;
  }
}

TEST_F(CustomRequestTest, FurtherKeysEachByItsSetting) {
  settings_.send_client_id = true;
  EXPECT_EQ(Body(Enhanced("M", "")),
            R"({"type":"connect","enhancedAuthentication":{"method":"M"},"clientId":"c"})");
  settings_.send_client_id = false;
  settings_.send_peer_address = true;
  EXPECT_EQ(Body(Enhanced("M", "")), R"({"type":"connect","enhancedAuthentication":{"method":"M"},)"
                                     R"("peerAddress":"192.0.2.1:40000"})");
  settings_.send_peer_address = false;
  settings_.send_listener = true;
  EXPECT_EQ(Body(Enhanced("M", "")),
            R"({"type":"connect","enhancedAuthentication":{"method":"M"},"listener":"front"})");
}

TEST_F(CustomRequestTest, FurtherKeysOfAuth) {
  settings_.send_client_id = settings_.send_peer_address = settings_.send_listener = true;
  Credentials credentials = Enhanced("M", "");
  credentials.source = Credentials::Source::kReauthenticate;
  credentials.client_id.clear();  // AUTH brings none.
  EXPECT_EQ(Body(credentials), R"({"type":"auth","enhancedAuthentication":{"method":"M"},)"
                               R"("peerAddress":"192.0.2.1:40000","listener":"front"})");
}

TEST_F(CustomRequestTest, TheLargestIsWholeJson) {
  settings_.send_client_id = settings_.send_peer_address = settings_.send_listener = true;
  const std::string text(65'535, '\x01');  // Each becomes six.
  Credentials credentials = Password(text, text);
  credentials.client_id = credentials.peer = text;
  credentials.authentication_method = text;
  credentials.authentication_data = SecretBytes(text);
  EXPECT_TRUE(JsonDocument::Read(Body(credentials), 4 * 1024 * 1024).ok());
}

}  // namespace
}  // namespace signet::auth
