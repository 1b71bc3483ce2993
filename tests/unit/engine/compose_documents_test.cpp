#include "compose/documents.hpp"

#include <fairlead/error.hpp>

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace fairlead::compose {
namespace {

using Texts = std::vector<std::string>;

/// As v2.26 prints it.
constexpr const char* second = R"(name: proj
services:
  app:
    build:
      context: /w/proj/.devcontainer
      dockerfile: Dockerfile.dev
      args:
        VARIANT: "12"
      target: dev
    command:
      - sh
      - -c
      - echo $$HOME
    depends_on:
      db:
        condition: service_healthy
        required: true
    entrypoint: null
    networks:
      default: null
    user: dev
    volumes:
      - type: bind
        source: /w/proj
        target: /workspace
        bind:
          create_host_path: true
      - type: bind
        source: /var/run/docker.sock
        target: /s
  db:
    image: db:1
    privileged: true
    profiles:
      - extra
    pid: host
networks:
  default:
    name: proj_default
)";

/// As v1.29 prints it.
constexpr const char* first = R"(services:
  app:
    build:
      context: /w/proj/.devcontainer
    command: sh -c "echo $$HOME"
    depends_on:
    - db
    volumes:
    - /etc:/e:ro
    - cache:/c:rw
  db:
    image: db:1
version: '3.8'
)";

TEST(ComposeDocuments, ReadsWhatTheSecondVersionPrints) {
  const auto project = project_from_config(second, "/w/proj");
  EXPECT_EQ(project.name, "proj");
  ASSERT_EQ(project.services.size(), 2U);
  const auto& app = project.services.at("app");
  ASSERT_TRUE(app.build);
  EXPECT_EQ(app.build->dockerfile, "/w/proj/.devcontainer/Dockerfile.dev");
  EXPECT_EQ(app.build->target, "dev");
  EXPECT_EQ(app.build->args.at("VARIANT"), "12");
  EXPECT_EQ(app.command, (Texts{"sh", "-c", "echo $HOME"}));
  EXPECT_FALSE(app.entrypoint);
  EXPECT_EQ(app.user, "dev");
  EXPECT_EQ(app.depends_on, Texts{"db"});
  EXPECT_EQ(app.wishes, Texts{"mount the socket /var/run/docker.sock"});
  const auto& db = project.services.at("db");
  EXPECT_EQ(db.image, "db:1");
  EXPECT_EQ(db.profiles, Texts{"extra"});
  EXPECT_EQ(db.wishes, (Texts{"be privileged", "use the machine's pid"}));
}

TEST(ComposeDocuments, ReadsWhatTheFirstVersionPrints) {
  const auto project = project_from_config(first, "/w/proj");
  EXPECT_EQ(project.name, "");
  const auto& app = project.services.at("app");
  EXPECT_EQ(app.build->dockerfile, "/w/proj/.devcontainer/Dockerfile");
  EXPECT_EQ(app.command, (Texts{"sh", "-c", "echo $HOME"}));
  EXPECT_EQ(app.depends_on, Texts{"db"});
  EXPECT_EQ(app.wishes, Texts{"mount /etc, which is outside the workspace"});
}

TEST(ComposeDocuments, KnowsWhenAndForWhatAnImageIsPulled) {
  const auto project = project_from_config(R"(services:
  plain: {image: "a:1"}
  always: {image: "a:1", pull_policy: always, platform: linux/arm64}
  never: {image: "a:1", pull_policy: never}
  daily: {image: "a:1", pull_policy: daily}
  absent: {image: "a:1", pull_policy: if_not_present}
  built: {build: {context: /w, dockerfile_inline: "FROM a:2"}, pull_policy: never}
  fresh: {build: {context: /w, pull: true}}
)",
                                           "/w");
  const auto pull = [&](const char* name) { return pull_of(project.services.at(name)); };
  EXPECT_EQ(pull("plain"), "missing");
  EXPECT_EQ(pull("always"), "always");
  EXPECT_EQ(pull("never"), "never");
  EXPECT_EQ(pull("daily"), "missing");
  EXPECT_EQ(pull("absent"), "missing");
  EXPECT_EQ(pull("built"), "missing");
  EXPECT_EQ(pull("fresh"), "always");
  EXPECT_EQ(project.services.at("always").platform, "linux/arm64");
  EXPECT_EQ(project.services.at("built").dockerfile_inline, "FROM a:2");
}

TEST(ComposeDocuments, SaysThatCompositionsCannotBeRead) {
  EXPECT_THROW(project_from_config("a: [", "/w"), Error);
  EXPECT_TRUE(project_from_config("", "/w").services.empty());
}

TEST(ComposeDocuments, KnowsWhatAFileDependsOn) {
  const auto facts = facts_of(R"(
version: "3.8"
name: given
include:
  - other.yml
  - path: [a.yml, b.yml]
    env_file: inc.env
services:
  app:
    image: ${IMAGE:-x}$TAG
    extends: {file: common.yml, service: base}
    env_file: [one.env, {path: two.env}]
)",
                              "/w/c.yml");
  EXPECT_EQ(facts.version, "3.8");
  EXPECT_TRUE(facts.has_name);
  EXPECT_EQ(facts.files, (Texts{"other.yml", "a.yml", "b.yml", "common.yml"}));
  EXPECT_EQ(facts.environment_files, (Texts{"inc.env", "one.env", "two.env"}));
  EXPECT_EQ(facts.variables, (Texts{"IMAGE", "TAG"}));
}

TEST(ComposeDocuments, SaysWhereAFileIsBroken) {  // CMP-019
  try {
    facts_of("services:\n  app:\n    image: [x\n  db: y\n", "/w/c.yml");
    FAIL() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "group.files");
    EXPECT_TRUE(error.message().starts_with("/w/c.yml:")) << error.message();
  }
  EXPECT_THROW(facts_of("- a\n", "/w/c.yml"), Error);
}

TEST(ComposeDocuments, FindsWhatComposeComplainsOf) {
  const auto file = ::testing::TempDir() + "complaint-" + std::to_string(::getpid()) + ".yml";
  std::ofstream(file) << "services:\n  app:\n    image: x\n    imag: y\n";
  EXPECT_EQ(place_of_complaint("validating c.yml: services.app Additional property imag is not "
                               "allowed",
                               {file}),
            file + ":4:5: ");
  EXPECT_EQ(place_of_complaint("services.app.image must be a string", {file}), file + ":3:5: ");
  EXPECT_EQ(place_of_complaint("no idea", {file}), "");
  std::filesystem::remove(file);
}

}  // namespace
}  // namespace fairlead::compose
