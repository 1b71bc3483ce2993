// The edge cases of features and templates that need no engine, side by side with the reference
// CLI.

#include "collections_fixture.hpp"
#include "support/child_process.hpp"

#include <algorithm>

namespace fairlead::test {
namespace {

class FeatureCases : public CollectionsPeer {
 protected:
  /// Beside devcontainer.json.
  void add_local(const std::string& path, const std::string& more = {}) const {
    const auto folder = run_.below("w/.devcontainer/" + path);
    write_file(folder / "devcontainer-feature.json",
               R"({"id":")" + std::filesystem::path(path).filename().string() +
                   R"(","version":"1.0.0","name":"N")" + more + "}");
    write_file(folder / "install.sh", "#!/bin/sh\n");
  }

  /// Names and options in install order, or how it fails.
  std::string order(const std::string& program, const std::string& features,
                    const std::string& more = {}) const {
    write_file(run_.below("w/.devcontainer/devcontainer.json"),
               R"({"image":"debian:12","features":)" + features + more + "}");
    const auto result = run(program, {"features", "resolve-dependencies", "--workspace-folder",
                                      run_.below("w").string()});
    if (result.exit_code != 0) return "exit " + std::to_string(result.exit_code);
    const auto json = result.out.substr(result.out.find("\n{"));
    std::string text;
    for (int i = 0;; ++i) {
      const auto at = "/installOrder/" + std::to_string(i);
      const auto id = json_at(json, at + "/id");
      if (id.empty()) return text;
      text += (i == 0 ? "" : " ") + id.substr(id.rfind('/') + 1);
      if (const auto options = json_at(json, at + "/options"); options != "{}") text += options;
    }
  }
  /// Of all three programs: the reference, the drop-in and ours.
  void expect_order(const std::string& expected, const std::string& features,
                    const std::string& more = {}) const {
    EXPECT_EQ(order(reference_, features, more), expected);
    EXPECT_EQ(order(devcontainer_binary(), features, more), expected);
    EXPECT_EQ(order(fairlead_binary(), features, more), expected);
  }
  void expect_orders(const std::string& theirs, const std::string& by_the_text,
                     const std::string& features) const {
    EXPECT_EQ(order(reference_, features), theirs);
    EXPECT_EQ(order(devcontainer_binary(), features), theirs);
    EXPECT_EQ(order(fairlead_binary(), features), by_the_text);
  }
};

// edge case 45, FEAT-045
TEST_F(FeatureCases, AreSortedAsPeopleSort) {
  for (const char* id : {"B", "a", "C", "a_b", "a-b", "a1", "a10", "a2", "ab"}) add_local(id);
  expect_order("a B C", R"({"./B":{},"./a":{},"./C":{}})");
  expect_order("a_b a-b a1 a10 a2 ab",
               R"({"./ab":{},"./a2":{},"./a10":{},"./a1":{},"./a-b":{},"./a_b":{}})");
}

// edge cases 46, 48, FEAT-042, FEAT-045
TEST_F(FeatureCases, WithVersionsAreTextOrNumbers) {
  for (const char* version : {"9.0.0", "10.0.0", "11.0.0"}) {
    add_feature("v", version);
    ASSERT_EQ(publish(reference_, "features", "acme/f").exit_code, 0);
  }
  const auto asked = [this](const char* tag) { return '"' + name("f/v:") + tag + "\":{}"; };
  const auto digest = [this](const char* tag) {
    const auto manifest =
        theirs({"features", "info", "manifest", name("f/v:") + tag, "--output-format", "json"});
    const auto id = json_at(manifest.out, "/canonicalId");
    return id.substr(id.rfind('/') + 1);
  };
  const auto nine = digest("9");
  const auto ten = digest("10");
  const auto newest = digest("latest");
  ASSERT_NE(nine, ten);
  expect_orders(ten + ' ' + nine + ' ' + newest, nine + ' ' + ten + ' ' + newest,
                '{' + asked("latest") + ',' + asked("9") + ',' + asked("10") + '}');
  expect_order(nine, '{' + asked("9") + ',' + asked("9.0.0") + '}');
}

