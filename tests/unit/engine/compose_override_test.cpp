#include "compose/override.hpp"

#include <fairlead/error.hpp>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace fairlead::compose {
namespace {

using nlohmann::json;

CreateRequest request_for(const std::string& service) {
  CreateRequest request;
  request.group = Group{.service = service};
  return request;
}

json written(const CreateRequest& request, const std::string& version = {}) {
  return json::parse(instance_override(request, version));
}

TEST(ComposeOverride, SaysNothingButWhatIsAsked) {
  EXPECT_EQ(written(request_for("app")), json::parse(R"({"services": {"app": {}}})"));
  EXPECT_EQ(written(request_for("app"), "3.8").at("version"), "3.8");
}

TEST(ComposeOverride, KeepsValuesFromCompose) {  // CMP-008, edge case 66
  auto request = request_for("app");
  request.env = {{"A", "a $x 'q' \"d\"\nnext"}};
  request.labels = {{"l", "${y}"}};
  request.entrypoint = {{"/bin/sh", "-c", "exec \"$@\""}};
  request.command = std::vector<std::string>{};
  const auto service = written(request).at("services").at("app");
  EXPECT_EQ(service.at("environment").at("A"), "a $$x 'q' \"d\"\nnext");
  EXPECT_EQ(service.at("labels").at("l"), "$${y}");
  EXPECT_EQ(service.at("entrypoint").at(2), "exec \"$$@\"");
  EXPECT_EQ(service.at("command"), json::array());
}

TEST(ComposeOverride, CarriesThePropertiesOfTheConfiguration) {  // CMP-007, CMP-017
  auto request = request_for("app");
  request.image = "other";
  request.init = request.privileged = request.gpu = true;
  request.user = "dev";
  request.cap_add = {"SYS_PTRACE"};
  request.security_opt = {"seccomp=unconfined"};
  const auto service = written(request).at("services").at("app");
  EXPECT_EQ(service.at("image"), "other");
  EXPECT_EQ(service.at("init"), true);
  EXPECT_EQ(service.at("privileged"), true);
  EXPECT_EQ(service.at("user"), "dev");
  EXPECT_EQ(service.at("cap_add"), json::parse(R"(["SYS_PTRACE"])"));
  EXPECT_EQ(service.at("security_opt"), json::parse(R"(["seccomp=unconfined"])"));
  EXPECT_EQ(service.at("deploy").at("resources").at("reservations").at("devices").at(0),
            json::parse(R"({"capabilities": ["gpu"]})"));
}

TEST(ComposeOverride, DeclaresNamedVolumes) {  // CMP-009
  auto request = request_for("app");
  request.mounts = {
      {.type = MountType::volume, .source = "data", .target = "/d"},
      {.type = MountType::volume,
       .source = "theirs",
       .target = "/t",
       .read_only = true,
       .options = {{"external", "true"}}},
      {.type = MountType::bind, .source = "/w/a", .target = "/a", .consistency = "cached"},
      {.type = MountType::tmpfs, .target = "/r", .options = {{"tmpfs-mode", "1777"}}}};
  const auto all = written(request);
  EXPECT_EQ(all.at("volumes"), json::parse(R"({"data": {}, "theirs": {"external": true}})"));
  EXPECT_EQ(all.at("services").at("app").at("volumes"), json::parse(R"(["data:/d", "theirs:/t:ro",
      {"type": "bind", "source": "/w/a", "target": "/a", "consistency": "cached"},
      {"type": "tmpfs", "target": "/r", "tmpfs": {"mode": 1023}}])"));
}

TEST(ComposeOverride, RefusesAModeThatIsNone) {
  for (const char* mode : {"", "9", "17x", "-1", "99999999999999"}) {
    CreateRequest request{.group = Group{}};
    request.mounts = {
        {.type = MountType::tmpfs, .target = "/t", .options = {{"tmpfs-mode", mode}}}};
    EXPECT_THROW(instance_override(request, ""), Error) << mode;
  }
}

TEST(ComposeOverride, MapsIdsWhereTheEngineIsToldTo) {  // USER-017
  const CreateRequest request{.group = Group{.service = "app"}};
  EXPECT_NE(instance_override(request, "", "keep-id").find("\"userns_mode\": \"keep-id\""),
            std::string::npos);
  EXPECT_EQ(instance_override(request, "").find("userns_mode"), std::string::npos);
}

TEST(ComposeOverride, SparesASecondPull) {
  const CreateRequest request{.user = "dev", .group = Group{.service = "app"}};
  const auto services = json::parse(instance_override(request, "", {}, {"app", "db"}))["services"];
  EXPECT_EQ(services["app"], json({{"user", "dev"}, {"pull_policy", "missing"}}));
  EXPECT_EQ(services["db"], json({{"pull_policy", "missing"}}));
}

TEST(ComposeOverride, NamesTheImageOfABuild) {
  BuildImageRequest build{
      .tags = {"vsc-x-base"}, .cache_from = {"a"}, .group = Group{.service = "s"}};
  EXPECT_EQ(json::parse(build_override(build, "")),
            json::parse(
                R"({"services": {"s": {"image": "vsc-x-base", "build": {"cache_from": ["a"]}}}})"));
}

}  // namespace
}  // namespace fairlead::compose
