#include "project_folder.hpp"
#include "spec/load_layers.hpp"

#include <fairlead/overlay.hpp>

#include <gtest/gtest.h>

#include <string>

namespace fairlead {
namespace {

using spec_test::ProjectFolder;

constexpr const char* local_file = "proj/.devcontainer/devcontainer.local.json";

std::string configuration_of(const ProjectFolder& project, Mode mode = Mode::fairlead) {
  return project.configuration(read_config(project.options(mode)));
}

Error error_of(const ProjectFolder& project) {
  try {
    const auto document = read_config(project.options(Mode::fairlead));
    parse_config(document);
  } catch (const Error& error) {
    return error;
  }
  ADD_FAILURE() << "no error";
  return {Status::internal, "", ""};
}

std::string merged_of(const ProjectFolder& project) {
  const auto document = read_config(project.options(Mode::fairlead));
  return project.shortened(
      merged_configuration_json(merge(document, own_metadata_entries(document))));
}

TEST(Overlay, TakesWhatTheNearestFileSays) {
  ProjectFolder project(R"({"extends":"./base.json","name":"own","remoteUser":"me"})");
  project.write("proj/.devcontainer/base.json", R"({"name":"base","image":"i","remoteUser":"b"})");
  project.write(local_file, R"({"remoteUser":"local"})");
  EXPECT_EQ(configuration_of(project), R"({"name":"own","image":"i","remoteUser":"local"})");
}

TEST(Overlay, IsOffInDropInMode) {
  ProjectFolder project(R"({"extends":"./base.json","name":"own"})");
  project.write("proj/.devcontainer/base.json", R"({"image":"i"})");
  project.write(local_file, R"({"name":"local"})");
  EXPECT_EQ(configuration_of(project, Mode::drop_in), R"({"extends":"./base.json","name":"own"})");
}

TEST(Overlay, LaterBasesWinAndEachCountsOnce) {
  ProjectFolder project(R"({"extends":["./a.json","./b.json"],"image":"i"})");
  project.write("proj/.devcontainer/a.json",
                R"({"extends":"./c.json","name":"a","runArgs":["a"]})");
  project.write("proj/.devcontainer/b.json",
                R"({"extends":"./c.json","name":"b","runArgs":["b"]})");
  project.write("proj/.devcontainer/c.json", R"({"name":"c","runArgs":["c"]})");
  EXPECT_EQ(configuration_of(project), R"({"name":"b","runArgs":["c","a","b"],"image":"i"})");
}

TEST(Overlay, FollowsTheMergesRules) {
  ProjectFolder project(R"({
    "image": "i", "extends": "./base.json",
    "containerEnv": {"A": "own"}, "capAdd": ["X", "Y"], "init": false,
    "mounts": ["source=n,target=/t"], "forwardPorts": ["localhost:3000"],
    "features": {"./f": {"v": 2}}, "hostRequirements": {"cpus": 2},
    "customizations": {"t": {"list": ["b"], "x": 2}}})");
  project.write("proj/.devcontainer/base.json", R"({
    "containerEnv": {"A": "base", "B": "base"}, "capAdd": ["X"], "init": true,
    "mounts": ["source=o,target=/t"], "forwardPorts": [3000, 4],
    "features": {"./f": {"v": 1}, "./g": {}}, "hostRequirements": {"cpus": 4},
    "customizations": {"t": {"list": ["a"], "x": 1, "y": 1}}})");
  EXPECT_EQ(configuration_of(project),
            R"({"containerEnv":{"A":"own","B":"base"},"capAdd":["X","Y"],"init":true,)"
            R"("mounts":["source=n,target=/t"],"forwardPorts":[3000,4],)"
            R"("features":{"./f":{"v":2},"./g":{}},"hostRequirements":{"cpus":4},)"
            R"("customizations":{"t":{"list":["a","b"],"x":2,"y":1}},"image":"i"})");
}

