// What a client is asked in place of a person at a terminal.

#include "client_questions.hpp"

#include "askpass.hpp"
#include "message.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <stdlib.h>

#include <filesystem>
#include <mutex>

namespace fairlead::rpc {
namespace {

using Json = nlohmann::json;

/// Answers each question with `answer`, a JSON text; empty: with an error; "silence": not at all.
class Answering {
 public:
  explicit Answering(std::string answer, int seconds = 30) {
    auto client = std::make_shared<Client>();
    client->answers = {question_kinds.begin(), question_kinds.end()};
    client->patience = std::chrono::seconds(seconds);
    client_ = client;
    peer_ = std::make_shared<Peer>(
        [this, answer = std::move(answer)](std::string_view message, const std::stop_token&) {
          const auto said = Json::parse(message);
          {
            const std::lock_guard lock(mutex_);
            said_.push_back(said);
          }
          if (said.contains("id") && answer != "silence")
            peer_->answered(said["id"].dump(), answer);
          return true;
        });
  }

  ClientQuestions questions() { return {client_, peer_, "7"}; }
  Json question(std::size_t index = 0) {
    peer_->flush();
    const std::lock_guard lock(mutex_);
    return said_.at(index);
  }

  std::shared_ptr<const Client> client_;
  std::shared_ptr<Peer> peer_;

 private:
  std::mutex mutex_;
  std::vector<Json> said_;
};

TEST(ClientQuestions, AreRequestsWithADefaultAndATime) {
  Answering client(R"({"value":"s3cret"})");
  EXPECT_EQ(client.questions().secret(
                {.name = "TOKEN", .description = "for x", .documentation_url = "u"}, {}),
            "s3cret");
  const auto question = client.question();
  EXPECT_EQ(question["method"], "ask/secret");
  EXPECT_EQ(question["params"]["name"], "TOKEN");
  EXPECT_EQ(question["params"]["request"], 7);
  EXPECT_EQ(question["params"]["timeout"], 30);
  EXPECT_EQ(question["params"]["default"]["value"], "");
}

TEST(ClientQuestions, AreAnsweredByKind) {
  EXPECT_TRUE(
      Answering(R"({"allow":true})").questions().allow({.workspace = "/w", .wishes = {}}, {}));
  EXPECT_TRUE(Answering(R"({"yes":true})").questions().confirm("?", false, {}));
  EXPECT_FALSE(Answering(R"({"yes":false})").questions().confirm("?", true, {}));
  EXPECT_EQ(Answering(R"({"index":1})").questions().choose("?", {{"a", ""}, {"b", ""}}, {}), 1U);
  EXPECT_EQ(Answering(R"({"value":"x"})")
                .questions()
                .text({.message = "?", .usual = "u", .choices = {}}, {}),
            "x");
}

TEST(ClientQuestions, MeanTheDefaultWhenTheClientFails) {
  for (const char* answer : {"", "null", "[]", R"({"index":9,"value":3,"yes":"no"})"}) {
    Answering client(answer);
    EXPECT_FALSE(client.questions().allow({.workspace = "/w", .wishes = {}}, {})) << answer;
    EXPECT_TRUE(client.questions().confirm("?", true, {})) << answer;
    EXPECT_EQ(client.questions().choose("?", {{"a", ""}}, {}), std::nullopt) << answer;
    EXPECT_EQ(
        client.questions().secret({.name = "N", .description = {}, .documentation_url = {}}, {}),
        "")
        << answer;
    EXPECT_EQ(client.questions().text({.message = "?", .usual = "u", .choices = {}}, {}), "u")
        << answer;
  }
}

TEST(ClientQuestions, AreTakenBackWhenNobodyAnswers) {
  Answering client("silence", 1);
  EXPECT_FALSE(client.questions().confirm("?", false, {}));
  const auto cancelled = client.question(1);
  EXPECT_EQ(cancelled["method"], "$/cancelRequest");
  EXPECT_EQ(cancelled["params"]["id"], client.question(0)["id"]);
}

/// ssh's own way of asking, without ssh.
class AskpassTest : public testing::Test {
 protected:
  AskpassTest() {
    std::string name = testing::TempDir() + "fl-ask-XXXXXX";
    runtime_ = ::mkdtemp(name.data());
  }
  ~AskpassTest() override { std::filesystem::remove_all(runtime_); }

  int ask(Answering& client, const std::string& prompt, std::string& printed) {
    Askpass askpass("/bin/true", runtime_);
    const auto environment = askpass.add_to({});
    EXPECT_EQ(environment.at("SSH_ASKPASS_REQUIRE"), "force");
    askpass.serve(client.client_, client.peer_);
    testing::internal::CaptureStdout();
    const int status = run_askpass(environment.at("SSH_ASKPASS"), prompt);
    printed = testing::internal::GetCapturedStdout();
    return status;
  }

  std::string runtime_;
};

TEST_F(AskpassTest, AsksForAPassword) {
  Answering client(R"({"value":"open sesame"})");
  std::string printed;
  EXPECT_EQ(ask(client, "me@box's password: ", printed), 0);
  EXPECT_EQ(printed, "open sesame\n");
  EXPECT_EQ(client.question()["method"], "ask/password");
  EXPECT_EQ(client.question()["params"]["message"], "me@box's password: ");
}

TEST_F(AskpassTest, AsksAboutAHostKey) {
  const std::string prompt =
      "Are you sure you want to continue connecting (yes/no/[fingerprint])? ";
  std::string printed;
  Answering willing(R"({"accept":true})");
  EXPECT_EQ(ask(willing, prompt, printed), 0);
  EXPECT_EQ(printed, "yes\n");
  EXPECT_EQ(willing.question()["method"], "ask/hostKey");
  Answering unwilling("");
  EXPECT_EQ(ask(unwilling, prompt, printed), 0);
  EXPECT_EQ(printed, "no\n");
}

TEST_F(AskpassTest, HasNoPasswordWhenNobodyAnswers) {
  Answering client("");
  std::string printed;
  EXPECT_EQ(ask(client, "password: ", printed), 1);
  EXPECT_EQ(printed, "");
}

TEST_F(AskpassTest, LeavesTheUsersOwnProgramAlone) {
  const Askpass askpass("/bin/true", runtime_);
  const auto environment = askpass.add_to({{"SSH_ASKPASS", "/mine"}});
  EXPECT_EQ(environment.at("SSH_ASKPASS"), "/mine");
  EXPECT_FALSE(environment.contains("SSH_ASKPASS_REQUIRE"));
}

}  // namespace
}  // namespace fairlead::rpc
