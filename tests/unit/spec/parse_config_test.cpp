#include "project_folder.hpp"

#include <gtest/gtest.h>

#include <string>
#include <variant>

namespace fairlead {
namespace {

using spec_test::ProjectFolder;

Config parse(std::string_view text, Mode mode = Mode::fairlead) {
  const ProjectFolder project(text);
  auto config = parse_config(read_config(project.options(mode)));
  config.build.dockerfile = project.shortened(config.build.dockerfile);
  config.build.context = project.shortened(config.build.context);
  for (auto& file : config.compose.files) file = project.shortened(file);
  return config;
}

Error fault_of(std::string_view text, Mode mode = Mode::fairlead) {
  try {
    parse(text, mode);
  } catch (const Error& error) {
    return error;
  }
  ADD_FAILURE() << "accepted " << text;
  return {Status::internal, "", ""};
}

// CFG-020, 021, 039, 041..063
TEST(ParseConfig, ReadsEveryProperty) {
  const auto config = parse(R"({
    "name": "n", "image": "debian:12", "features": {"./a": {"x": 1}, "b": true, "c": "1.2"},
    "overrideFeatureInstallOrder": ["b"], "runArgs": ["--label", "x=a b"],
    "appPort": [3000, "8921:5000"], "forwardPorts": [0, 65535, "db:5432"],
    "portsAttributes": {"3000": {"label": "web", "onAutoForward": "openBrowser", "protocol": "https",
                                 "requireLocalPort": true, "elevateIfNeeded": true}, "9-11": {}},
    "otherPortsAttributes": {"onAutoForward": "ignore"},
    "containerEnv": {"A": "1"}, "remoteEnv": {"B": "2", "C": null},
    "containerUser": "cu", "remoteUser": "ru", "updateRemoteUserUID": false,
    "userEnvProbe": "loginShell", "overrideCommand": false, "shutdownAction": "none",
    "init": true, "privileged": false, "capAdd": ["SYS_PTRACE"], "securityOpt": ["seccomp=unconfined"],
    "mounts": ["type=bind,source=/a,target=/b", {"type": "volume", "target": "/c"}],
    "hostRequirements": {"cpus": 2, "memory": "4gb", "storage": "512mb", "gpu": "optional"},
    "waitFor": "postCreateCommand", "initializeCommand": "echo", "onCreateCommand": ["a", "b c"],
    "postStartCommand": {"x": "one", "y": ["two"]}, "customizations": {"zed": {}},
    "secrets": {"S": {"description": "d"}}
  })");
  EXPECT_EQ(config.scenario, Scenario::image);
  EXPECT_EQ(config.name + config.image + config.container_user + config.remote_user,
            "ndebian:12curu");
  ASSERT_EQ(config.features.size(), 3U);
  EXPECT_EQ(config.features[2].id, "c");
  EXPECT_EQ(config.run_args.at(1), "x=a b");
  EXPECT_EQ(config.app_ports.at(0).number, 3000);
  EXPECT_EQ(config.app_ports.at(1).text, "8921:5000");
  EXPECT_EQ(config.forward_ports.at(1).port, 65535);
  EXPECT_EQ(config.forward_ports.at(2).host, "db");
  EXPECT_TRUE(config.ports_attributes.at(0).second.require_local_port);
  EXPECT_EQ(config.ports_attributes.at(1).first, "9-11");
  EXPECT_EQ(config.other_ports_attributes->on_auto_forward, "ignore");
  EXPECT_EQ(config.remote_env.at("B"), "2");
  EXPECT_FALSE(config.remote_env.at("C"));  // edge case 40
  EXPECT_EQ(config.update_remote_user_uid, false);
  EXPECT_EQ(config.user_env_probe, UserEnvProbe::login_shell);
  EXPECT_EQ(config.wait_for, WaitFor::post_create);
  EXPECT_EQ(config.shutdown_action, ShutdownAction::none);
  EXPECT_EQ(config.mounts.at(0).mount.source, "/a");
  EXPECT_TRUE(config.mounts.at(1).text.empty());
  EXPECT_EQ(config.mounts.at(1).mount.type, MountType::volume);
  EXPECT_EQ(config.host_requirements.memory_bytes, 4ULL << 30U);
  EXPECT_TRUE(config.host_requirements.gpu_optional);
  EXPECT_EQ(std::get<std::string>(config.initialize_command.commands.at(0).line), "echo");
  EXPECT_EQ(std::get<1>(config.hooks.at(Hook::on_create).commands.at(0).line).at(1), "b c");
  EXPECT_EQ(config.hooks.at(Hook::post_start).commands.at(1).name, "y");
  EXPECT_EQ(config.hooks.count(Hook::post_create), 0U);
}

TEST(ParseConfig, LeavesOpenWhatIsNotSaid) {
  const auto config = parse("{}");
  EXPECT_EQ(config.scenario, Scenario::none);  // CFG-018
  EXPECT_FALSE(config.init || config.override_command || config.user_env_probe || config.wait_for);
  EXPECT_FALSE(config.update_remote_user_uid || config.shutdown_action);
}

// CFG-019, CFG-022..027, CFG-067, CFG-068; edge case 15
TEST(ParseConfig, ResolvesTheDockerfileAndItsContext) {
  struct Row {
    const char* text;
    const char* dockerfile;
    const char* context;
  };
  const Row rows[] = {
      {R"({"build":{"dockerfile":"Dockerfile"}})", "R/proj/.devcontainer/Dockerfile",
       "R/proj/.devcontainer"},
      {R"({"build":{"dockerfile":"docker/Dockerfile"}})", "R/proj/.devcontainer/docker/Dockerfile",
       "R/proj/.devcontainer/docker"},
      {R"({"build":{"dockerfile":"../df/Dockerfile","context":".."}})", "R/proj/df/Dockerfile",
       "R/proj"},
      {R"({"dockerFile":"D","context":"../c/"})", "R/proj/.devcontainer/D", "R/proj/c"},
      {R"({"build":{"dockerfile":"/abs/D","context":"."}})", "/abs/D", "R/proj/.devcontainer"},
  };
  for (const auto& row : rows) {
    const auto config = parse(row.text);
    EXPECT_EQ(config.scenario, Scenario::dockerfile);
    EXPECT_EQ(config.build.dockerfile, row.dockerfile);
    EXPECT_EQ(config.build.context, row.context);
  }
  const auto config = parse(
      R"({"dockerFile":"D","build":{"target":"t","args":{"A":"${localEnv:A}"},"cacheFrom":"c","options":["-q"]}})");
  EXPECT_EQ(config.build.target, "t");
  EXPECT_EQ(config.build.args.at(0).second, "v");  // VAR-022
  EXPECT_EQ(config.build.cache_from.at(0), "c");
  EXPECT_EQ(config.build.options.at(0), "-q");
}

// CFG-028..030
TEST(ParseConfig, ReadsComposeFiles) {
  const auto one =
      parse(R"({"dockerComposeFile":"../c.yml","service":"app","runServices":["db"]})");
  EXPECT_EQ(one.scenario, Scenario::compose);
  EXPECT_EQ(one.compose.files.at(0), "R/proj/c.yml");
  EXPECT_EQ(one.compose.run_services.at(0), "db");
  EXPECT_EQ(parse(R"({"dockerComposeFile":["a","b"],"service":"s"})").compose.files.size(), 2U);
  EXPECT_TRUE(parse(R"({"dockerComposeFile":[],"service":"s"})").compose.files.empty());
  EXPECT_NE(fault_of(R"({"dockerComposeFile":"c"})").message().find("service"), std::string::npos);
}

// CFG-017; edge cases 13, 14
TEST(ParseConfig, RefusesMixedScenariosUnlessADropIn) {
  const char* image_and_compose = R"({"image":"x","dockerComposeFile":"c","service":"s"})";
  const char* image_and_build = R"({"image":"x","build":{"dockerfile":"D"}})";
  const char* all = R"({"build":{"dockerfile":"D"},"dockerComposeFile":"c","service":"s"})";
  for (const char* text : {image_and_compose, image_and_build, all}) {
    EXPECT_NE(fault_of(text).message().find("exclude each other"), std::string::npos);
  }
  EXPECT_EQ(parse(image_and_compose, Mode::drop_in).scenario, Scenario::image);
  EXPECT_EQ(parse(image_and_build, Mode::drop_in).scenario, Scenario::dockerfile);
  EXPECT_EQ(parse(all, Mode::drop_in).scenario, Scenario::dockerfile);
}

// CFG-064..066
TEST(ParseConfig, TakesEmptyCommandsForNone) {
  for (const char* command : {R"("")", "[]", "{}", R"({"a":"","b":[]})", "null"}) {
    const auto config = parse(std::string(R"({"postCreateCommand":)") + command + '}');
    EXPECT_TRUE(config.hooks.empty()) << command;
  }
}

TEST(ParseConfig, NamesEveryFaultWithItsPlace) {
  const Error error = fault_of(
      "{\n  \"image\": 5,\n  \"capAdd\": [\"A\", 1],\n  \"init\": \"yes\",\n"
      "  \"containerEnv\": {\"X\": 1},\n  \"postCreateCommand\": [\"a\", {}],\n"
      "  \"waitFor\": \"postCreateComand\",\n  \"mounts\": [\"type=bind,source=/a\"],\n"
      "  \"hostRequirements\": {\"memory\": \"4 apples\"},\n  \"forwardPorts\": [70000]\n}");
  EXPECT_EQ(error.code(), "config.invalid");
  EXPECT_EQ(error.where().line, 2);
  EXPECT_EQ(error.where().column, 12);
  for (const char* part : {"9 faults", "2:12: \"image\" must be a string, not a number",
                           "3:19: ", "4:11: ", "5:25: ", "6:30: ", "7:14: ", "postCreateCommand",
                           "8:14: ", "has no target", "9:34: ", "10:20: "}) {
    EXPECT_NE(error.message().find(part), std::string::npos) << part << '\n' << error.message();
  }
}

TEST(ParseConfig, SaysASingleFaultInOneLine) {
  const Error error = fault_of("{\"remoteUser\": []}");
  EXPECT_EQ(error.message(), "\"remoteUser\" must be a string, not an array");
  EXPECT_EQ(error.where().text, "{\"remoteUser\": []}");
}

TEST(ParseConfig, IgnoresFaultsWhenTold) {
  const ProjectFolder project(R"({"image":5,"remoteUser":"u","mounts":["x"]})");
  const auto config = parse_config(read_config(project.options()), Faulty::ignore);
  EXPECT_EQ(config.scenario, Scenario::none);
  EXPECT_EQ(config.remote_user, "u");
}

// edge case 40 and what JavaScript makes of scalars
TEST(ParseConfig, TurnsScalarsIntoTextAsADropIn) {
  const auto config = parse(
      R"({"containerEnv":{"A":1,"B":true},"remoteEnv":{"C":null},"waitFor":"nonsense","init":null})",
      Mode::drop_in);
  EXPECT_EQ(config.container_env.at("A"), "1");
  EXPECT_EQ(config.container_env.at("B"), "true");
  EXPECT_EQ(config.remote_env.at("C"), "null");
  EXPECT_FALSE(config.wait_for);
}

// CFG-073: the reference's arguments of --publish, which the engine's client refuses or not
TEST(ParseConfig, PublishesWhateverNumberAsADropIn) {
  const auto ports =
      parse(R"({"image":"x","appPort":[0,80,99999,1.5,null,true]})", Mode::drop_in).app_ports;
  ASSERT_EQ(ports.size(), 6U);
  EXPECT_EQ(ports[0].text, "127.0.0.1:0:0");
  EXPECT_EQ(ports[1].number, 80);
  EXPECT_EQ(ports[2].text, "127.0.0.1:99999:99999");
  EXPECT_EQ(ports[3].text, "127.0.0.1:1.5:1.5");
  EXPECT_EQ(ports[4].text, "null");
  EXPECT_EQ(ports[5].text, "true");
}

// CFG-008, CFG-016
TEST(ParseConfig, KnowsWhatUpNeeds) {
  const ProjectFolder project(R"({"name":"n"})");
  const auto document = read_config(project.options());
  try {
    require_source(document, parse_config(document));
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_EQ(project.shortened(error.message()),
              "Dev container config (vscode-fileHost:R/proj/.devcontainer/devcontainer.json) is "
              "missing one of \"image\", \"dockerFile\" or \"dockerComposeFile\" properties.");
  }
  EXPECT_NO_THROW(require_standard_file_name("/a/devcontainer.json"));
  EXPECT_NO_THROW(require_standard_file_name("/a/.devcontainer.json"));
  try {
    require_standard_file_name("/a/foo.json");
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_EQ(error.message(),
              "Filename must be devcontainer.json or .devcontainer.json (/a/foo.json).");
  }
}

}  // namespace
}  // namespace fairlead
