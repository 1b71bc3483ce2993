#include "project_folder.hpp"

#include <fairlead/validate.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <thread>
#include <vector>

namespace fairlead {
namespace {

using spec_test::ProjectFolder;

using Judge = std::vector<Diagnostic> (*)(std::string_view, const std::string&);

/// "severity code line:column" of everything that is said, one a line.
std::string said(const std::vector<Diagnostic>& diagnostics) {
  std::string out;
  for (const auto& one : diagnostics) {
    out += (out.empty() ? "" : "\n") + std::string(to_string(one.severity)) + ' ' + one.code + ' ' +
           std::to_string(one.where.line) + ':' + std::to_string(one.where.column);
  }
  return out;
}

std::string said_of(std::string_view text) {
  return said(validate_configuration(text, "/p/devcontainer.json"));
}

struct Row {
  const char* name;
  std::string text;
  std::string expected;
};

void check(const std::vector<Row>& rows, Judge judge = validate_configuration) {
  for (const auto& row : rows) {
    const auto found = judge(row.text, "/p/devcontainer.json");
    EXPECT_EQ(said(found), row.expected)
        << row.name << (found.empty() ? std::string() : ": " + found.front().text());
  }
}

TEST(Validate, HasNothingToSayAboutAGoodFile) {
  check({
      {"image", R"({"image": "debian:12", "forwardPorts": [0, 65535, "db:1"]})", ""},
      {"nothing", "{}", ""},  // CFG-018
      {"compose", R"({"dockerComposeFile": [], "service": "a", "workspaceFolder": "/w"})", ""},
      {"comments and commas", "\xEF\xBB\xBF{ // a\r\n \"image\": \"x\", /* b */\r\n}\r\n", ""},
      {"variables pass for any form",
       R"({"image":"x","hostRequirements":{"memory":"${localEnv:M}"},"userEnvProbe":"${localEnv:P}"})",
       ""},
  });
}

// CFG-011..014; edge cases 5, 6, 7
TEST(Validate, CollectsEveryFaultOfBrokenJson) {
  check({
      {"two lines", "{\n  \"image\": \"x\"\n  \"name\": nope\n}",
       "error config.syntax 3:3"},  // one a line: the second may follow from the first
      {"far apart", "{\n  \"a\": 01,\n  \"image\": \"x\",\n  \"b\": 'c'\n}",
       "error config.syntax 2:8\nerror config.syntax 4:8"},
      {"rules hold for what could be read", "{\"image\": 5,\n \"init\" true}",
       "error config.type 1:11\nerror config.syntax 2:9"},
      {"repeated", R"({"image": "a", "name": "n", "image": "b"})", "warning config.repeated 1:29"},
      {"array", " []", "error config.not_an_object 1:2"},
      {"empty", "", "error config.not_an_object 1:1"},
      {"only a comment", "// x", "error config.not_an_object 1:1"},
      {"not UTF-8", "{\"a\":\"\xFF\"}", "error config.syntax 1:7"},
      {"deep", std::string(600, '['), "error config.depth 1:513"},
  });
  const std::string many = [] {
    std::string text = "{\n";
    for (int i = 0; i < 100; ++i) text += "\"a\" 1\n";
    return text + '}';
  }();
  EXPECT_LE(validate_configuration(many, "f").size(), 20U);
}

TEST(Validate, ShowsTheLineAndWhatToDo) {
  const auto found = validate_configuration("{\n\t\"imag\": \"x\"\n}", "/p/devcontainer.json");
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].where.text, " \"imag\": \"x\"");
  EXPECT_EQ(found[0].hint, "did you mean 'image'?");
  EXPECT_EQ(found[0].text(),
            "/p/devcontainer.json:2:2: unknown property \"imag\"; did you mean 'image'?");
}

// CFG-015..018, 022, 028..030, 042; CMP-018; edge cases 13, 14
TEST(Validate, SaysWhatDoesNotGoTogether) {
  check({
      {"image and compose",
       R"({"image":"x","dockerComposeFile":"c","service":"s","workspaceFolder":"/"})",
       "error config.scenario 1:34"},
      {"image and build", R"({"image":"x","build":{"dockerfile":"D"}})",
       "error config.scenario 1:10"},
      {"two Dockerfiles", R"({"dockerFile":"D","build":{"dockerfile":"D"}})",
       "note config.deprecated 1:2\nerror config.scenario 1:15"},
      {"compose without a service", R"({"dockerComposeFile":"c","workspaceFolder":"/"})",
       "error config.missing 1:22"},
      {"compose without a folder", R"({"dockerComposeFile":"c","service":"s"})",
       "warning config.missing 1:22"},
      {"build without a Dockerfile", R"({"build":{"args":{}}})", "error config.missing 1:10"},
      {"an empty image", R"({"image":""})", "error config.value 1:10"},
      {"ports of compose",
       R"({"dockerComposeFile":"c","service":"s","workspaceFolder":"/","appPort":1,"runArgs":[]})",
       "note config.deprecated 1:62\nwarning config.unused 1:62\nwarning config.unused 1:74"},
      {"another one's shutdown", R"({"image":"x","shutdownAction":"stopCompose"})",
       "warning config.unused 1:31"},
      {"a service of an image", R"({"image":"x","service":"s"})", "warning config.unused 1:14"},
      {"a part of a configuration", R"({"extends":"./base.json","build":{"args":{}}})", ""},
  });
}

