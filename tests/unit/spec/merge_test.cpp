#include "project_folder.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace fairlead {
namespace {

using spec_test::ProjectFolder;

std::vector<MetadataEntry> entries_of(const std::string& label) {
  return metadata_of_label(label, [](const std::string& warning) { ADD_FAILURE() << warning; });
}

/// The label's entries, then the configuration's own.
MergedConfig merged(const ConfigDocument& document, const std::string& label,
                    Faulty faulty = Faulty::refuse) {
  auto entries = label.empty() ? std::vector<MetadataEntry>() : entries_of(label);
  if (auto own = metadata_entry(document)) entries.push_back(*own);
  return merge(document, entries, faulty);
}

/// One member of mergedConfiguration, as text; "" when it is absent.
std::string merged_member(const std::string& config, const std::string& label,
                          const std::string& name, Mode mode = Mode::fairlead) {
  const ProjectFolder project(config);
  const auto faulty = mode == Mode::drop_in ? Faulty::ignore : Faulty::refuse;
  const std::string text =
      merged_configuration_json(merged(read_config(project.options(mode)), label, faulty));
  const std::string key = '"' + name + "\":";
  // Top-level members only: walk the text with a depth count.
  int depth = 0;
  bool quoted = false;
  std::size_t begin = std::string::npos;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!quoted && depth == 1 && begin == std::string::npos &&
        text.compare(i, key.size(), key) == 0) {
      begin = i + key.size();
    }
    if (text[i] == '"' && text[i - 1] != '\\') quoted = !quoted;
    if (quoted) continue;
    if (begin != std::string::npos && i >= begin && depth == 1 &&
        (text[i] == ',' || text[i] == '}')) {
      return text.substr(begin, i - begin);
    }
    if (text[i] == '{' || text[i] == '[') ++depth;
    if (text[i] == '}' || text[i] == ']') --depth;
  }
  return {};
}

struct Row {
  const char* name;
  std::string config;
  std::string label;
  std::string expected;
};

