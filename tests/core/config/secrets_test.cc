// No secret is ever in a problem, however a document that holds one is broken.
#include <gtest/gtest.h>

#include "fmt/format.h"
#include "tests/core/config/load.h"

namespace signet::config {
namespace {

constexpr std::string_view kSecret = "hunter2";

std::string SecretWith(std::string_view rest) {
  return fmt::format("apiVersion: v1\nkind: Secret\nmetadata: {{name: some}}\n{}\n", rest);
}

TEST(Secrets, AreNotInAnyProblem) {
  const std::string wrong[] = {
      SecretWith("hunter2: a"),
      SecretWith("data: hunter2"),
      SecretWith("data: {a: hunter2}"),
      SecretWith("data: {hunter2!: AAEC}"),
      SecretWith("stringData: {a: 1, hunter2: [], b: {hunter2: c}}"),
      SecretWith("stringData: {hunter2: a, hunter2: b}"),
      SecretWith("stringData: {hunter2 hunter2: b}"),
      SecretWith("stringData:\n  a: |\n  hunter2\n"),
      SecretWith("stringData:\n  a: |\n    x\nhunter2: y"),
      SecretWith("stringData:\n  a: \"hunter2"),
      SecretWith("stringData:\n  a: *hunter2"),
      SecretWith("stringData:\n  a: !hunter2 b"),
      SecretWith("stringData:\n  a: &hunter2 &hunter2 b"),
      SecretWith("type: [hunter2]"),
      SecretWith("type: kubernetes.io/tls\nstringData: {tls.crt: hunter2, tls.key: 5}"),
      "kind: secret\nstringData: {a: hunter2}\nhunter2: b\n",
      "stringData: {a: hunter2}\nhunter2: b\nhunter2: c\n",
      "hunter2",
      "- hunter2",
      SecretWith("data: {a: AAEC}\nstringData: {a: ${hunter2\xC3\xA4}, a: b}"),
      SecretWith("") + "hunter2 hunter2: [\n",
  };
  for (const std::string& text : wrong) {
    const std::string problems = ProblemsOf(Load(text));
    EXPECT_NE(problems, "") << text;
    EXPECT_EQ(problems.find(kSecret), std::string::npos) << problems;
  }
}

TEST(Secrets, OfHeadersAreNotInAnyProblem) {
  const auto problems = [](std::string_view headers) {
    return ProblemsOf(Load(
        fmt::format("apiVersion: {}\nkind: BrokerAuthentication\nmetadata: {{name: who}}\nspec:\n"
                    "  authenticationMethods:\n    - method: Custom\n      customSettings:\n"
                    "        endpoint: https://a\n        headers: {}\n",
                    kGroup, headers)));
  };
  EXPECT_EQ(problems("{a: [hunter2]}"),
            "a.yaml:9: spec.authenticationMethods[0].customSettings.headers.a: this must be a "
            "text");
  EXPECT_EQ(problems("{a: 17}"),
            "a.yaml:9: spec.authenticationMethods[0].customSettings.headers.a: what stands here is "
            "not a text to YAML; put it in quotes");
  EXPECT_EQ(problems("{a: file:nowhere}"),
            "a.yaml:9: spec.authenticationMethods[0].customSettings.headers.a: the file "
            "\"nowhere\" does not exist");
  EXPECT_EQ(problems(fmt::format("{{a: {}}}", std::string(5000, 'x'))).find("xxx"),
            std::string::npos);
}

TEST(Secrets, MayComeFromAFileOrTheEnvironment) {
  FakeReader reader;
  reader.files["token"] = "from a file\n";
  reader.variables["TOKEN"] = "from outside";
  const LoadResult result = Load(
      fmt::format("apiVersion: {}\nkind: BrokerAuthentication\nmetadata: {{name: who}}\nspec:\n"
                  "  authenticationMethods:\n    - method: Custom\n      customSettings:\n"
                  "        endpoint: https://a\n        headers:\n          a: file:token\n"
                  "          b: ${{TOKEN}}\n          c: a ${{TOKEN}}\n",
                  kGroup),
      &reader);
  EXPECT_EQ(ProblemsOf(result), "");
  const SecretByName& headers =
      result.configuration->authentications.at("who").methods.at(0).custom->headers;
  EXPECT_EQ(headers.at("a").text(), "from a file");  // A header has one line.
  EXPECT_EQ(headers.at("b").text(), "from outside");
  EXPECT_EQ(headers.at("c").text(), "a ${TOKEN}");
}

TEST(Secrets, InBase64AreNoReferences) {
  FakeReader reader;
  // file:a
  const LoadResult result = Load(SecretWith("data: {a: ZmlsZTph}"), &reader);
  EXPECT_EQ(ProblemsOf(result), "");
}

TEST(Secrets, AreKeptByTheLastWord) {
  const std::string text =
      SecretWith("data: {users: YQ==}\nstringData: {users: b}") +
      fmt::format(
          "---\napiVersion: {}\nkind: BrokerAuthentication\nmetadata: {{name: who}}\n"
          "spec: {{authenticationMethods: [{{method: Password, passwordSettings: "
          "{{usersSecretRef: some}}}}]}}\n",
          kGroup);
  const LoadResult result = Load(text);
  EXPECT_EQ(ProblemsOf(result), "");
  const BrokerAuthentication& who = result.configuration->authentications.at("who");
  EXPECT_EQ(who.methods.at(0).password->users.text(), "b");
}

TEST(Secrets, OfTokensAreNotEmpty) {
  EXPECT_EQ(
      ProblemsOf(Load(
          SecretWith("stringData: {kid: ''}") +
          fmt::format("---\napiVersion: {}\nkind: BrokerAuthentication\nmetadata: {{name: who}}\n"
                      "spec: {{authenticationMethods: [{{method: JWT, jwtSettings: {{algorithms: "
                      "[HS256], issuers: [{{hmacSecretRef: some}}]}}}}]}}\n",
                      kGroup))),
      "a.yaml:4: the secret under the key kid is empty");
}

}  // namespace
}  // namespace signet::config