// CFG-020..063, HOST-001, HOST-002, HOST-004, SEC-001
TEST(Validate, KnowsTypesFormsAndRanges) {
  check({
      {"ports", R"({"forwardPorts":[-1, 65536, "DB:80", "db", "db:99999", 3000.0]})",
       "error config.value 1:18\nerror config.value 1:22\nwarning config.form 1:29\n"
       "error config.value 1:38\nerror config.value 1:44"},
      {"attributes", R"({"portsAttributes":{"80":{"onAutoForward":"open","x":1}, "": {}}})",
       "error config.value 1:43\nwarning config.unknown 1:50\nwarning config.form 1:62"},
      {"once is for a port", R"({"otherPortsAttributes":{"onAutoForward":"openBrowserOnce"}})",
       "error config.value 1:42"},
      {"protocol", R"({"otherPortsAttributes":{"protocol":"ftp"}})", "error config.value 1:37"},
      {"cpus", R"({"hostRequirements":{"cpus":0,"x":1}})",
       "error config.value 1:29\nwarning config.unknown 1:31"},
      {"half a cpu", R"({"hostRequirements":{"cpus":2.5}})", "error config.value 1:29"},
      {"sizes", R"({"hostRequirements":{"memory":"4 gb","storage":"4GB"}})",
       "error config.value 1:31\nwarning config.form 1:48"},
      {"gpu", R"({"hostRequirements":{"gpu":"maybe"}})", "error config.value 1:28"},
      {"gpu object", R"({"hostRequirements":{"gpu":{"cores":0,"y":1}}})",
       "error config.value 1:37\nwarning config.unknown 1:39"},
      {"secrets", R"({"secrets":{"1BAD":{},"A":{"x":1},"B":5,"C":{"documentationUrl":"a b"}}})",
       "warning config.form 1:20\nwarning config.unknown 1:28\nerror config.type 1:39\n"
       "warning config.form 1:65"},
      {"mounts",
       R"({"mounts":[{"type":"bind"},{"target":"/t"},{"type":"tmpfs","target":"/t"},{"type":"x","target":"/t"},{"type":"bind","target":"/t","ro":1},"source=a",5]})",
       "error config.missing 1:12\nerror config.missing 1:28\nwarning config.form 1:52\n"
       "error config.value 1:75\nwarning config.unknown 1:131\nerror config.value 1:139\n"
       "error config.type 1:150"},
      {"hooks", R"({"postCreateCommand":{"a":1,"b":["x",2]},"postStartCommand":null})",
       "error config.type 1:27\nerror config.type 1:38\nwarning config.form 1:61"},
      {"choices", R"({"waitFor":"postCreate","userEnvProbe":"zsh"})",
       "error config.value 1:12\nerror config.value 1:40"},
      {"types", R"({"name":1,"init":"true","capAdd":"A","containerEnv":{"A":1},"runArgs":[1]})",
       "error config.type 1:9\nerror config.type 1:18\nerror config.type 1:34\n"
       "error config.type 1:58\nerror config.type 1:72"},
      // CFG-076
      {"features", R"({"features":{"./a":5,"/abs":{},"nope":{},"git":{}}})",
       "error config.type 1:20\nerror features.legacy 1:32\nnote config.deprecated 1:42"},
      {"no mount", R"({"workspaceMount":null})", "warning config.form 1:19"},  // CFG-038
  });
}

// CFG-067..073, VAR-004, VAR-005; edge cases 24, 26
TEST(Validate, NamesTheModernForm) {
  check({
      {"dockerFile", R"({"dockerFile":"D","context":".."})",
       "note config.deprecated 1:2\nnote config.deprecated 1:19"},
      {"editor settings",
       R"({"extensions":["a.b@1.0.0","bad"],"settings":{},"devPort":1,"codespaces":{}})",
       "note config.deprecated 1:2\nwarning config.form 1:28\nnote config.deprecated 1:35\n"
       "note config.deprecated 1:49\nnote config.deprecated 1:61"},
      {"wrong types", R"({"extensions":5,"settings":[],"devPort":"x"})",
       "note config.deprecated 1:2\nerror config.type 1:15\nnote config.deprecated 1:17\n"
       "error config.type 1:28\nnote config.deprecated 1:31\nerror config.type 1:41"},
      {"variables", R"({"name":"${env:A} ${localEnv} ${localEnv:A${x}}"})",
       "note config.deprecated 1:9\nerror config.variable 1:9\nerror config.variable 1:9"},
  });
  const auto found = validate_configuration(R"({"name":"${env:A:b}"})", "f");
  EXPECT_EQ(found.at(0).hint, "write ${localEnv:A:b}");
}