// IMG-011..025; edge cases 34 to 39
TEST(Merge, MergesPropertyByProperty) {
  const Row rows[] = {
      {"init", R"({"init":false})", R"([{"init":true}])", "true"},
      {"privileged", "{}", R"([{"privileged":false}])", "false"},
      {"capAdd", R"({"capAdd":["B","C"]})", R"([{"capAdd":["A","B"]}])", R"(["A","B","C"])"},
      {"securityOpt", "{}", "[{}]", ""},
      {"entrypoints", "{}", R"([{"id":"a","entrypoint":"x"},{"id":"b","entrypoint":"y"}])",
       R"(["x","y"])"},
      {"mounts",
       R"({"mounts":[{"type":"bind","source":"/new","target":"/t3"},"dst=/t4","target=/t4,ro"]})",
       R"([{"mounts":["type=bind,src=/x,dst=/t3","target=/t5"]}])",
       R"(["target=/t5",{"type":"bind","source":"/new","target":"/t3"},"target=/t4,ro"])"},
      {"onCreateCommands", R"({"onCreateCommand":"cfg"})",
       R"([{"onCreateCommand":"img"},{"id":"z","onCreateCommand":["z"]},{"id":"a","onCreateCommand":{"a":"b"}}])",
       R"(["img",["z"],{"a":"b"},"cfg"])"},
      {"waitFor", R"({"waitFor":"postStartCommand"})", R"([{"waitFor":"onCreateCommand"}])",
       R"("postStartCommand")"},
      {"remoteUser", "{}", R"([{"remoteUser":"a"},{"remoteUser":"b"},{"remoteUser":""}])",
       R"("b")"},
      {"customizations", R"({"customizations":{"v":{"b":2},"w":1}})",
       R"([{"customizations":{"v":{"a":1}}}])", R"({"v":[{"a":1},{"b":2}],"w":[1]})"},
      {"remoteEnv", R"({"remoteEnv":{"B":null,"C":"3"}})", R"([{"remoteEnv":{"A":"1","B":"2"}}])",
       R"({"A":"1","B":null,"C":"3"})"},
      {"overrideCommand", R"({"overrideCommand":false})", R"([{"overrideCommand":true}])", "false"},
      {"updateRemoteUserUID", "{}",
       R"([{"updateRemoteUserUID":true},{"updateRemoteUserUID":false}])", "false"},
      {"portsAttributes", R"({"portsAttributes":{"3000":{"onAutoForward":"silent"}}})",
       R"([{"portsAttributes":{"3000":{"label":"l","protocol":"http"}}}])",
       R"({"3000":{"onAutoForward":"silent"}})"},
      {"otherPortsAttributes", R"({"otherPortsAttributes":{"label":"b"}})",
       R"([{"otherPortsAttributes":{"label":"a","protocol":"http"}}])", R"({"label":"b"})"},
      {"forwardPorts", R"({"forwardPorts":["localhost:3000",8080,"db:5432","cache:6379",9]})",
       R"([{"forwardPorts":[3000,"db:5432","localhost:8080"]}])",
       R"([3000,"db:5432",8080,"cache:6379",9])"},
      {"hostRequirements", R"({"hostRequirements":{"cpus":2,"memory":"3gb","storage":"2000gb"}})",
       R"([{"hostRequirements":{"cpus":4,"memory":"2048mb","storage":"1tb"}},{"hostRequirements":{"memory":"1073741824"}}])",
       R"({"cpus":4,"memory":"3221225472","storage":"2147483648000"})"},
      {"hostRequirements", R"({"hostRequirements":{"gpu":"optional"}})",
       R"([{"hostRequirements":{"gpu":true}}])", R"({"gpu":{}})"},
      {"hostRequirements", R"({"hostRequirements":{"gpu":false}})",
       R"([{"hostRequirements":{"gpu":"optional"}}])", R"({"gpu":"optional"})"},
      {"hostRequirements", R"({"hostRequirements":{"gpu":true}})",
       R"([{"hostRequirements":{"gpu":{"cores":2}}}])", R"({"gpu":{"cores":2}})"},
      {"hostRequirements", "{}", "", ""},
      // IMG-026: the rest comes from devcontainer.json alone
      {"runArgs", "{}", R"([{"runArgs":["x"]}])", ""},
      {"postCreateCommand", R"({"postCreateCommand":"x"})", "", ""},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(merged_member(row.config, row.label, row.name), row.expected)
        << row.name << ' ' << row.config << ' ' << row.label;
  }
}

// edge case 38, where the reference has nothing to compare
TEST(Merge, RepeatsTheReferencesInfinityOnlyAsADropIn) {
  const std::string image = R"({"image":"x"})";
  EXPECT_EQ(merged_member(image, "", "hostRequirements", Mode::drop_in),
            R"({"cpus":null,"memory":"-Infinity","storage":"-Infinity"})");
  EXPECT_EQ(merged_member(image, "[{}]", "hostRequirements", Mode::drop_in),
            R"({"cpus":null,"memory":"-Infinity","storage":"-Infinity"})");
  EXPECT_EQ(merged_member(image, "", "hostRequirements"), "");
}

// IMG-023, IMG-024: what JavaScript makes of values that no schema allows
TEST(Merge, RepeatsTheReferencesArithmeticOnlyAsADropIn) {
  const std::string ports =
      R"({"image":"x","forwardPorts":[1.5,-1,"localhost:80a","a-localhost:9"]})";
  EXPECT_EQ(merged_member(ports, "", "forwardPorts", Mode::drop_in),
            R"([1,"localhost:-1",80,null])");
  const std::string size = R"({"image":"x","hostRequirements":{"memory":"4GB","cpus":1}})";
  EXPECT_EQ(merged_member(size, "", "hostRequirements", Mode::drop_in), R"({"cpus":1})");
  EXPECT_EQ(merged_member(size, "", "hostRequirements", Mode::fairlead),
            R"({"cpus":1,"memory":"4294967296"})");
}