// edge case 47, FEAT-046
TEST_F(FeatureCases, WithOptionsAreSortedByTheirNumber) {
  add_local("y");
  add_local("p", R"(,"dependsOn":{"./y":{}})");
  add_local("q", R"(,"dependsOn":{"./y":{"k":"1","z":"2"}})");
  expect_orders(R"(y y{"k":"1","z":"2"} p q)", R"(y{"k":"1","z":"2"} y p q)",
                R"({"./q":{},"./p":{}})");
}

// edge case 49, FEAT-031, FEAT-036
TEST_F(FeatureCases, ThatWaitForEachOtherFail) {
  add_local("a", R"(,"dependsOn":{"./b":{}})");
  add_local("b", R"(,"installsAfter":["./a"])");
  add_local("self", R"(,"dependsOn":{"./self":{}})");
  add_local("c", R"(,"dependsOn":{"./d":{}})");
  add_local("d", R"(,"dependsOn":{"./c":{}})");
  add_local("e", R"(,"installsAfter":["./g"])");
  add_local("g", R"(,"installsAfter":["./e"])");
  for (const char* features :
       {R"({"./a":{}})", R"({"./self":{}})", R"({"./c":{}})", R"({"./e":{},"./g":{}})"}) {
    expect_order("exit 1", features);
  }
  expect_order("b", R"({"./b":{}})");
}

