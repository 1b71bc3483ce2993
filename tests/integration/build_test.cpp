// The command `build`. BLD.

#include "fixture.hpp"
#include "support/engine_proxy.hpp"
#include "support/registry_server.hpp"

#include <algorithm>
#include <utility>

namespace fairlead::test {
namespace {

class Build : public DockerTest {
 protected:
  /// A name of this test's own; images outlive their test otherwise.
  std::string name(const std::string& last) {
    std::string text = "fairlead-test/" + last + "-" + test_run().id();
    for (char& c : text) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
    names_.push_back(text);
    return text;
  }
  void TearDown() override {
    DockerTest::TearDown();
    for (const auto& each : names_) engine().remove_image(each);
  }
  RunResult build(const Workspace& project, std::vector<std::string> more = {}) const {
    std::vector<std::string> words = {"build", "--buildkit", "never", "--workspace-folder",
                                      project.folder.string()};
    words.insert(words.end(), more.begin(), more.end());
    return run(devcontainer(std::move(words)));
  }
  Workspace from_dockerfile(const std::string& lines, const std::string& members) {
    const Workspace project = workspace();
    project.write(".devcontainer/Dockerfile", lines);
    project.write(".devcontainer/devcontainer.json",
                  R"({"build": {"dockerfile": "Dockerfile", )" + members + "}}");
    return project;
  }
  std::string image(const std::string& image) const {
    return engine().request("GET", "/images/" + image + "/json");
  }

 private:
  std::vector<std::string> names_;
};

TEST_F(Build, MakesAnImageWithEveryNameAndNoContainer) {  // BLD-001, 008, 012
  const Workspace project = workspace(R"("remoteUser": "root")");
  const auto one = name("one");
  const auto two = name("two");
  const RunResult result =
      build(project, {"--image-name", one, "--image-name", two, "--label", "a=b c"});
  ASSERT_EQ(result.exit_code, 0) << result.text();
  EXPECT_EQ(json_at(result.out, "/imageName/0"), one) << result.text();
  EXPECT_EQ(json_at(result.out, "/imageName/1"), two);
  EXPECT_EQ(json_at(image(one), "/Id"), json_at(image(two), "/Id"));
  EXPECT_EQ(json_at(image(one), "/Config/Labels/a"), "b c");
  EXPECT_EQ(json_at(image(one), "/Config/Labels/devcontainer.metadata"),
            R"([ {"remoteUser":"root"} ])");
  EXPECT_TRUE(instances().empty());
  const RunResult usual = build(project);
  EXPECT_EQ(json_at(usual.out, "/imageName/0").substr(0, 7), "vsc-ws-") << usual.text();
  engine().remove_image(json_at(usual.out, "/imageName/0"));
}

TEST_F(Build, FollowsTheConfiguration) {  // BLD-002..004, 006
  const Workspace project = from_dockerfile(
      "FROM " + base_image +
          " AS first\nARG WORDS=none\nARG LATE=none\nCOPY above /above\n"
          "RUN echo \"$WORDS|$LATE\" > /words\nFROM first\nRUN touch /never\n",
      R"("context": "..", "target": "first", "args": {"WORDS": "two words", "LATE": "early"},
         "options": ["--build-arg", "LATE=late"])");
  project.write("above", "from above\n");
  const auto one = name("one");
  const RunResult result = build(project, {"--image-name", one});
  ASSERT_EQ(result.exit_code, 0) << result.text();
  const Workspace user = workspace({}, "user");
  user.write(".devcontainer/devcontainer.json", R"({"image": ")" + one + "\"}");
  must_up(user);
  EXPECT_EQ(must_exec(user, "cat /above /words; test ! -e /never && echo no-later-stage"),
            "from above\ntwo words|late\nno-later-stage\n");
}

TEST_F(Build, FailsAndCanBeMended) {  // BLD-007, VSC-004
  const Workspace project =
      from_dockerfile("FROM " + base_image + "\nRUN exit 9\n", R"("args": {})");
  const RunResult broken = build(project);
  EXPECT_EQ(broken.exit_code, 1);
  EXPECT_EQ(json_at(broken.out, "/description"), "An error occurred building the image.");
  EXPECT_EQ(run(up(project)).exit_code, 1);
  EXPECT_TRUE(instances().empty());
  project.write(".devcontainer/Dockerfile", "FROM " + base_image + "\nRUN touch /mended\n");
  must_up(project);
  EXPECT_EQ(must_exec(project, "test -e /mended && echo mended"), "mended\n");
}

/// Its name, the end of what it printed and how to repeat it. FEAT-021
TEST_F(Build, SaysWhichFeatureFailed) {
  const Workspace project = workspace(R"("features": {"./wrong": {}})");
  project.write(".devcontainer/wrong/devcontainer-feature.json",
                R"({"id": "wrong", "version": "1.0.0", "name": "Wrong",
                    "documentationURL": "https://x.test/wrong"})");
  project.write(".devcontainer/wrong/install.sh", "#!/bin/sh\necho no such mirror\nexit 7\n");
  const RunResult result = run(fairlead(
      {"build", "--json", "--buildkit", "never", "--workspace-folder", project.folder.string()}));
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_EQ(json_at(result.out, "/code"), "features.install_failed") << result.text();
  EXPECT_EQ(json_at(result.out, "/message"),
            "Feature \"Wrong\" (./wrong) failed to install! Look at the documentation at "
            "https://x.test/wrong for help troubleshooting this error. Its output ended:\n"
            "  no such mirror\n");
  EXPECT_NE(json_at(result.out, "/hint").find(project.folder.string()), std::string::npos);
  EXPECT_EQ(json_at(build(project).out, "/message"), "Command failed: docker build");
}