// IMG-012, 014, 018, 020, 023..025
TEST(Merge, TakesValuesOfAnyKindAsJavaScriptDoesOnlyAsADropIn) {
  const Row rows[] = {
      {"hostRequirements", R"({"image":"x","hostRequirements":{"cpus":"3"}})",
       R"([{"hostRequirements":{"cpus":true,"memory":1024}}])", R"({"cpus":3,"memory":"1024"})"},
      {"hostRequirements", R"({"image":"x","hostRequirements":{"cpus":"x","memory":"1kb"}})", "",
       R"({"cpus":null,"memory":"1024"})"},
      {"hostRequirements", R"({"image":"x","hostRequirements":{"storage":"999999999tb"}})", "",
       R"({"cpus":0,"storage":"1.0995116266764884e+21"})"},
      {"hostRequirements", R"({"image":"x","hostRequirements":{"cpus":1,"gpu":0}})", "",
       R"({"cpus":1,"gpu":0})"},
      {"hostRequirements", R"({"image":"x","hostRequirements":{"gpu":{"cores":"2"}}})",
       R"([{"hostRequirements":{"gpu":{"cores":[1],"memory":"1kb"}}}])",
       R"({"cpus":0,"gpu":{"cores":2,"memory":"1024"}})"},
      {"hostRequirements", R"({"image":"x","hostRequirements":{"cpus":"0x10"}})", "",
       R"({"cpus":16})"},
      {"hostRequirements", R"({"image":"x","hostRequirements":{"cpus":-1}})", "[{}]",
       R"({"cpus":-1})"},
      {"capAdd", R"({"image":"x","capAdd":"A"})", R"([{"capAdd":["A","B"]}])", R"(["A","B"])"},
      {"securityOpt", R"({"image":"x","securityOpt":[{},{}]})", "", "[{},{}]"},
      {"mounts", R"({"image":"x","mounts":"type=tmpfs,target=/t"})", "",
       R"(["type=tmpfs,target=/t"])"},
      {"customizations", R"({"image":"x","customizations":"ab"})", "", R"({"0":["a"],"1":["b"]})"},
      {"containerEnv", R"({"image":"x","containerEnv":["é"]})", "", R"({"0":"é"})"},
      {"remoteEnv", R"({"image":"x","remoteEnv":"éx"})", "", R"({"0":"é","1":"x"})"},
      {"forwardPorts", R"({"image":"x","forwardPorts":"localhost:80"})", "", "[80]"},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(merged_member(row.config, row.label, row.name, Mode::drop_in), row.expected)
        << row.name << ' ' << row.config << ' ' << row.label;
  }
  EXPECT_EQ(merged_member(R"({"image":"x","capAdd":["A"]})", R"([{"capAdd":"B"}])", "capAdd"),
            R"(["A"])");
  EXPECT_EQ(merged_member("{}", R"([{"hostRequirements":{"cpus":"3"}}])", "hostRequirements"), "");
}

TEST(Merge, KeepsTheReferencesMemberOrder) {  // IMG-027
  const ProjectFolder project(
      R"({"shutdownAction":"none","capAdd":["A"],"image":"x","init":true})");
  const auto document = read_config(project.options());
  std::string text = project.shortened(merged_configuration_json(merged(document, "")));
  const std::size_t path = text.find("\"configFilePath\"");
  text.erase(path, text.find('}', path) + 2 - path);
  EXPECT_EQ(text,
            R"({"capAdd":["A"],"image":"x","init":true,"privileged":false,"onCreateCommands":[],)"
            R"("updateContentCommands":[],"postCreateCommands":[],"postStartCommands":[],)"
            R"("postAttachCommands":[],"remoteEnv":{},"containerEnv":{},"portsAttributes":{},)"
            R"("shutdownAction":"none"})");
}

