#include "features/remote_feature.hpp"
#include "registry_fixture.hpp"
#include "support/child_process.hpp"
#include "support/files.hpp"

#include <algorithm>
#include <atomic>
#include <csignal>
#include <filesystem>
#include <thread>

namespace fairlead::test {
namespace {

/// A registry that has one feature and lies as a test wants it to.
class LyingRegistry : public RegistryFixture {
 protected:
  /// `lie` answers and says true, or leaves the request to an honest answer.
  using Lie = std::function<bool(const WebRequest&, WebConnection&)>;

  void serve(Lie lie) {
    server_ = std::make_unique<WebServer>(
        [this, lie = std::move(lie)](const WebRequest& request, WebConnection& connection) {
          if (lie(request, connection)) return;
          if (!serve_artifact(artifact_, request, connection)) connection.reply(404, "{}");
        });
    artifact_ = feature(server_->name(), "a/f/x");
  }
  bool is_manifest(const WebRequest& request) const {
    return request.target.find("/manifests/") != std::string::npos;
  }
  bool is_blob(const WebRequest& request) const {
    return request.target.find("/blobs/") != std::string::npos;
  }

  std::string fetch(RegistryOptions options) {
    return code_of([&] {
      const auto registry = client(std::move(options));
      const auto reference = parse_feature_reference(server_->name() + "/a/f/x:1");
      fetch_feature(*registry, describe_feature(*registry, reference, {}, {}), {});
    });
  }
  std::string fetch() { return fetch(options()); }
  bool has_blob(const std::string& digest) const {
    const auto files = cached();
    return std::find(files.begin(), files.end(), "blobs/" + digest.substr(7)) != files.end();
  }

  Artifact artifact_;
  std::unique_ptr<WebServer> server_;
};

// DIST-016
TEST_F(LyingRegistry, IsCaughtByDigests) {
  serve([&](const WebRequest& request, WebConnection& connection) {
    if (!is_blob(request)) return false;
    auto wrong = artifact_.layer;
    wrong[100] ^= 1;
    connection.reply(200, wrong);
    return true;
  });
  EXPECT_EQ(fetch(), "registry.digest");
  EXPECT_FALSE(has_blob(artifact_.layer_digest()));
  EXPECT_FALSE(std::filesystem::exists(run_.below("cache/trees")));

  serve([&](const WebRequest& request, WebConnection& connection) {
    if (!is_manifest(request)) return false;
    connection.reply(200, artifact_.manifest,
                     "Docker-Content-Digest: sha256:" + std::string(64, '0') + "\r\n");
    return true;
  });
  EXPECT_EQ(fetch(), "registry.digest");
}

TEST_F(LyingRegistry, IsCaughtBySizes) {
  serve([&](const WebRequest& request, WebConnection& connection) {
    if (!is_blob(request)) return false;
    connection.reply(200, artifact_.layer + "more");
    return true;
  });
  EXPECT_EQ(fetch(), "registry.too_large");
  serve([&](const WebRequest& request, WebConnection& connection) {
    if (!is_blob(request)) return false;
    connection.reply(200, artifact_.layer.substr(0, 100));
    return true;
  });
  EXPECT_EQ(fetch(), "registry.digest");
  EXPECT_FALSE(has_blob(artifact_.layer_digest()));
}

TEST_F(LyingRegistry, CannotFillTheMachine) {
  serve([&](const WebRequest& request, WebConnection& connection) {
    if (!is_manifest(request)) return false;
    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10737418240\r\n\r\n");
    const std::string piece(65536, ' ');
    while (connection.send(piece)) {
    }
    return true;
  });
  EXPECT_EQ(fetch(), "registry.too_large");
}

TEST_F(LyingRegistry, IsAskedForTheRestAfterACut) {
  std::atomic<int> tries = 0;
  serve([&](const WebRequest& request, WebConnection& connection) {
    if (!is_blob(request) || request.headers.contains("range")) {
      if (!is_blob(request)) return false;
      const auto start = std::stoul(request.headers.at("range").substr(6));
      connection.reply(206, artifact_.layer.substr(start),
                       "Content-Range: bytes " + std::to_string(start) + "-9/10\r\n");
      return true;
    }
    ++tries;
    connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(artifact_.layer.size()) +
                    "\r\n\r\n" + artifact_.layer.substr(0, 1000));
    return true;
  });
  EXPECT_EQ(fetch(), "");
  EXPECT_EQ(tries, 1);
  EXPECT_EQ(server_->last("/v2/a/f/x/blobs/" + artifact_.layer_digest()).headers.at("range"),
            "bytes=1000-");
}

TEST_F(LyingRegistry, MayNotKnowRanges) {
  std::atomic<int> tries = 0;
  serve([&](const WebRequest& request, WebConnection& connection) {
    if (!is_blob(request) || ++tries > 1) return false;  // then the whole of it
    connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(artifact_.layer.size()) +
                    "\r\n\r\n" + artifact_.layer.substr(0, 1000));
    return true;
  });
  EXPECT_EQ(fetch(), "");
}

