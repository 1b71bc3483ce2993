#include "compose/podman_compose.hpp"

#include "compose/documents.hpp"

#include <fairlead/error.hpp>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace fairlead::compose {
namespace {

using Json = nlohmann::json;

/// What 1.0.3 and 1.3.0 print, shortened.
constexpr const char* printed = R"(['podman', '--version', '']
using podman version: 4.3.1
 ** merged:
 {
  "_dirname": "/w/.devcontainer",
  "services": {
    "app": {
      "image": "x",
      "volumes": ["..:/workspace", "data:/data:ro"]
    }
  }
}
podman ps -a
)";

std::string whole(const std::string& services, bool old = true) {
  return whole_document("{\"services\": " + services + "}", "/w/.devcontainer", old);
}

Json service(const std::string& document, const std::string& name = "app") {
  return Json::parse(document)["services"][name];
}

TEST(PodmanCompose, SaysItsConfigurationOnlyInPassing) {
  const auto merged = Json::parse(merged_document(printed));
  EXPECT_EQ(merged["services"]["app"]["image"], "x");
  EXPECT_THROW(merged_document("podman ps -a\n"), Error);
}

TEST(PodmanCompose, PathsMeanTheSameFromAnywhere) {
  const auto app = service(whole(
      R"({"app": {"build": "sub", "env_file": "a.env",
          "volumes": ["..:/workspace", "./x:/x:ro", "data:/data", "/abs:/abs", "/anonymous",
                      {"type": "bind", "source": "y", "target": "/y"}]}})"));
  EXPECT_EQ(app["build"]["context"], "/w/.devcontainer/sub");
  EXPECT_EQ(app["env_file"][0], "/w/.devcontainer/a.env");
  EXPECT_EQ(app["volumes"][0], "/w:/workspace");
  EXPECT_EQ(app["volumes"][1], "/w/.devcontainer/x:/x:ro");
  EXPECT_EQ(app["volumes"][2], "data:/data");
  EXPECT_EQ(app["volumes"][3], "/abs:/abs");
  EXPECT_EQ(app["volumes"][4], "/anonymous");
  EXPECT_EQ(app["volumes"][5]["source"], "/w/.devcontainer/y");
}

TEST(PodmanCompose, ExtendsIsFollowed) {
  const auto app = service(
      whole(R"({"base": {"image": "b", "environment": {"A": "1", "B": "2"}, "depends_on": ["x"]},
                "app": {"extends": {"service": "base"}, "environment": {"B": "3"}}})"));
  EXPECT_EQ(app["image"], "b");
  EXPECT_EQ(app["environment"]["A"], "1");
  EXPECT_EQ(app["environment"]["B"], "3");
  EXPECT_FALSE(app.contains("depends_on"));
}

TEST(PodmanCompose, RefusesWhatWouldBeLeftOut) {
  for (const char* services :
       {R"({"app": {"extends": {"file": "b.yml", "service": "b"}}})", R"({"app": {"configs": []}})",
        R"({"app": {"pid": "host"}})", R"({"app": {"build": {"dockerfile_inline": "FROM x"}}})"}) {
    try {
      whole(services);
      FAIL() << services;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), "compose.podman_compose");
    }
  }
  EXPECT_NO_THROW(whole(R"({"app": {"pid": "host"}})", false));
}

// CMP-005: later words replace entrypoint and command, all other lists grow.
TEST(PodmanCompose, OverridesMergeAsComposeDoesIt) {
  const auto document = document_to_start(
      escaped_document(
          whole(R"({"app": {"image": "x", "command": "sleep 1", "cap_add": ["A"], "profiles": ["p"],
                    "labels": ["mine=$1"], "volumes": ["..:/workspace", "data:/data"],
                    "depends_on": {"db": {"condition": "service_healthy"}}},
            "db": {"image": "y"}})")),
      R"({"services": {"app": {"image": "ours", "command": ["a", "b"], "cap_add": ["A", "B"],
          "volumes": ["/other:/data"], "labels": {"l": "$$x"}, "environment": {"E": "1"}}}})");
  const auto app = service(document);
  EXPECT_EQ(app["image"], "ours");
  EXPECT_EQ(app["command"], Json({"a", "b"}));
  EXPECT_EQ(app["cap_add"], Json({"A", "B"}));
  EXPECT_EQ(app["volumes"], Json({"/w:/workspace", "/other:/data"}));
  EXPECT_EQ(app["labels"]["mine"], "$$1");
  EXPECT_EQ(app["labels"]["l"], "$$x");
  EXPECT_EQ(app["labels"]["com.docker.compose.oneoff"], "False");
  EXPECT_EQ(app["labels"]["com.docker.compose.depends_on"], "db:service_healthy:false");
  EXPECT_EQ(app["environment"]["E"], "1");
  EXPECT_FALSE(app.contains("depends_on"));
  EXPECT_FALSE(app.contains("profiles"));
  EXPECT_EQ(service(document, "db")["image"], "y");
}

TEST(PodmanCompose, ItsDocumentReadsAsComposes) {
  const auto project = project_from_config(
      escaped_document(
          whole(R"({"app": {"image": "x", "user": "a$b", "security_opt": ["label=type:t"],
                    "depends_on": {"db": {"condition": "service_healthy"}, "c": {}}}})")),
      "/w");
  const auto& app = project.services.at("app");
  EXPECT_EQ(app.user, "a$b");
  EXPECT_TRUE(app.says_a_label);
  EXPECT_EQ(app.conditions.at("db"), "service_healthy");
  EXPECT_EQ(app.conditions.at("c"), "service_started");
}

}  // namespace
}  // namespace fairlead::compose