// IMG-006, IMG-016; edge case 42
TEST(Merge, KnowsWhoAskedForAHook) {
  const ProjectFolder project(R"({"postCreateCommand":"cfg ${containerEnv:X}"})");
  auto result = merged(
      read_config(project.options(Mode::fairlead)),
      R"([{"postCreateCommand":""},{"id":"./f","postCreateCommand":["f"]},{"onCreateCommand":{}}])");
  result = substitute_container_env(std::move(result), {{"X", "1"}});
  const auto& hooks = result.hooks.at(Hook::post_create);
  ASSERT_EQ(hooks.size(), 2U);
  EXPECT_EQ(hooks[0].origin, "Feature './f'");
  EXPECT_EQ(hooks[1].origin, "devcontainer.json");
  EXPECT_EQ(std::get<std::string>(hooks[1].command.commands.at(0).line), "cfg 1");
  EXPECT_EQ(result.hooks.count(Hook::on_create), 0U);
}

TEST(Merge, GivesTypedValues) {
  const ProjectFolder project(R"({"image":"x","mounts":["type=volume,source=v,target=/t"]})");
  const auto result = merged(
      read_config(project.options()),
      R"([{"init":true,"containerEnv":{"A":"1"},"remoteUser":"u","forwardPorts":[1],"id":"f","entrypoint":"/e.sh","overrideCommand":false}])");
  EXPECT_TRUE(*result.init);
  EXPECT_FALSE(*result.privileged);
  EXPECT_EQ(result.container_env.at("A"), "1");
  EXPECT_EQ(result.remote_user, "u");
  EXPECT_EQ(result.forward_ports.at(0).port, 1);
  EXPECT_EQ(result.entrypoints.at(0), "/e.sh");
  EXPECT_EQ(result.mounts.at(0).mount.source, "v");
  EXPECT_FALSE(*result.override_command);
  EXPECT_FALSE(result.host_requirements.cpus);
}

// VAR-015, VAR-021, IMG-005; edge case 33
TEST(Metadata, IsStoredAsWrittenAndResolvedWhenUsed) {
  const ProjectFolder project(
      R"({"remoteEnv":{"W":"${localWorkspaceFolder} ${devcontainerId}"},"name":"n","runArgs":["x"]})");
  const auto document = substitute_devcontainer_id(read_config(project.options()), "ID");
  const auto own = metadata_entry(document);
  EXPECT_EQ(metadata_label({*own}),
            R"([{"remoteEnv":{"W":"${localWorkspaceFolder} ${devcontainerId}"}}])");
  EXPECT_EQ(project.shortened(*merge(document, {*own}).remote_env.at("W")), "R/proj ID");
}

// VAR-016, IMG-013, IMG-018
TEST(Metadata, ResolvesVariablesOfFeatures) {
  const ProjectFolder project(R"({"image":"x","customizations":{"tool":{"b":1}}})");
  const auto document = substitute_devcontainer_id(read_config(project.options()), "ID");
  const auto feature = metadata_entry_of_feature("./f", R"({"id":"f","version":"1",
    "entrypoint":"/e-${devcontainerId}","customizations":{"tool":{"a":"${devcontainerId}"}},
    "mounts":[{"type":"volume","source":"v-${devcontainerId}","target":"/v"}]})");
  const auto result = merge(document, {feature, *metadata_entry(document)});
  EXPECT_EQ(result.entrypoints, std::vector<std::string>{"/e-ID"});
  EXPECT_EQ(result.mounts.at(0).mount.source, "v-ID");
  EXPECT_NE(
      merged_configuration_json(result).find(R"("customizations":{"tool":[{"a":"ID"},{"b":1}]})"),
      std::string::npos);
}

// What an image says about ports and machines is no reason to refuse it; a wrong type is.
TEST(Merge, BearsOddValuesOfAnImage) {
  const ProjectFolder project(R"({"image":"x"})");
  const auto document = read_config(project.options(Mode::fairlead));
  EXPECT_NO_THROW(merged(document, R"([{"portsAttributes":{"80":{"onAutoForward":"new"}},
    "hostRequirements":{"cpus":0.5,"gpu":"maybe"}}])"));
  EXPECT_THROW(merged(document, R"([{"containerUser":5}])"), Error);
}