TEST(Overlay, RunsTheHooksOfAllFiles) {
  ProjectFolder project(R"({"image":"i","extends":"./base.json","postCreateCommand":"own"})");
  project.write("proj/.devcontainer/base.json", R"({"postCreateCommand":["base"]})");
  project.write(local_file, R"({"postCreateCommand":{"l":"local"}})");
  EXPECT_NE(merged_of(project).find(R"("postCreateCommands":[["base"],"own",{"l":"local"}])"),
            std::string::npos)
      << merged_of(project);
}

TEST(Overlay, AnotherSourceReplacesTheFarther) {
  ProjectFolder project(R"({"dockerComposeFile":"c.yml","service":"s","name":"n"})");
  project.write(local_file, R"({"build":{"dockerfile":"Dockerfile"}})");
  EXPECT_EQ(configuration_of(project), R"({"name":"n","build":{"dockerfile":"Dockerfile"}})");
  project.write(local_file, R"({"image":"i"})");
  EXPECT_EQ(configuration_of(project), R"({"name":"n","image":"i"})");
}

TEST(Overlay, ChangesMembersOfTheBuild) {
  ProjectFolder project(R"({"build":{"dockerfile":"D","target":"t","args":{"A":"1","B":"1"}}})");
  project.write(local_file, R"({"build":{"args":{"B":"2"}}})");
  EXPECT_EQ(configuration_of(project),
            R"({"build":{"dockerfile":"D","target":"t","args":{"A":"1","B":"2"}}})");
}

TEST(Overlay, PathsStartAtTheirOwnFile) {
  ProjectFolder project(R"({"extends":"../shared/dev/base.json"})");
  project.write("proj/shared/dev/base.json",
                R"({"build":{"dockerfile":"Dockerfile","context":".."},"features":{"./f":{}}})");
  EXPECT_EQ(configuration_of(project),
            R"({"build":{"dockerfile":"../shared/dev/Dockerfile","context":"../shared"},)"
            R"("features":{"../shared/dev/f":{}}})");
}

TEST(Overlay, NamesTheWrongItem) {
  struct Case {
    const char* extends;
    const char* message;
  };
  for (
      const auto& [extends, message] :
      {Case{R"("./gone.json")",
            R"("extends" names R/proj/.devcontainer/gone.json, which is not there)"},
       Case{R"("ghcr.io/team/base:1")",
            R"("extends" cannot take 'ghcr.io/team/base:1' from a registry here)"},
       Case{"5", R"(each item of "extends" must be a path, not a number)"},
       Case{R"("")", R"(each item of "extends" must be a path, not an empty string)"},
       Case{R"("${localEnv:A}/b.json")", R"("extends" takes no variables: '${localEnv:A}/b.json')"},
       Case{
           R"("./devcontainer.json")",
           R"("extends" leads back to R/proj/.devcontainer/devcontainer.json, which is being read already)"}}) {
    const ProjectFolder project("{\n  \"extends\": [" + std::string(extends) + "]\n}");
    const Error error = error_of(project);
    EXPECT_EQ(error.code(), "config.extends");
    EXPECT_EQ(project.shortened(error.message()), message);
    ASSERT_GT(error.where().line, 0);
    EXPECT_EQ(error.where().line, 2);
    EXPECT_EQ(error.where().column, 15);
  }
}

/// What a cache of registries would answer.
FetchBase registry_of(const ProjectFolder& project) {
  return [&project](const std::string& reference) -> RegistryBase {
    if (reference != "ghcr.io/team/base:1") {
      throw Error(Status::not_found, "registry.not_found", "there is no " + reference);
    }
    const std::string file = project.root() + "/cache/b/.devcontainer/devcontainer.json";
    return {file, R"({"image":"i","build":{"dockerfile":"D"},"extends":"./more.json"})"};
  };
}