TEST_F(LyingRegistry, CannotSendUsInCircles) {
  serve([&](const WebRequest& request, WebConnection& connection) {
    const auto next = request.target == "/a" ? "/b" : "/a";
    connection.reply(302, "", std::string("Location: ") + next + "\r\n");
    return true;
  });
  EXPECT_EQ(fetch(), "registry.redirect");
  std::atomic<int> hops = 0;
  serve([&](const WebRequest&, WebConnection& connection) {
    connection.reply(307, "", "Location: /" + std::to_string(++hops) + "\r\n");
    return true;
  });
  EXPECT_EQ(fetch(), "registry.redirect");
  EXPECT_LE(hops, 10);
}

// SEC-008
TEST_F(LyingRegistry, GetsNoCredentialsSentElsewhere) {
  std::string layer;
  WebServer storage(
      [&](const WebRequest&, WebConnection& connection) { connection.reply(200, layer); });
  serve([&](const WebRequest& request, WebConnection& connection) {
    if (!request.headers.contains("authorization")) {
      connection.reply(401, "", "WWW-Authenticate: Basic realm=\"x\"\r\n");
      return true;
    }
    if (!is_blob(request)) return false;
    connection.reply(307, "", "Location: http://" + storage.name() + "/stored\r\n");
    return true;
  });
  layer = artifact_.layer;
  auto known = options();
  known.environment["DEVCONTAINERS_OCI_AUTH"] = server_->name() + "|alice|s3cret";
  EXPECT_EQ(fetch(known), "");
  EXPECT_EQ(storage.requests(), std::vector<std::string>{"GET /stored"});
  EXPECT_FALSE(storage.last("/stored").headers.contains("authorization"));
}

TEST_F(LyingRegistry, IsAskedAgainWhenItIsBusy) {
  std::atomic<int> tries = 0;
  serve([&](const WebRequest& request, WebConnection& connection) {
    if (!is_manifest(request) || ++tries > 2) return false;
    connection.reply(tries == 1 ? 429 : 503, "", "Retry-After: 0\r\n");
    return true;
  });
  EXPECT_EQ(fetch(), "");
  EXPECT_EQ(tries, 3);
  tries = 0;
  serve([&](const WebRequest&, WebConnection& connection) {
    ++tries;
    connection.reply(500, R"({"errors":[{"code":"X","message":"no disk"}]})");
    return true;
  });
  EXPECT_EQ(fetch(), "registry.refused");
  EXPECT_EQ(tries, 3);
  tries = 0;
  serve([&](const WebRequest&, WebConnection& connection) {
    ++tries;
    connection.reply(429, "", "Retry-After: 3600\r\n");
    return true;
  });
  EXPECT_EQ(fetch(), "registry.refused");  // nobody waits for an hour
  EXPECT_EQ(tries, 1);
}