// CFG-074: a file of 2020 with all that was known then
TEST(Validate, TakesFilesOfTheOldSchema) {
  const auto found = validate_configuration(
      R"({"dockerFile":"D","context":"..","appPort":[3000,"8921:5000"],"extensions":["a.b"],
          "settings":{"x":1},"runArgs":["-u","x"],"postCreateCommand":"a","overrideCommand":false,
          "shutdownAction":"none","devPort":0,"forwardPorts":[9000],"userEnvProbe":"none",
          "mounts":["type=bind,source=/a,target=/b"],"codespaces":{},"workspaceFolder":"/w",
          "workspaceMount":"type=bind,source=/w,target=/w","containerEnv":{},"remoteEnv":{"A":null},
          "containerUser":"u","remoteUser":"v","updateRemoteUserUID":true,"build":{"target":"t"}})",
      "f");
  for (const auto& one : found) EXPECT_EQ(one.severity, Severity::note) << one.text();
  EXPECT_EQ(found.size(), 7U);
}

// FEAT-002, FEAT-003, FEAT-011
TEST(Validate, JudgesFeatures) {
  check(
      {{"good", R"({"id":"a","version":"1.0.0","options":{"o":{"type":"string","default":""}}})",
        ""},
       {"nothing", "{}", "error config.missing 1:1\nerror config.missing 1:1"},
       {"id", R"({"id":"A b","version":"1"})", "warning config.form 1:7"},
       {"foreign properties", R"({"id":"a","version":"1","remoteUser":"u"})",
        "warning config.unknown 1:25"},
       {"options",
        R"({"id":"a","version":"1","options":{"x":{"type":"number"},"y":{"type":"string","default":"c","enum":["a"],"proposals":[]},"z":{"type":"boolean","default":"true"}}})",
        "error config.missing 1:40\nerror config.value 1:48\nwarning config.form 1:89\n"
        "warning config.unknown 1:106\nerror config.type 1:154"},
       {"mounts", R"({"id":"a","version":"1","mounts":["x",{"type":"tmpfs","target":"/t"}]})",
        "warning config.form 1:35\nerror config.value 1:47"}},
      validate_feature);
}

TEST(Validate, JudgesOurOwnSection) {
  const auto found = validate_configuration(
      "{\"customizations\": {\n  \"fairlead\": {\"bakend\": \"x\"}}}", "/p/devcontainer.json");
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].code, "settings.unknown");
  EXPECT_EQ(found[0].where.line, 2);
  EXPECT_EQ(found[0].where.column, 16);
  EXPECT_EQ(found[0].where.file, "/p/devcontainer.json");
}

TEST(Validate, TakesFilesByTheirNames) {
  const ProjectFolder project(R"({"image": 5})");
  project.write("proj/devcontainer-feature.json", "{}");
  project.write("proj/.devcontainer/fairlead.toml", "bakend = 'x'\n");
  project.write("proj/.devcontainer/alt/devcontainer.json", "{");
  const auto files = files_to_validate(project.root() + "/proj");
  std::string all;
  for (const auto& file : files) {
    all += project.shortened(file) + ": " + said(validate_file(file)) + '\n';
  }
  EXPECT_EQ(all,
            "R/proj/.devcontainer/devcontainer.json: error config.type 1:11\n"
            "R/proj/.devcontainer/alt/devcontainer.json: error config.syntax 1:1\n"
            "R/proj/.devcontainer/fairlead.toml: warning settings.unknown 1:1\n"
            "R/proj/devcontainer-feature.json: error config.missing 1:1\n"
            "error config.missing 1:1\n");
  const auto beside = files_to_validate(project.root() + "/proj/.devcontainer/alt");
  ASSERT_EQ(beside.size(), 1U);
  EXPECT_EQ(project.shortened(beside[0]), "R/proj/.devcontainer/alt/devcontainer.json");
  EXPECT_EQ(said(validate_file(project.root() + "/none.json")), "error file.missing 0:0");
  EXPECT_EQ(said(validate_file(project.root())), "error file.read 0:0");
}

TEST(Validate, StopsCountingInAHopelessFile) {
  std::string text = "{";
  for (int i = 0; i < 30000; ++i) text += "\"k" + std::to_string(i) + "\":\"${localEnv}\",";
  text += "\"k1\":1,\"k1\":1}";
  const auto begin = std::chrono::steady_clock::now();
  const auto found = validate_configuration(text, "f");
  // Quadratic look-ups would take minutes; the bound leaves room for sanitizers and busy machines.
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(20));
  EXPECT_LE(found.size(), 400U);
  EXPECT_GE(found.size(), 200U);
}

TEST(Validate, MayBeCalledFromSeveralThreads) {
  const std::string text = R"({"image": 5, "imag": 1, "features": {"fish": {}}})";
  const std::string expected = said_of(text);
  std::vector<std::string> found(4);
  std::vector<std::thread> threads;
  for (auto& one : found) {
    threads.emplace_back([&one, &text] {
      for (int i = 0; i < 50; ++i) one = said_of(text);
    });
  }
  for (auto& thread : threads) thread.join();
  for (const auto& one : found) EXPECT_EQ(one, expected);
}

}  // namespace
}  // namespace fairlead
