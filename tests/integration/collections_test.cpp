#include "collections_fixture.hpp"

#include <filesystem>

namespace fairlead::test {
namespace {

// DIST-006..009, DIST-013, edge case 68
TEST_F(Collections, PublishVersionsOnce) {
  add_feature("color", "1.3.0", R"(,"legacyIds":["colour"])");
  auto result = publish(devcontainer_binary(), "features", "acme/f");
  ASSERT_EQ(result.exit_code, 0) << result.text();
  EXPECT_NE(result.out.find(R"("publishedTags":["1","1.3","1.3.0","latest"])"), std::string::npos);
  EXPECT_NE(result.out.find(R"("publishedLegacyIds":["colour"])"), std::string::npos);
  EXPECT_EQ(publish(devcontainer_binary(), "features", "acme/f").out, "{\"color\":{}}\n");
  add_feature("color", "1.2.3");
  result = publish(devcontainer_binary(), "features", "acme/f");
  EXPECT_NE(result.out.find(R"("publishedTags":["1.2","1.2.3"])"), std::string::npos);
  add_feature("color", "one");
  EXPECT_EQ(publish(devcontainer_binary(), "features", "acme/f").exit_code, 1);
}

// DIST-001..005
TEST_F(Collections, ArePackaged) {
  add_feature("color", "1.0.0");
  add_feature("hello", "0.1.0", R"(,"options":{"x":{"type":"boolean","default":true}})");
  write_file(run_.below("test/color/test.sh"), "#!/bin/sh\n");
  const std::vector<std::string> words{"features", "package", "src", "-o", "made"};
  ASSERT_EQ(ours(words).exit_code, 0);
  const auto listing =
      ::fairlead::test::run({.argv = {"/usr/bin/env", "tar", "-tf",
                                      run_.below("made/devcontainer-feature-color.tgz").string()},
                             .environment = run_.environment(),
                             .directory = run_.folder().string(),
                             .input = {}});
  EXPECT_EQ(listing.out, "./\n./devcontainer-feature.json\n./install.sh\n") << listing.text();
  // Not compressed, whatever the name says.
  EXPECT_EQ(read_file(run_.below("made/devcontainer-feature-color.tgz")).substr(0, 2), "./");
  const auto index = read_file(run_.below("made/devcontainer-collection.json"));
  EXPECT_EQ(json_at(index, "/sourceInformation/source"), "devcontainer-cli");
  EXPECT_EQ(json_items(index, "/features").size(), 2U);
  EXPECT_EQ(json_at(index, "/features/1/options/x/default"), "true");

  EXPECT_NE(ours(words).err.find("already exists"), std::string::npos);
  EXPECT_EQ(ours({"features", "package", "src", "-o", "made", "-f"}).exit_code, 0);
  for (const char* lacks : {R"("id":"color")", R"("version":"1.0.0")", R"("name":"N")"}) {
    add_feature("color", "1.0.0");
    auto text = read_file(run_.below("src/color/devcontainer-feature.json"));
    text.replace(text.find(lacks), std::string(lacks).size(), R"("x":"y")");
    write_file(run_.below("src/color/devcontainer-feature.json"), text);
    EXPECT_EQ(ours({"features", "package", "src", "-o", "more", "-f"}).exit_code, 1) << lacks;
  }
  add_feature("color", "1.0.0");
  std::filesystem::remove(run_.below("src/color/install.sh"));
  EXPECT_EQ(ours({"features", "package", "src", "-o", "more", "-f"}).exit_code, 1);
}

// FEAT-053..059
TEST_F(Collections, AreLockedAndUpgraded) {
  add_feature("color", "1.0.0");
  publish(devcontainer_binary(), "features", "acme/f");
  const auto folder = workspace("{\"" + name("f/color:1") + "\":{}}");
  ASSERT_EQ(ours({"upgrade", "--workspace-folder", folder}).exit_code, 0);
  const auto lock = read_file(run_.below("w/.devcontainer/devcontainer-lock.json"));
  EXPECT_NE(lock.find(R"("version": "1.0.0")"), std::string::npos) << lock;
  add_feature("color", "1.1.0");
  publish(devcontainer_binary(), "features", "acme/f");
  const auto outdated = ours({"outdated", "--workspace-folder", folder, "--output-format", "json"});
  EXPECT_EQ(outdated.out, "{\"features\":{\"" + name("f/color:1") +
                              R"(":{"current":"1.0.0","wanted":"1.1.0","wantedMajor":"1",)"
                              R"("latest":"1.1.0","latestMajor":"1"}}})"
                              "\n");
  const auto dry = ours({"upgrade", "--dry-run", "--workspace-folder", folder});
  EXPECT_NE(dry.out.find(R"("version": "1.1.0")"), std::string::npos) << dry.text();
  EXPECT_EQ(read_file(run_.below("w/.devcontainer/devcontainer-lock.json")), lock);
}

// TMPL-001..012
TEST_F(Collections, OfTemplatesAreAppliedAgain) {
  write_file(
      run_.below("src/t/devcontainer-template.json"),
      R"({"id":"t","version":"1.0.0","name":"T","options":{"v":{"type":"string","default":"12"}}})");
  write_file(run_.below("src/t/.devcontainer/devcontainer.json"),
             "{\n  \"image\": \"debian:${templateOption:v}\"\n}\n");
  write_file(run_.below("src/t/README.md"), "x");
  ASSERT_EQ(publish(devcontainer_binary(), "templates", "acme/t").exit_code, 0);
  const auto applied =
      ours({"templates", "apply", "-t", name("t/t"), "-w", run_.below("p").string()});
  EXPECT_EQ(applied.out, "{\"files\":[\"./.devcontainer/devcontainer.json\"]}\n") << applied.text();
  EXPECT_EQ(read_file(run_.below("p/.devcontainer/devcontainer.json")),
            "{\n  \"image\": \"debian:12\"\n}\n");
  EXPECT_FALSE(std::filesystem::exists(run_.below("p/README.md")));
  const auto misspelt =
      run(fairlead_binary(), {"templates", "apply", "-t", name("t/t"), "-a", R"({"vee":"11"})",
                              "-w", run_.below("p2").string()});
  EXPECT_EQ(misspelt.exit_code, 0);
  EXPECT_NE(misspelt.err.find("has no option 'vee'"), std::string::npos) << misspelt.text();
  EXPECT_EQ(
      ours({"templates", "apply", "-t", name("t/none"), "-w", run_.below("q").string()}).exit_code,
      1);
  EXPECT_FALSE(std::filesystem::exists(run_.below("q")));
}

// TMPL-013, TMPL-014
TEST_F(Collections, OfTemplatesSayWhatIsInThem) {
  write_file(run_.below("src/t/devcontainer-template.json"),
             R"({"id":"t","version":"1.2.3","name":"T"})");
  write_file(run_.below("src/t/.devcontainer/devcontainer.json"),
             R"({"image":"debian:12","features":{"ghcr.io/a/b/c:1":{},"./own":{}}})");
  write_file(run_.below("src/t/extra"), "x");
  const auto published = publish(devcontainer_binary(), "templates", "acme/t");
  EXPECT_EQ(json_at(published.out, "/t/publishedTags/1"), "1.2") << published.text();
  const auto metadata = ours({"templates", "metadata", name("t/t")});
  EXPECT_EQ(json_at(metadata.out, "/type"), "image") << metadata.text();
  EXPECT_EQ(json_at(metadata.out, "/fileCount"), "3");
  EXPECT_EQ(json_at(metadata.out, "/featureIds/0"), "ghcr.io/a/b/c");
  EXPECT_EQ(json_at(metadata.out, "/featureIds/1"), "");
  EXPECT_NE(json_at(metadata.out, "/files").find("extra"), std::string::npos);
  const auto manifest =
      ours({"features", "info", "manifest", name("t/t"), "--output-format", "json"});
  EXPECT_NE(manifest.out.find("devcontainer-template-t.tgz"), std::string::npos) << manifest.text();
  const auto folder = run_.below("own-tmp");
  const auto applied = ours({"templates", "apply", "-t", name("t/t:1"), "-w",
                             run_.below("p").string(), "--tmp-dir", folder.string()});
  EXPECT_EQ(json_at(applied.out, "/files/1"), "./extra") << applied.text();
  EXPECT_EQ(read_file(run_.below("p/extra")), "x");
}

// DIST-024
TEST_F(Collections, HaveTheirDocumentationGenerated) {
  add_feature("color", "1.0.0", R"(,"options":{"shade":{"type":"string","default":"deep"}})");
  write_file(run_.below("src/color/NOTES.md"), "A note.\n");
  const auto made = ours({"features", "generate-docs", "-p", run_.below("src").string(), "-r",
                          "ghcr.io", "-n", "acme/f"});
  EXPECT_EQ(made.exit_code, 0) << made.text();
  const auto text = read_file(run_.below("src/color/README.md"));
  EXPECT_NE(text.find("\"ghcr.io/acme/f/color:1\": {}"), std::string::npos) << text;
  EXPECT_NE(text.find("| shade |"), std::string::npos) << text;
  EXPECT_NE(text.find("A note."), std::string::npos) << text;
}

// A base configuration from a registry, and again without one.
TEST_F(Collections, OfTemplatesAreExtended) {
  write_file(
      run_.below("src/t/devcontainer-template.json"),
      R"({"id":"t","version":"1.0.0","name":"T","options":{"v":{"type":"string","default":"12"}}})");
  write_file(run_.below("src/t/.devcontainer/devcontainer.json"),
             R"({"image":"debian:${templateOption:v}","remoteUser":"base"})");
  ASSERT_EQ(publish(devcontainer_binary(), "templates", "acme/t").exit_code, 0);
  write_file(run_.below("w/.devcontainer/devcontainer.json"),
             "{\"extends\":\"" + name("t/t:1") + "\",\"remoteUser\":\"own\"}");
  const auto read = [&](std::vector<std::string> more) {
    more.insert(more.begin(), {"config", "explain", "remoteUser", "--workspace-folder",
                               run_.below("w").string()});
    return run(fairlead_binary(), std::move(more));
  };
  const auto first = read({});
  EXPECT_EQ(first.exit_code, 0) << first.text();
  EXPECT_NE(first.out.find("remoteUser = \"own\""), std::string::npos) << first.text();
  EXPECT_NE(first.out.find(name("t/t:1")), std::string::npos) << first.text();
  server_.reset();
  EXPECT_EQ(read({"--offline"}).exit_code, 0);
}

// VSC-005
TEST_F(Collections, OfTemplatesAreABeginning) {
  write_file(run_.below("src/t/devcontainer-template.json"),
             R"({"id":"t","version":"1.0.0","name":"Tee","options":{)"
             R"("v":{"type":"string","enum":["11","12"],"default":"12"}}})");
  write_file(run_.below("src/t/.devcontainer/devcontainer.json"),
             "{\n  // kept\n  \"image\": \"debian:${templateOption:v}\"\n}\n");
  ASSERT_EQ(publish(devcontainer_binary(), "templates", "acme/t").exit_code, 0);
  const auto init = [&](std::vector<std::string> more) {
    more.insert(more.begin(), {"init", "--workspace-folder", run_.below("p").string()});
    return run(fairlead_binary(), std::move(more));
  };
  const auto collection = name("t");
  const auto listed = init({"--list", "--json", "--collection", collection, "TEE"});
  EXPECT_NE(listed.out.find(R"("choices":["11","12"],"onlyChoices":true)"), std::string::npos)
      << listed.text();
  EXPECT_NE(init({"t", "--collection", collection, "-o", "v=10"}).exit_code, 0);
  EXPECT_NE(init({}).exit_code, 0);  // nothing is asked without a terminal
  EXPECT_FALSE(std::filesystem::exists(run_.below("p")));
  const auto made = init({"t", "--collection", collection, "-o", "v=11", "-f",
                          "ghcr.io/devcontainers/features/git:1"});
  EXPECT_EQ(made.out, "./.devcontainer/devcontainer.json\n") << made.text();
  const auto text = read_file(run_.below("p/.devcontainer/devcontainer.json"));
  EXPECT_NE(text.find("// kept"), std::string::npos);
  EXPECT_NE(text.find("debian:11"), std::string::npos);
  EXPECT_NE(text.find("\"ghcr.io/devcontainers/features/git:1\": {}"), std::string::npos) << text;

  // What is there is replaced only when that is said; folders need no registry.
  const auto folder = run_.below("src").string();
  const auto refused = init({"t", "--collection", folder});
  EXPECT_NE(refused.err.find(".devcontainer/devcontainer.json"), std::string::npos);
  EXPECT_EQ(read_file(run_.below("p/.devcontainer/devcontainer.json")), text);
  EXPECT_EQ(init({"t", "--collection", folder, "--force"}).exit_code, 0);
  EXPECT_NE(read_file(run_.below("p/.devcontainer/devcontainer.json")), text);
}

TEST_F(Collections, AreNotNeededForAProjectsOwnFiles) {
  write_file(run_.below("q/compose.yaml"),
             "services:\n  app:\n    image: x\n  db:\n    image: y\n");
  write_file(run_.below("q/Dockerfile"), "FROM debian:12\n");
  const auto init = [&](std::vector<std::string> more) {
    more.insert(more.begin(), {"init", "--workspace-folder", run_.below("q").string()});
    return run(fairlead_binary(), std::move(more));
  };
  const auto several = init({"--from", "compose.yaml"});
  EXPECT_NE(several.err.find("app, db"), std::string::npos) << several.text();
  EXPECT_NE(init({"--from", "compose.yaml", "--service", "web"}).exit_code, 0);
  EXPECT_EQ(init({"--from", "compose.yaml", "--service", "app"}).exit_code, 0);
  const auto config = run_.below("q/.devcontainer/devcontainer.json");
  EXPECT_NE(read_file(config).find(R"("service": "app")"), std::string::npos);
  EXPECT_EQ(init({"--from", "Dockerfile", "--force"}).exit_code, 0);
  EXPECT_NE(read_file(config).find(R"("dockerfile": "../Dockerfile")"), std::string::npos);
}

/// What one published and both read.
class PublishedCollections : public CollectionsPeer {
 protected:
  void expect_equal_answers() const {
    const auto folder =
        workspace("{\"" + name("f/hello:0") + "\":{},\"" + name("f/color:1") + "\":\"blue\"}");
    const std::vector<std::vector<std::string>> questions{
        {"features", "info", "verbose", name("f/hello:0")},
        {"features", "info", "verbose", name("f/color"), "--output-format", "json"},
        {"features", "resolve-dependencies", "--workspace-folder", folder},
        {"upgrade", "--dry-run", "--workspace-folder", folder},
        {"outdated", "--workspace-folder", folder}};
    for (const auto& question : questions) {
      const auto answer = theirs(question);
      EXPECT_EQ(ours(question).out, answer.out) << question.at(1) << '\n' << answer.err;
    }
  }

  void add_both() const {
    add_feature("color", "1.2.3", R"(,"options":{"version":{"type":"string","default":"red"}})");
    add_feature("hello", "0.1.0",
                ",\"dependsOn\":{\"" + name("f/color:1.2.3") + "\":{}},\"installsAfter\":[\"" +
                    name("f/color") + "\"]");
  }
};

// DIST-010..012, DIST-023, FEAT-061
TEST_F(PublishedCollections, ReadsWhatWePublished) {
  add_both();
  const auto result = publish(devcontainer_binary(), "features", "acme/f");
  ASSERT_EQ(result.exit_code, 0) << result.text();
  expect_equal_answers();
  // Nothing is left for the other to publish.
  EXPECT_EQ(publish(reference_, "features", "acme/f").out, "{\"color\":{},\"hello\":{}}\n");
}

TEST_F(PublishedCollections, PublishesWhatWeRead) {
  add_both();
  const auto result = publish(reference_, "features", "acme/f");
  ASSERT_EQ(result.exit_code, 0) << result.text();
  expect_equal_answers();
}

}  // namespace
}  // namespace fairlead::test
