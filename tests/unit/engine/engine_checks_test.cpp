#include <fairlead/engine/checks.hpp>
#include <fairlead/engine/objects.hpp>
#include <fairlead/error.hpp>

#include <gtest/gtest.h>

namespace fairlead::engine {
namespace {

constexpr const char* version = R"({"Version": "28.1.0", "ApiVersion": "1.49", "Arch": "amd64"})";
constexpr const char* info = R"({"OSType": "linux", "DockerRootDir": "/var/lib/docker",
    "SystemTime": "2026-11-21T18:00:00.5Z", "CgroupVersion": "2", "CgroupDriver": "systemd"})";
constexpr std::int64_t then = 1795284000;  // 2026-11-21T18:00:00Z

std::string outcome_of(const std::vector<Check>& checks, const std::string& name) {
  for (const auto& check : checks) {
    if (check.name == name) return check.outcome;
  }
  return "absent";
}

std::string outcome(const char* name, const char* about_version, const char* about,
                    ClientFacts client = {.arch = "amd64", .now = then, .local = true}) {
  return outcome_of(engine_checks(about_version, about, client), name);
}

TEST(EngineChecks, AreGoodForAHealthyEngine) {
  for (const auto& check : engine_checks(version, info, {.arch = "amd64", .now = then})) {
    EXPECT_EQ(check.outcome, "good") << check.name << ": " << check.message;
    EXPECT_EQ(check.hint, "");
  }
}

TEST(EngineChecks, NameWhatIsWrong) {
  EXPECT_EQ(outcome("version", R"({"Version": "17.12.1-ce"})", info), "bad");  // VSC-027
  EXPECT_EQ(outcome("version", R"({"Version": "18.06.0-ce"})", info), "good");
  EXPECT_EQ(outcome("version", R"({"Version": "5.4.2"})", info), "good") << "counts otherwise";
  EXPECT_EQ(outcome("containers", version, R"({"OSType": "windows"})"), "bad");
  EXPECT_EQ(outcome("containers", version, R"({"DockerRootDir": "/var/snap/docker/x"})"),
            "warning");
  EXPECT_EQ(outcome("architecture", version, info, {.arch = "arm64", .now = then}), "warning");
  EXPECT_EQ(outcome("clock", version, info, {.arch = "amd64", .now = then + 40}), "warning");
  EXPECT_EQ(outcome("cgroups", version, R"({"CgroupDriver": "none"})"), "warning");
  EXPECT_EQ(outcome("file sharing", version, R"({"OperatingSystem": "Docker Desktop"})"),
            "warning");
  EXPECT_EQ(outcome("engine", version, R"({"Warnings": ["WARNING: no swap limit support"]})"),
            "warning");
}

TEST(EngineChecks, RefuseWhatIsNoAnswer) { EXPECT_THROW(engine_checks("x", "{}", {}), Error); }

TEST(StoredObjects, ListUnusedImages) {
  const auto images = images_from_list(
      R"([{"Id": "sha256:a", "RepoTags": ["vsc-x:latest"], "Size": 12, "Created": 0, "Labels": {"k": "v"}},
          {"Id": "sha256:b", "RepoTags": ["<none>:<none>"], "Labels": null},
          {"Id": "sha256:c", "RepoTags": null}])",
      used_images(R"([{"ImageID": "sha256:c"}])"));
  ASSERT_EQ(images.size(), 2U);
  EXPECT_EQ(images[0].names, std::vector<std::string>{"vsc-x:latest"});
  EXPECT_EQ(images[0].labels.at("k"), "v");
  EXPECT_EQ(images[0].size_bytes, 12);
  EXPECT_EQ(images[0].created, "1970-01-01T00:00:00Z");
  EXPECT_TRUE(images[1].names.empty());
}

TEST(StoredObjects, ListVolumes) {
  EXPECT_EQ(objects_target({.kind = ObjectKind::volume}), "/volumes");
  EXPECT_EQ(objects_target({.kind = ObjectKind::volume, .unused = true}),
            "/volumes?filters=%7B%22dangling%22%3A%5B%22true%22%5D%7D");
  const auto volumes = volumes_from_list(R"({"Volumes": [{"Name": "v", "CreatedAt": "t"}]})");
  ASSERT_EQ(volumes.size(), 1U);
  EXPECT_EQ(volumes[0].id, "v");
  EXPECT_TRUE(volumes_from_list(R"({"Volumes": null})").empty());
}

}  // namespace
}  // namespace fairlead::engine