// edge case 52, FEAT-033: better than the reference, which wants to see what it does not need.
TEST_F(FeatureCases, NeedNothingOfSoftDependencies) {
  const auto nobody = "localhost:" + std::to_string(server_->port()) + "/acme/f/nobody";
  add_local("far", R"(,"installsAfter":[")" + nobody + R"("])");
  add_local("word", R"(,"installsAfter":["fish"])");
  for (const char* id : {"far", "word"}) {
    const auto features = std::string(R"({"./)") + id + R"(":{}})";
    EXPECT_EQ(order(reference_, features), "exit 1");
    EXPECT_EQ(order(devcontainer_binary(), features), id);
    EXPECT_EQ(order(fairlead_binary(), features), id);
  }
}

// edge case 56, FEAT-007, FEAT-032
TEST_F(FeatureCases, AreFoundFromTheConfiguration) {
  add_local("features/a", R"(,"dependsOn":{"./features/b":{}})");
  add_local("features/b");
  add_local("features/wrong", R"(,"dependsOn":{"./b":{}})");
  add_local("../outside");
  expect_order("b a", R"({"./features/a":{}})");
  expect_order("exit 1", R"({"./features/wrong":{}})");
  expect_order("exit 1", R"({"../outside":{}})");
  expect_order("exit 1", R"({")" + run_.below("w/.devcontainer/features/b").string() + R"(":{}})");
}

/// What names without a registry meant. FEAT-009, DIST-021
TEST_F(FeatureCases, OfReleasesAreFoundWhereTheReferenceFindsThem) {
  const auto folder = run_.below("github");
  const auto file = folder / "www/owner/repo/releases/latest/download/color.tgz";
  add_feature("color", "1.0.0", R"(,"dependsOn":{"./nobody":{}})");
  std::filesystem::create_directories(file.parent_path());
  const auto packed = ::fairlead::test::run(
      {.argv = {"/usr/bin/env", "tar", "-C", run_.below("src/color").string(), "-czf",
                file.string(), "./install.sh", "./devcontainer-feature.json"},
       .environment = run_.environment(),
       .directory = run_.folder().string(),
       .input = {}});
  ASSERT_EQ(packed.exit_code, 0) << packed.text();
  const auto bundle = folder / "www/owner/repo/releases/download/v1/devcontainer-features.tgz";
  std::filesystem::create_directories(bundle.parent_path());
  std::filesystem::copy_file(file, bundle);
  ChildProcess github(
      {.argv = {"/usr/bin/python3", FAIRLEAD_SOURCE_DIR "/tests/support/registry/github.py",
                folder.string()},
       .environment = run_.environment(),
       .directory = run_.folder().string(),
       .input = {}});
  ASSERT_TRUE(github.wait_for_output("\n", milliseconds(30'000))) << github.err();
  const auto port = github.out().substr(6, github.out().size() - 7);
  run_.set("HTTPS_PROXY", "http://127.0.0.1:" + port);
  run_.set("NODE_EXTRA_CA_CERTS", (folder / "ca.crt").string());
  const auto w = workspace(R"({"owner/repo/color":{},"owner/repo/color@v1":{"o":"p"}})");
  const std::vector<std::string> words{"read-configuration", "--workspace-folder", w,
                                       "--include-features-configuration"};
  const auto seen = [&](const RunResult& result) {
    std::string text;
    for (const char* at : {"/0/sourceInformation", "/1/sourceInformation", "/0/features/0/id",
                           "/1/features/0/name", "/1/features/0/value", "/0/computedDigest"}) {
      text += json_at(result.out, std::string("/featuresConfiguration/featureSets") + at) + '\n';
    }
    return text;
  };
  const auto answer = theirs(words);
  ASSERT_EQ(answer.exit_code, 0) << answer.text();
  EXPECT_EQ(seen(ours(words)), seen(answer));
  const auto own = run(fairlead_binary(), words);
  EXPECT_EQ(own.exit_code, 1);
  EXPECT_NE(own.err.find("'owner' is not a registry"), std::string::npos) << own.text();
  // A missing file, in each one's own way.
  workspace(R"({"owner/repo/none":{}})");
  EXPECT_EQ(ours(words).exit_code, 1);
  EXPECT_EQ(theirs(words).exit_code, 1);
  EXPECT_NE(read_file(folder / "requests").find("/releases/latest/download/none.tgz -"),
            std::string::npos);
}

// edge case 67, TMPL-005
TEST_F(FeatureCases, OfTemplatesKeepWhatIsNoOption) {
  write_file(run_.below("src/t/devcontainer-template.json"),
             R"({"id":"t","version":"1.0.0","name":"T","options":{"x":{"type":"string",)"
             R"("default":"X"},"flag":{"type":"boolean","default":false},)"
             R"("none":{"type":"string"}}})");
  write_file(run_.below("src/t/.devcontainer/devcontainer.json"),
             "{\"image\":\"${templateOption: x }|${templateOption:x}|${templateOption:flag}|"
             "${templateOption:none}|${templateOption:unknown}|${localEnv:HOME}\"}\n");
  ASSERT_EQ(publish(reference_, "templates", "acme/t").exit_code, 0);
  const auto apply = [this](const std::string& program) {
    const auto folder = run_.below(std::filesystem::path(program).filename().string() +
                                   std::to_string(program.size()));
    const auto result =
        run(program, {"templates", "apply", "-t", name("t/t"), "-w", folder.string()});
    EXPECT_EQ(result.out, "{\"files\":[\"./.devcontainer/devcontainer.json\"]}\n") << result.text();
    return read_file(folder / ".devcontainer/devcontainer.json");
  };
  const std::string end = "||${localEnv:HOME}\"}\n";
  EXPECT_EQ(apply(reference_), "{\"image\":\"X|X||" + end);
  EXPECT_EQ(apply(devcontainer_binary()), "{\"image\":\"X|X||" + end);
  EXPECT_EQ(apply(fairlead_binary()), "{\"image\":\"X|X|false|" + end);
}

std::string without_digest(std::string text) {
  const auto at = text.find(",\"digest\":");
  if (at != std::string::npos) text.erase(at, text.find(',', at + 1) - at);
  return text;
}

// edge case 68, DIST-007..009
TEST_F(FeatureCases, OfOlderVersionsMoveNoTag) {
  for (const char* version : {"1.3.0", "1.2.3", "1.2.3"}) {
    add_feature("color", version);
    const auto answer = publish(reference_, "features", "acme/theirs");
    ASSERT_EQ(answer.exit_code, 0) << answer.text();
    // Archives of the reference hold the time at which they were made.
    EXPECT_EQ(without_digest(publish(devcontainer_binary(), "features", "acme/ours").out),
              without_digest(answer.out))
        << version;
  }
  const auto tags = [this](const char* space) {
    return json_at(theirs({"features", "info", "tags", server_->name() + '/' + space + "/color",
                           "--output-format", "json"})
                       .out,
                   "/publishedTags");
  };
  EXPECT_EQ(tags("acme/ours"), tags("acme/theirs"));
}

}  // namespace
}  // namespace fairlead::test
