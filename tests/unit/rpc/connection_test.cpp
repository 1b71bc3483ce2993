#include "framing.hpp"
#include "stream.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <set>
#include <thread>

namespace fairlead::rpc {
namespace {

using Json = nlohmann::json;

UniqueFd copy_of(const UniqueFd& fd) { return UniqueFd(::fcntl(fd.get(), F_DUPFD_CLOEXEC, 3)); }

/// A client with a server of its own, in a home without any plugin.
class RpcConnection : public testing::Test {
 protected:
  void SetUp() override {
    std::array<int, 2> ends{};
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0);
    client_ = UniqueFd(ends[0]);
    UniqueFd server(ends[1]);
    folder_ = std::filesystem::temp_directory_path() /
              ("fairlead-rpc-" + std::to_string(::getpid()) + '-' +
               testing::UnitTest::GetInstance()->current_test_info()->name());
    std::filesystem::create_directories(folder_ / "work/.devcontainer");
    auto in = copy_of(server);
    serving_ = std::jthread([this, in = std::move(in), out = std::move(server)]() mutable {
      in_order_ = serve_stream(std::move(in), std::move(out), {}, {});
    });
  }

  void TearDown() override {
    client_.reset();
    if (serving_.joinable()) serving_.join();
    std::filesystem::remove_all(folder_);
  }