TEST_F(LyingRegistry, CannotKeepUsWaiting) {
  serve([&](const WebRequest&, WebConnection& connection) {
    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n");
    connection.wait_for_close();
    return true;
  });
  auto impatient = options();
  impatient.limits.attempts = 1;
  impatient.limits.stall = std::chrono::milliseconds(100);
  EXPECT_EQ(fetch(impatient), "registry.timeout");

  std::stop_source stop;
  const auto registry = client();
  const std::jthread other([&] {
    while (server_->requests().size() < 2) std::this_thread::yield();
    stop.request_stop();
  });
  EXPECT_EQ(code_of([&] { registry->manifest(artifact_.reference, stop.get_token()); }),
            "cancelled");
}

TEST_F(LyingRegistry, HasToSendAFeature) {
  std::string manifest;
  serve([&](const WebRequest& request, WebConnection& connection) {
    if (!is_manifest(request)) return false;
    connection.reply(200, manifest);
    return true;
  });
  const auto good = artifact_.manifest;
  const auto with = [&](const std::string& from, const std::string& to) {
    manifest = good;
    manifest.replace(manifest.find(from), from.size(), to);
    return fetch();
  };
  EXPECT_EQ(with("application/vnd.devcontainers\"", "application/x\""), "registry.manifest");
  EXPECT_EQ(with("\"config\"", "\"konfig\""), "registry.manifest");
  EXPECT_EQ(with("\"digest\":\"sha256:", "\"digest\":\"sha512:"), "registry.manifest");
  EXPECT_EQ(with(R"({\"id\")", R"([\"id\")"), "config.syntax");
  EXPECT_EQ(with(R"(\"version\":\"1.2.3\")", R"(\"version\":{})"), "features.metadata");
  manifest = "<html>login here</html>";
  EXPECT_EQ(fetch(), "registry.manifest");
}

// DIST-015
TEST_F(LyingRegistry, MayLeaveOutTheAnnotation) {
  serve([&](const WebRequest& request, WebConnection& connection) {
    if (!is_manifest(request)) return false;
    connection.reply(
        200, artifact_.manifest.substr(0, artifact_.manifest.find(",\"annotations\"")) + "}");
    return true;
  });
  EXPECT_EQ(fetch(), "");
}

TEST_F(LyingRegistry, IsAskedOnceByTwoWhoWantTheSame) {
  serve([](const WebRequest&, WebConnection&) { return false; });
  {  // two clients, as two processes would have them
    const std::jthread other([&] { EXPECT_EQ(fetch(), ""); });
    EXPECT_EQ(fetch(), "");
  }
  const auto requests = server_->requests();
  EXPECT_EQ(std::count(requests.begin(), requests.end(),
                       "GET /v2/a/f/x/blobs/" + artifact_.layer_digest()),
            1);
}

