#include "methods.hpp"

#include "openrpc.hpp"

#include <fairlead/error.hpp>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <fstream>
#include <sstream>

namespace fairlead::rpc {
namespace {

using cli::CommandId;

TEST(RpcMethods, AreTheCommands) {
  EXPECT_EQ(command_named("up"), CommandId::up);
  EXPECT_EQ(command_named("config/show"), CommandId::config_show);
  EXPECT_EQ(command_named("features/resolve-dependencies"),
            CommandId::features_resolve_dependencies);
  EXPECT_EQ(command_named("serve"), std::nullopt);
  EXPECT_EQ(command_named("config"), std::nullopt);
  EXPECT_EQ(command_named(""), std::nullopt);
}

TEST(RpcMethods, TakeFlagsAsParameters) {
  const auto arguments =
      arguments_of(CommandId::up,
                   R"({"workspaceFolder":"-odd name","buildNoCache":true,"idLabel":["a=1","b=2"],)"
                   R"("additionalFeatures":{"x":{}},"config":null})");
  EXPECT_EQ(arguments.text("workspace-folder"), "-odd name");
  EXPECT_TRUE(arguments.flag("build-no-cache"));
  EXPECT_EQ(arguments.list("id-label"), (std::vector<std::string>{"a=1", "b=2"}));
  EXPECT_EQ(arguments.text("additional-features"), R"({"x":{}})");
  EXPECT_FALSE(arguments.given("config"));
}

TEST(RpcMethods, TakeACommandLineWordForWord) {
  const auto arguments = arguments_of(
      CommandId::exec, R"({"containerId":"abc","cmd":["--help","a b","$x"],"stdin":true})");
  EXPECT_EQ(arguments.text("container-id"), "abc");
  EXPECT_EQ(arguments.positionals(), (std::vector<std::string>{"--help", "a b", "$x"}));
}

TEST(RpcMethods, TakeNullForWhatIsLeftOut) {
  const auto arguments =
      arguments_of(CommandId::logs, R"({"containerId":"abc","service":null,"tail":null})");
  EXPECT_TRUE(arguments.positionals().empty());
  EXPECT_FALSE(arguments.given("tail"));
}

std::string refusal(CommandId command, const std::string& params) {
  try {
    arguments_of(command, params);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "rpc.params");
    return error.message();
  }
  return "taken";
}

TEST(RpcMethods, RefuseWhatACommandLineWouldNotTake) {
  EXPECT_EQ(refusal(CommandId::up, R"({"workspaceFoldr":"x"})"),
            "'up' has no parameter 'workspaceFoldr'.");
  EXPECT_EQ(refusal(CommandId::up, R"({"logFormat":"text"})"),
            "'up' has no parameter 'logFormat'.");
  EXPECT_EQ(refusal(CommandId::up, R"({"workspaceFolder":["a"]})"),
            "'workspaceFolder' is one value, not a list.");
  EXPECT_EQ(refusal(CommandId::up, R"({"workspaceFolder":1.5})"),
            "'workspaceFolder' has a value of the wrong type.");
  EXPECT_NE(refusal(CommandId::up, R"({"gpuAvailability":"maybe"})").find("gpu-availability"),
            std::string::npos);
  EXPECT_NE(refusal(CommandId::plugin_info, "{}"), "taken");
  EXPECT_EQ(refusal(CommandId::up, "[]"), "The parameters are not an object.");
}

TEST(RpcMethods, AreDescribed) {
  const auto document = nlohmann::json::parse(openrpc_document());
  EXPECT_EQ(document["openrpc"], "1.3.2");
  std::set<std::string> names;
  for (const auto& method : document["methods"]) {
    const std::string name = method["name"];
    EXPECT_TRUE(names.insert(name).second) << name;
    EXPECT_TRUE(method["result"].contains("schema")) << name;
    for (const auto& parameter : method["params"]) {
      EXPECT_TRUE(parameter["schema"].is_object()) << name;
    }
  }
  for (const auto command : method_commands()) EXPECT_TRUE(names.contains(method_name(command)));
}

TEST(RpcMethods, StandInTheDocumentation) {
  std::ifstream file(FAIRLEAD_SOURCE_DIR "/docs/json-rpc-methods.md");
  std::ostringstream page;
  page << file.rdbuf();
  EXPECT_EQ(page.str(), methods_page()) << "fairlead serve --page >docs/json-rpc-methods.md";
}

}  // namespace
}  // namespace fairlead::rpc