TEST_F(Build, TriesTheCachesOfTheCommandLineFirst) {  // BLD-005
  const Workspace project =
      from_dockerfile("FROM " + base_image + "\n", R"("cacheFrom": ["of-the-file:1"])");
  EngineProxy proxy(test_run().below("b.sock").string(), engine().socket_path());
  const auto asked = [&](const std::vector<std::string>& more) {
    proxy.forget_requests();
    std::vector<std::string> words = {
        "build",        "--buildkit",         "never",
        "--cache-from", "of-the-caller:1",    "--image-name",
        name("cached"), "--workspace-folder", project.folder.string()};
    words.insert(words.end(), more.begin(), more.end());
    RunRequest request = devcontainer(std::move(words));
    request.environment["DOCKER_HOST"] = proxy.host();
    EXPECT_EQ(run(std::move(request)).exit_code, 0);
    const auto lines = proxy.requests();
    const auto build = std::ranges::find_if(
        lines, [](const std::string& line) { return line.starts_with("POST /build"); });
    return build == lines.end() ? std::string() : *build;
  };
  const auto line = asked({});
  const auto first = line.find("of-the-caller");
  EXPECT_NE(first, std::string::npos) << line;
  EXPECT_LT(first, line.find("of-the-file"));
  EXPECT_NE(line.find("of-the-file"), std::string::npos) << line;
  EXPECT_EQ(asked({"--no-cache"}).find("of-the"), std::string::npos);
}

TEST_F(Build, RefusesWhatDoesNotGoTogether) {  // BLD-012
  const Workspace project = workspace();
  EXPECT_EQ(json_at(build(project, {"--push", "--output", "type=docker"}).out, "/message"),
            "--push true cannot be used with --output.");
  for (const std::vector<std::string>& words :
       std::vector<std::vector<std::string>>{{"--push"}, {"--platform", "linux/amd64"}}) {
    const RunResult result = build(project, words);
    EXPECT_EQ(result.exit_code, 1);
    EXPECT_EQ(json_at(result.out, "/message"), "--platform or --push require BuildKit enabled.");
  }
  const RunResult secret =
      run(fairlead({"build", "--json", "--buildkit", "never", "--secret", "id=a,env=HOME",
                    "--workspace-folder", project.folder.string()}));
  EXPECT_EQ(json_at(secret.out, "/code"), "image.build_option") << secret.text();
}

TEST_F(Build, MakesImagesThatBringTheirConfiguration) {  // BLD-013, LIFE-014, FEAT-051
  const Workspace project = workspace(R"("features": {"./f": {}}, "remoteEnv": {"FROM": "prebuilt"},
                   "postCreateCommand": "echo $FROM > seen")");
  project.write(".devcontainer/f/devcontainer-feature.json",
                R"({"id": "f", "version": "1.0.0", "name": "F"})");
  project.write(".devcontainer/f/install.sh", "#!/bin/sh\necho f >/f\n");
  const auto one = name("one");
  ASSERT_EQ(build(project, {"--image-name", one}).exit_code, 0);
  const Workspace user = workspace({}, "user");
  user.write(".devcontainer/devcontainer.json", R"({"image": ")" + one + "\"}");
  must_up(user);
  EXPECT_EQ(user.read("seen"), "prebuilt\n");
  EXPECT_EQ(must_exec(user, "cat /f"), "f\n");  // nobody looked for the feature again
}