// IMG-001..003
TEST(Metadata, ReadsAListOrOneObjectAndSaysWhatIsBroken) {
  EXPECT_EQ(metadata_label(entries_of(R"({"init":true})")), R"([{"init":true}])");
  EXPECT_EQ(metadata_label(entries_of(R"([{"a":1},{"b":2}])")), R"([{"a":1},{"b":2}])");
  const std::pair<const char*, std::size_t> broken[] = {
      {"broken", 0}, {"5", 0}, {"\"x\"", 0}, {"[{\"a\":1},null,5]", 1}};
  for (const auto& [label, count] : broken) {
    int warnings = 0;
    EXPECT_EQ(metadata_of_label(label, [&](const std::string&) { ++warnings; }).size(), count);
    EXPECT_GT(warnings, 0) << label;
  }
  EXPECT_TRUE(entries_of("").empty());
}

// IMG-008, IMG-036
TEST(Metadata, RecordsTheMergeablePropertiesOfTheConfiguration) {
  const ProjectFolder project(
      R"({"name":"n","image":"i","initializeCommand":"x","runArgs":[],"appPort":1,"remoteEnv":{"A":"1"},)"
      R"("hostRequirements":{"cpus":1},"postAttachCommand":"p","init":false,"features":{}})");
  const auto document = read_config(project.options());
  EXPECT_EQ(
      metadata_label({*metadata_entry(document)}),
      R"([{"postAttachCommand":"p","init":false,"remoteEnv":{"A":"1"},"hostRequirements":{"cpus":1}}])");
  EXPECT_EQ(metadata_label({*metadata_entry(document, false)}),
            R"([{"postAttachCommand":"p","init":false,"hostRequirements":{"cpus":1}}])");
  const ProjectFolder empty(R"({"name":"n","image":"i"})");
  EXPECT_FALSE(metadata_entry(read_config(empty.options())));
}

// IMG-004, IMG-009, IMG-010; edge case 41
TEST(Metadata, RecordsTheMergeablePropertiesOfAFeature) {
  const char* feature =
      R"({"id":"f","version":"1.0.0","remoteUser":"u","containerEnv":{"A":"1"},"entrypoint":"e",)"
      R"("customizations":{"v":{}},"onCreateCommand":"o","options":{},"waitFor":"x"})";
  EXPECT_EQ(metadata_label({metadata_entry_of_feature("./f", feature)}),
            R"([{"id":"./f","onCreateCommand":"o","entrypoint":"e","customizations":{"v":{}}}])");
  EXPECT_EQ(metadata_label({metadata_entry_of_feature("./f", feature, false)}),
            R"([{"id":"./f","onCreateCommand":"o","entrypoint":"e"}])");
  EXPECT_THROW(metadata_entry_of_feature("./f", "[]"), Error);
}

// IMG-032; edge case 44
TEST(Metadata, RefreshesOnlyThreePropertiesOfAnExistingContainer) {
  const ProjectFolder project(
      R"({"remoteUser":"u","remoteEnv":{"A":"1"},"userEnvProbe":"none","containerEnv":{"B":"2"},"postCreateCommand":"x"})");
  EXPECT_EQ(metadata_label({*refreshed_entry(read_config(project.options()))}),
            R"([{"remoteUser":"u","userEnvProbe":"none","remoteEnv":{"A":"1"}}])");
}

// IMG-035
TEST(Metadata, SurvivesARoundTrip) {
  const std::string label = R"([{"remoteEnv":{"A":"\"q\" \\ $x 'y' \n\u0001é"}}])";
  EXPECT_EQ(metadata_label(entries_of(metadata_label(entries_of(label)))), label);
}

}  // namespace
}  // namespace fairlead