  void send_bytes(std::string_view bytes) const {
    while (!bytes.empty()) {
      const auto count = ::send(client_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      ASSERT_GT(count, 0);
      bytes.remove_prefix(static_cast<std::size_t>(count));
    }
  }
  void send(const Json& message) const { send_bytes(frame(message.dump())); }
  void ask(const Json& id, const std::string& method, const Json& params = Json::object()) const {
    send({{"jsonrpc", "2.0"}, {"id", id}, {"method", method}, {"params", params}});
  }

  /// The next message, or null when the server has ended or says nothing for half a minute.
  Json next() {
    while (true) {
      if (const auto body = frames_.next()) return Json::parse(*body);
      pollfd ready{.fd = client_.get(), .events = POLLIN, .revents = 0};
      if (::poll(&ready, 1, 30'000) <= 0) return nullptr;
      std::array<char, 4096> buffer{};
      const auto count = ::read(client_.get(), buffer.data(), buffer.size());
      if (count <= 0) return nullptr;
      frames_.append({buffer.data(), static_cast<std::size_t>(count)});
    }
  }
  /// The answer to `id`; notifications before it are dropped.
  Json answer(const Json& id) {
    while (true) {
      auto message = next();
      if (message.is_null() || (message.contains("id") && message["id"] == id)) return message;
    }
  }
  /// The next question.
  Json next_request() {
    while (true) {
      auto message = next();
      if (message.is_null() || (message.contains("id") && message.contains("method")))
        return message;
    }
  }
  /// What the next event of this type says; others are passed over.
  Json next_event(const std::string& type) {
    while (true) {
      auto message = next();
      if (message.is_null()) return message;
      if (message.value("method", "") == "event" && message["params"]["type"] == type)
        return message["params"];
    }
  }
  Json initialize(Json params = Json::object()) {
    params["environment"] = {{"HOME", (folder_ / "home").string()}, {"PATH", "/usr/bin:/bin"}};
    params["workingDirectory"] = (folder_ / "work").string();
    ask(0, "initialize", params);
    return answer(0);
  }
  void write_config(const std::string& text) const {
    std::ofstream(folder_ / "work/.devcontainer/devcontainer.json") << text;
  }

  std::filesystem::path folder_;
  UniqueFd client_;
  FrameReader frames_;
  bool in_order_ = false;
  std::jthread serving_;
};

TEST_F(RpcConnection, BeginsWithInitialize) {
  ask(1, "config/list");
  EXPECT_EQ(answer(1)["error"]["code"], -32002);
  const auto hello = initialize();
  EXPECT_EQ(hello["result"]["protocolVersion"], 1);
  EXPECT_EQ(hello["result"]["server"]["name"], "fairlead");
  ask(2, "initialize");
  EXPECT_EQ(answer(2)["error"]["code"], -32600);
}

TEST_F(RpcConnection, RunsCommandsInTheClientsFolder) {
  write_config(R"({"image":"x"})");
  initialize();
  ask("a", "config/list");
  const auto listed = answer("a");
  EXPECT_NE(listed.dump().find((folder_ / "work").string()), std::string::npos) << listed.dump();
}

TEST_F(RpcConnection, TellsWhereAConfigurationIsWrong) {
  write_config("{\n  \"image\": \"x\"\n  \"name\": 1\n}");
  initialize();
  ask(1, "config/validate");
  const auto found = answer(1);
  EXPECT_NE(found.dump().find("config.syntax"), std::string::npos) << found.dump();
  EXPECT_NE(found.dump().find("\"line\":3"), std::string::npos) << found.dump();
}

TEST_F(RpcConnection, GivesErrorsTheirStableCode) {
  initialize();
  ask(1, "plugin/info", {{"name", "nobody"}});
  const auto failed = answer(1);
  EXPECT_EQ(failed["error"]["code"], -32000) << failed.dump();
  EXPECT_EQ(failed["error"]["data"]["code"], "plugin.unknown");
  ask(2, "plugin/info", {{"nam", "docker"}});
  EXPECT_EQ(answer(2)["error"]["code"], -32602);
  ask(3, "plugin/nonsense");
  EXPECT_EQ(answer(3)["error"]["code"], -32601);
}

TEST_F(RpcConnection, AnswersThousandsOfPipelinedRequests) {
  constexpr int count = 10'000;
  initialize();
  std::jthread sender([&] {
    for (int id = 1; id <= count; ++id) ask(id, "plugin/nonsense");
  });
  std::set<int> answered;
  while (answered.size() < count) {
    const auto message = next();
    ASSERT_FALSE(message.is_null());
    answered.insert(message["id"].get<int>());
  }
}

TEST_F(RpcConnection, AsksWhatInitWouldAskAPerson) {
  std::ofstream(folder_ / "work/Dockerfile") << "FROM scratch\n";
  initialize({{"answersQuestions", {"choice", "text"}}, {"questionTimeout", 20}});
  ask(1, "init", {{"collection", (folder_ / "work").string()}});
  const auto choice = next_request();
  EXPECT_EQ(choice["method"], "ask/choice");
  EXPECT_EQ(choice["params"]["items"][0]["name"], "Dockerfile");
  EXPECT_EQ(choice["params"]["timeout"], 20);
  send({{"jsonrpc", "2.0"}, {"id", choice["id"]}, {"result", {{"index", 0}}}});
  const auto features = next_request();
  EXPECT_EQ(features["method"], "ask/text");
  send({{"jsonrpc", "2.0"}, {"id", features["id"]}, {"error", {{"code", 1}, {"message", "no"}}}});
  EXPECT_EQ(answer(1)["result"]["files"][0], "./.devcontainer/devcontainer.json");
}

TEST_F(RpcConnection, AsksWhichConfigurationIsMeant) {
  for (const char* name : {"a", "b"}) {
    std::filesystem::create_directories(folder_ / "work/.devcontainer" / name);
    std::ofstream(folder_ / "work/.devcontainer" / name / "devcontainer.json")
        << R"({"image":"x","name":")" << name << "\"}";
  }
  initialize({{"answersQuestions", true}});
  ask(1, "read-configuration", {{"workspaceFolder", (folder_ / "work").string()}});
  const auto choice = next_request();
  EXPECT_EQ(choice["params"]["items"][1]["name"], ".devcontainer/b/devcontainer.json");
  send({{"jsonrpc", "2.0"}, {"id", choice["id"]}, {"result", {{"index", 1}}}});
  EXPECT_EQ(answer(1)["result"]["configuration"]["name"], "b");
}

TEST_F(RpcConnection, TellsOfFoldersAndTheirConfigurations) {
  write_config(R"({"image":"x"})");
  initialize();
  ask(1, "events/subscribe",
      {{"workspaceFolders", {(folder_ / "work").string()}}, {"environments", false}});
  EXPECT_EQ(answer(1)["result"]["subscription"], 1);
  EXPECT_EQ(next_event("workspace.withoutEnvironment")["workspaceFolder"],
            (folder_ / "work").string());
  write_config(R"({"image":"y"})");
  const auto file = (folder_ / "work/.devcontainer/devcontainer.json").string();
  EXPECT_EQ(next_event("configuration.changed")["configFile"], file);
  std::filesystem::remove(file);
  EXPECT_EQ(next_event("configuration.removed")["configFile"], file);
  write_config(R"({"image":"y"})");
  EXPECT_EQ(next_event("configuration.appeared")["configFile"], file);
  ask(2, "events/unsubscribe", {{"subscription", 1}});
  EXPECT_TRUE(answer(2)["result"].is_null());
  ask(3, "events/unsubscribe", {{"subscription", 1}});
  EXPECT_EQ(answer(3)["error"]["code"], -32602);
}

TEST_F(RpcConnection, TellsOfFilesThatAConfigurationNames) {
  const auto work = folder_ / "work";
  const auto write = [&](const std::string& name, const std::string& text) {
    std::filesystem::create_directories((work / name).parent_path());
    std::ofstream(work / name) << text;
  };
  write("docker/Dockerfile", "FROM a\n");
  write(".devcontainer/tool/devcontainer-feature.json", "{}");
  write(".devcontainer/tool/install.sh", "");
  write_config(R"({"build":{"dockerfile":"../docker/Dockerfile"},"features":{"./tool":{}}})");
  std::filesystem::create_directories(work / ".devcontainer/group");
  std::ofstream(work / ".devcontainer/group/devcontainer.json")
      << R"({"dockerComposeFile":"../../compose/compose.yaml","service":"app"})";
  write("compose/compose.yaml", "services: {}\n");
  initialize();
  ask(1, "events/subscribe",
      {{"workspaceFolders", {work.string()}}, {"environments", false}, {"ports", false}});
  EXPECT_EQ(answer(1)["result"]["subscription"], 1);
  const auto alone = (work / ".devcontainer/devcontainer.json").string();
  const auto group = (work / ".devcontainer/group/devcontainer.json").string();
  write("docker/Dockerfile", "FROM b\n");
  EXPECT_EQ(next_event("configuration.changed")["configFile"], alone);
  write(".devcontainer/tool/install.sh", "true\n");
  EXPECT_EQ(next_event("configuration.changed")["configFile"], alone);
  write("compose/.env", "A=b\n");  // was not there
  EXPECT_EQ(next_event("configuration.changed")["configFile"], group);
  write("compose/compose.yaml", "services: {app: {}}\n");
  EXPECT_EQ(next_event("configuration.changed")["configFile"], group);
}

TEST_F(RpcConnection, RefusesParametersOfItsOwnMethods) {
  initialize();
  ask(1, "environment/mapPaths", {{"from", "nowhere"}});
  EXPECT_EQ(answer(1)["error"]["code"], -32602);
  ask(2, "environment/mapPaths", {{"from", "host"}, {"paths", {"relative"}}});
  EXPECT_EQ(answer(2)["error"]["code"], -32602);
  ask(3, "environment/readFile");
  EXPECT_EQ(answer(3)["error"]["code"], -32602);
  ask(4, "environment/readFile", {{"path", "/x"}, {"nonsense", 1}});
  EXPECT_EQ(answer(4)["error"]["code"], -32602);
  ask(5, "events/subscribe", {{"workspaceFolders", {"ssh://box/x"}}});
  EXPECT_EQ(answer(5)["error"]["code"], -32602);
}

TEST_F(RpcConnection, RefusesSteeringOfWhatDoesNotRun) {
  initialize();
  ask(1, "stream/write", {{"request", 99}, {"data", ""}});
  EXPECT_EQ(answer(1)["error"]["data"]["code"], "rpc.stream");
  send({{"jsonrpc", "2.0"}, {"method", "$/cancelRequest"}, {"params", {{"id", 99}}}});
  ask(2, "plugin/nonsense");
  EXPECT_EQ(answer(2)["error"]["code"], -32601);
}

TEST_F(RpcConnection, EndsInOrder) {
  initialize();
  ask(1, "shutdown");
  EXPECT_TRUE(answer(1).contains("result"));
  ask(2, "config/list");
  EXPECT_EQ(answer(2)["error"]["code"], -32600);
  send({{"jsonrpc", "2.0"}, {"method", "exit"}});
  serving_.join();
  EXPECT_TRUE(in_order_);
}

TEST_F(RpcConnection, EndsWithTheClientsStream) {
  initialize();
  ask(1, "config/list");
  ::shutdown(client_.get(), SHUT_WR);
  serving_.join();
  EXPECT_FALSE(in_order_);
}

TEST_F(RpcConnection, GivesUpOnGarbageWithAnAnswer) {
  send_bytes("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(next()["error"]["code"], -32700);
  serving_.join();
  EXPECT_FALSE(in_order_);
}

TEST_F(RpcConnection, SurvivesMessagesThatMeanNothing) {
  initialize();
  send_bytes(frame("{") + frame("[1]") + frame("\"x\"") +
             frame(R"({"jsonrpc":"2.0","id":"q","result":1})"));
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(next().contains("error"));
  ask(1, "rpc.discover");
  EXPECT_EQ(answer(1)["result"]["openrpc"], "1.3.2");
}

}  // namespace
}  // namespace fairlead::rpc