/// A feature that notes when it was installed, and with what.
void add_clock(const Workspace& project, const std::string& id) {
  project.write(".devcontainer/" + id + "/devcontainer-feature.json",
                R"({"id": ")" + id + R"(", "version": "1.0.0", "name": "C"})");
  project.write(".devcontainer/" + id + "/install.sh",
                "#!/bin/sh\n(echo \"$V\"; cat /proc/uptime) >/" + id + ".clock\n");
}

TEST_F(Build, MakesOnlyTheLayersAnewThatChanged) {  // FEAT-018
  const Workspace project = workspace();
  add_clock(project, "a");
  add_clock(project, "b");
  const auto clocks = [&](const std::string& value) {
    project.write(".devcontainer/devcontainer.json", R"({"image": ")" + base_image +
                                                         R"(", "features": {"./a": {"V": "1"},
                      "./b": {"V": ")" + value + R"("}}})");
    RunRequest request = fairlead({"up", "--buildkit", "never", "--remove-existing-container",
                                   "--workspace-folder", project.folder.string()});
    const RunResult result = run(std::move(request));
    EXPECT_EQ(result.exit_code, 0) << result.text();
    return std::pair{must_exec(project, "cat /a.clock"), must_exec(project, "cat /b.clock")};
  };
  const auto first = clocks("1");
  const auto second = clocks("2");
  EXPECT_EQ(first.first, second.first);
  EXPECT_NE(first.second, second.second);
  EXPECT_TRUE(second.second.starts_with("2\n")) << second.second;
}

TEST_F(Build, OfTwoWorkspacesDoNotMeet) {
  std::vector<std::unique_ptr<ChildProcess>> builds;
  std::vector<std::string> names;
  for (const char* value : {"left", "right"}) {
    const Workspace own = workspace({}, value);
    add_clock(own, "same");
    own.write(".devcontainer/Dockerfile", "FROM " + base_image + "\nUSER nobody\n");
    own.write(".devcontainer/devcontainer.json",
              R"({"build": {"dockerfile": "Dockerfile"}, "features": {"./same": {"V": ")" +
                  std::string(value) + R"("}}})");
    names.push_back(name(value));
    builds.push_back(std::make_unique<ChildProcess>(
        devcontainer({"build", "--buildkit", "never", "--no-cache", "--image-name", names.back(),
                      "--workspace-folder", own.folder.string()})));
  }
  for (auto& build : builds) {
    const RunResult result = build->finish();
    EXPECT_EQ(result.exit_code, 0) << result.text();
  }
  for (const auto& each : names) {
    const Workspace user = workspace({}, "user-" + each.substr(each.rfind('/') + 1, 4));
    user.write(".devcontainer/devcontainer.json", R"({"image": ")" + each + "\"}");
    must_up(user);
    EXPECT_EQ("fairlead-test/" + must_exec(user, "head -n 1 /same.clock | tr -d '\\n'"),
              each.substr(0, each.find('-', std::string("fairlead-test/").size())));
  }
}

TEST_F(Build, LeavesOutOfTheMetadataWhatItIsTold) {
  const Workspace project = workspace(R"("features": {"./f": {}}, "remoteEnv": {"A": "b"})");
  project.write(".devcontainer/f/devcontainer-feature.json",
                R"({"id": "f", "version": "1.0.0", "name": "F", "customizations": {"x": {}}})");
  project.write(".devcontainer/f/install.sh", "#!/bin/sh\ntrue\n");
  const auto one = name("one");
  const RunResult result =
      build(project, {"--image-name", one, "--skip-persisting-customizations-from-features"});
  ASSERT_EQ(result.exit_code, 0) << result.text();
  EXPECT_EQ(json_at(image(one), "/Config/Labels/devcontainer.metadata"),
            R"([ {"id":"./f"}, {"remoteEnv":{"A":"b"}} ])");
  EXPECT_EQ(image(one).find("dev.fairlead"), std::string::npos);
  ASSERT_EQ(run(up(project, {"--omit-config-remote-env-from-metadata"})).exit_code, 0);
  const auto labels = engine().inspect(instances().at(0).id);
  EXPECT_EQ(labels.find("remoteEnv"), std::string::npos);
  EXPECT_EQ(must_exec(project, "echo $A"), "b\n");
}