/// The other waits for the one that was first, and goes on where that was when it is killed.
TEST_F(LyingRegistry, FillsTheCacheForOneWhenAnotherIsKilled) {
  const auto is_first = [this](const WebRequest& request) {
    return is_blob(request) && !request.headers.contains("range");
  };
  serve([&](const WebRequest& request, WebConnection& connection) {
    if (!is_blob(request)) return false;
    const auto size = artifact_.layer.size();
    if (is_first(request)) {
      connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(size) + "\r\n\r\n" +
                      artifact_.layer.substr(0, 1000));
      connection.wait_for_close();
      return true;
    }
    const auto start = std::stoul(request.headers.at("range").substr(6));
    connection.reply(206, artifact_.layer.substr(start),
                     "Content-Range: bytes " + std::to_string(start) + '-' +
                         std::to_string(size - 1) + '/' + std::to_string(size) + "\r\n");
    return true;
  });
  write_file(run_.below("w/.devcontainer/devcontainer.json"),
             R"({"image": "x", "features": {")" + server_->name() + R"(/a/f/x:1": {}}})");
  const RunRequest request{
      .argv = {fairlead_binary(), "read-configuration", "--include-features-configuration",
               "--workspace-folder", run_.below("w").string()},
      .environment = run_.environment(),
      .directory = run_.folder().string(),
      .input = {}};
  const auto blob = "GET /v2/a/f/x/blobs/" + artifact_.layer_digest();
  const auto asked = [&] {
    const auto requests = server_->requests();
    return std::count(requests.begin(), requests.end(), blob);
  };
  ChildProcess first(request);
  ASSERT_TRUE(first.wait_for([&] { return asked() == 1; }, milliseconds(30'000))) << first.err();
  // Both have the same kind of wait behind them when the file has grown.
  ASSERT_TRUE(first.wait_for(
      [&] {
        for (const auto& entry : std::filesystem::recursive_directory_iterator(run_.folder())) {
          if (entry.path().parent_path().filename() == "partial" && entry.is_regular_file() &&
              entry.file_size() == 1000) {
            return true;
          }
        }
        return false;
      },
      milliseconds(30'000)));
  ChildProcess second(request);
  first.signal(SIGKILL);
  const auto result = second.finish();
  EXPECT_EQ(result.exit_code, 0) << result.text();
  EXPECT_NE(result.out.find("\"consecutiveId\":\"x_0\""), std::string::npos) << result.text();
  EXPECT_EQ(asked(), 2);
}

TEST_F(LyingRegistry, IsReachedThroughAProxy) {
  serve([](const WebRequest&, WebConnection& connection) {
    connection.reply(502, "");
    return true;
  });
  auto proxied = options();
  proxied.environment["HTTPS_PROXY"] = "http://" + server_->name();
  proxied.limits.attempts = 1;
  artifact_.reference.registry = "registry.invalid";
  EXPECT_NE(code_of([&] { client(proxied)->manifest(artifact_.reference, {}); }), "");
  EXPECT_EQ(server_->requests(), std::vector<std::string>{"CONNECT registry.invalid:443"});
  proxied.environment["NO_PROXY"] = "registry.invalid";
  EXPECT_EQ(code_of([&] { client(proxied)->manifest(artifact_.reference, {}); }),
            "registry.unreachable");
  EXPECT_EQ(server_->requests().size(), 1U);
}

// DIST-021
TEST_F(LyingRegistry, ServesArchivesToNobodyInParticular) {
  serve([&](const WebRequest& request, WebConnection& connection) {
    connection.reply(200, request.target == "/x.tgz" ? artifact_.layer : "other");
    return true;
  });
  auto known = options();
  known.environment["GITHUB_TOKEN"] = "secret";
  const auto registry = client(known);
  const auto base = "http://" + server_->name();
  const auto archive = registry->archive(base + "/x.tgz", {}, {});
  EXPECT_EQ(archive.digest, artifact_.layer_digest());
  EXPECT_EQ(read_file(archive.file), artifact_.layer);
  EXPECT_FALSE(server_->last("/x.tgz").headers.contains("authorization"));
  EXPECT_EQ(
      code_of([&] { registry->archive(base + "/y.tgz", archive.digest.substr(0, 70) + "0", {}); }),
      "registry.digest");
  registry->archive(base + "/z.tgz", archive.digest, {});  // it is known what that is
  EXPECT_EQ(server_->requests().size(), 2U);
}

TEST_F(LyingRegistry, SaysWhatIsMissingOffline) {
  serve([](const WebRequest&, WebConnection&) { return false; });
  auto offline = options();
  offline.offline = true;
  const auto registry = client(offline);
  try {
    registry->manifest(artifact_.reference, {});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "registry.offline");
    EXPECT_NE(error.message().find(server_->name() + "/a/f/x:1"), std::string::npos);
  }
  EXPECT_TRUE(server_->requests().empty());
}

}  // namespace
}  // namespace fairlead::test