TEST(Overlay, TakesABaseFromARegistry) {
  const ProjectFolder project(R"({"extends":"ghcr.io/team/base:1","name":"own"})");
  project.write("cache/b/.devcontainer/more.json", R"({"remoteUser":"u"})");
  const auto document = read_config(project.options(Mode::fairlead), registry_of(project));
  EXPECT_EQ(project.configuration(document),
            R"({"remoteUser":"u","image":"i",)"
            R"("build":{"dockerfile":"../../cache/b/.devcontainer/D"},"name":"own"})");
  const auto layers = config_layers(document);
  ASSERT_EQ(layers.size(), 3U);
  EXPECT_EQ(layers[0].reference, "ghcr.io/team/base:1");  // more.json came with it
  EXPECT_EQ(layers[1].reference, "ghcr.io/team/base:1");
  EXPECT_EQ(layers[2].reference, "");
}

TEST(Overlay, SaysWhichReferenceIsNotThere) {
  const ProjectFolder project("{\n\"extends\":\"ghcr.io/team/none\"}");
  try {
    read_config(project.options(Mode::fairlead), registry_of(project));
    ADD_FAILURE() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "registry.not_found");
    EXPECT_EQ(error.where().line, 2);
  }
}

TEST(Overlay, ABaseFromARegistryStaysInItsFolder) {
  const ProjectFolder project(R"({"extends":"ghcr.io/team/base:1"})");
  for (const char* extends : {"../x.json", "/etc/x.json", "./a/../../x.json"}) {
    const FetchBase fetch = [&](const std::string&) -> RegistryBase {
      return {project.root() + "/cache/base.json",
              R"({"extends":")" + std::string(extends) + "\"}"};
    };
    try {
      read_config(project.options(Mode::fairlead), fetch);
      ADD_FAILURE() << extends;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), "config.extends") << extends;
      EXPECT_NE(error.message().find("leads out of its folder"), std::string::npos) << extends;
    }
  }
}

TEST(Overlay, ReportsACycleOfSeveralFiles) {
  ProjectFolder project(R"({"extends":"./a.json"})");
  project.write("proj/.devcontainer/a.json", R"({"extends":"./b.json"})");
  project.write("proj/.devcontainer/b.json", R"({"extends":"./a.json"})");
  const Error error = error_of(project);
  EXPECT_EQ(error.code(), "config.extends");
  EXPECT_EQ(project.shortened(error.where().file), "R/proj/.devcontainer/b.json");
}

TEST(Overlay, FaultsKnowTheirFile) {
  ProjectFolder project("{\"extends\":\"./base.json\",\"image\":\"i\",\n\"mounts\":[5]}");
  project.write(
      "proj/.devcontainer/base.json",
      "{\n\"remoteUser\":5,\n\"containerEnv\":{\"A\":[]}, \"mounts\": [\"target=/x\",\n6]}");
  const Error error = error_of(project);
  EXPECT_EQ(error.code(), "config.invalid");
  const std::string text = project.shortened(error.message() + '\n' + error.where().file);
  EXPECT_NE(text.find("2:14: \"remoteUser\" must be a string"), std::string::npos) << text;
  EXPECT_NE(text.find("R/proj/.devcontainer/devcontainer.json:2:11"), std::string::npos) << text;
}

TEST(Overlay, SettingsOfALocalFileCount) {
  ProjectFolder project(R"({"image":"i","customizations":{"fairlead":{"backend":"a"}}})");
  project.write(local_file, R"({"customizations":{"fairlead":{"backend":"b"}}})");
  EXPECT_NE(configuration_of(project).find(R"({"fairlead":{"backend":"b"}})"), std::string::npos);
}

TEST(Overlay, NamesTheLocalFile) {
  EXPECT_EQ(local_config_of("/p/.devcontainer.json"), "/p/.devcontainer.local.json");
  EXPECT_EQ(local_config_of("/p/x"), "/p/x.local.json");
}

}  // namespace
}  // namespace fairlead