/// An image that the registry has with all that went in is neither built nor pushed again: two
/// requests for each name tell, of which the second is not made twice.
TEST_F(Build, PushesNothingThatTheRegistryHas) {
  const std::filesystem::path buildx = variable("FAIRLEAD_TEST_BUILDX");
  if (buildx.empty()) GTEST_SKIP() << "skipped: no buildx";
  if (!RegistryServer::installed()) GTEST_SKIP() << "skipped: no docker-registry";
  RegistryServer registry(test_run(), RegistryGuard::open);
  const auto config = test_run().below("docker");
  std::filesystem::create_directories(config / "cli-plugins");
  std::filesystem::create_symlink(buildx, config / "cli-plugins/docker-buildx");
  const Workspace project = workspace(R"("features": {"./f": {"v": "1"}})");
  project.write(".devcontainer/f/devcontainer-feature.json",
                R"({"id": "f", "version": "1.0.0", "name": "F"})");
  project.write(".devcontainer/f/install.sh", "#!/bin/sh\necho \"$V\" >/v\n");
  const auto image = registry.name() + "/acme/pushed:1";
  std::size_t seen = 0;
  const auto push = [&](const std::vector<std::string>& more = {}) {
    auto request = fairlead(
        {"build", "--push", "--image-name", image, "--workspace-folder", project.folder.string()});
    request.argv.insert(request.argv.end(), more.begin(), more.end());
    request.environment["DOCKER_CONFIG"] = config.string();
    const RunResult result = run(std::move(request));
    EXPECT_EQ(result.exit_code, 0) << result.text();
    EXPECT_NE(result.out.find(image), std::string::npos) << result.text();
    auto requests = registry.requests(seen + 1);
    requests.erase(requests.begin(), requests.begin() + static_cast<std::ptrdiff_t>(seen));
    seen += requests.size();
    return requests;
  };
  const auto pushes = [](const std::vector<std::string>& requests) {
    return std::ranges::any_of(requests, [](const auto& line) { return line.starts_with("PUT"); });
  };
  EXPECT_TRUE(pushes(push()));
  // Whether it is here does not matter.
  engine().remove_image(image);
  const auto first = push();
  ASSERT_EQ(first.size(), 2U);
  EXPECT_EQ(first[0], "GET /v2/acme/pushed/manifests/1");
  EXPECT_TRUE(first[1].starts_with("GET /v2/acme/pushed/blobs/sha256:")) << first[1];
  EXPECT_EQ(push(), std::vector<std::string>{first[0]});
  EXPECT_TRUE(pushes(push({"--label", "more=1"})));
  project.write(".devcontainer/devcontainer.json",
                R"({"image": ")" + base_image + R"(", "features": {"./f": {"v": "2"}}})");
  EXPECT_TRUE(pushes(push()));
  engine().remove_image(image);
}

/// BuildKit hands them to one step; neither the image nor its history nor the log has them.
TEST_F(Build, KeepsSecretsOutOfTheImage) {
  const std::filesystem::path buildx = variable("FAIRLEAD_TEST_BUILDX");
  if (buildx.empty()) GTEST_SKIP() << "skipped: no buildx";
  const auto config = test_run().below("docker");
  std::filesystem::create_directories(config / "cli-plugins");
  std::filesystem::create_symlink(buildx, config / "cli-plugins/docker-buildx");
  const Workspace project = from_dockerfile(
      "FROM " + base_image +
          "\nRUN --mount=type=secret,id=token test \"$(cat /run/secrets/token)\" = very-hush\n",
      R"("args": {})");
  const auto one = name("one");
  auto request =
      fairlead({"build", "--json", "--image-name", one, "--secret", "id=token,env=BUILD_TOKEN",
                "--workspace-folder", project.folder.string()});
  request.environment["DOCKER_CONFIG"] = config.string();
  request.environment["BUILD_TOKEN"] = "very-hush";
  const RunResult result = run(std::move(request));
  ASSERT_EQ(result.exit_code, 0) << result.text();
  EXPECT_EQ(image(one).find("very-hush"), std::string::npos);
}

}  // namespace
}  // namespace fairlead::test
