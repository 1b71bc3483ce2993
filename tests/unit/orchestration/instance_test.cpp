#include "engine/instance.hpp"

#include "engine/capabilities.hpp"
#include "engine/registry_credentials.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace fairlead {
namespace {

/// The defaults, but for how the workspace gets in.
Settings settings_with(const std::string& content) {
  std::vector<Setting> all;
  for (const auto& spec : core_settings()) all.push_back({spec, spec.default_value, {}});
  std::ranges::find(all, "content", [](const Setting& one) { return one.spec.key; })->value =
      content;
  return Settings(std::move(all), {});
}
Settings no_settings() { return settings_with("auto"); }

Workspace workspace_at(const std::string& folder) {
  Workspace workspace{
      .document = ConfigDocument{}, .config = {}, .identity = {}, .settings = no_settings()};
  workspace.document->workspace = {
      .local_folder = folder,
      .mount_root = folder,
      .container_folder = "/workspaces/proj",
      .mount = "type=bind,source=" + folder + ",target=/workspaces/proj",
      .additional_mount = {}};
  workspace.identity.id_labels = {{"devcontainer.local_folder", folder}};
  workspace.identity.devcontainer_id = "0ejv51b3id2754r3vb24vfc8n5m67mi900l6rjfu6i0o4as608ed";
  return workspace;
}

ProbeReply everything() {
  ProbeReply probe;
  probe.capabilities = {.build = {"local"},
                        .live_binds = true,
                        .named_volumes = true,
                        .exec_user = true,
                        .publish = true,
                        .run_args = true,
                        .privileged = true,
                        .capabilities = true};
  return probe;
}

TEST(KeepAlive, RunsEntrypointsThenWaits) {  // LIFE-023, LIFE-024, FEAT-025
  EXPECT_EQ(keep_alive_script({"/a.sh", "/b.sh x"}),
            "echo Container started\ntrap \"exit 0\" 15\n/a.sh\n/b.sh x\nexec \"$@\"\n"
            "while sleep 1 & wait $!; do :; done");
}

TEST(KeepAlive, IsIndentedInAServiceOfTheDropIn) {
  MergedConfig merged;
  merged.entrypoints = {"/a.sh"};
  EXPECT_EQ(service_script(merged), keep_alive_script({"/a.sh"}));
  merged.mode = Mode::drop_in;
  EXPECT_EQ(service_script(merged),
            "echo Container started\n trap \"exit 0\" 15\n /a.sh\n exec \"$@\"\n"
            " while sleep 1 & wait $!; do :; done");
}

TEST(InstanceName, IsTheSameForOneWorkspaceAndReadable) {
  EXPECT_EQ(instance_name(workspace_at("/w/My Odd.Proj")), "my-odd-proj-6i0o4as608ed");
}

TEST(CreateRequest, MountsTheWorkspaceAndSetsTheLabels) {  // CFG-034, VAR-013
  const auto create = create_request(workspace_at("/w/proj"), {}, {.image = "i"}, {}, everything());
  ASSERT_EQ(create.mounts.size(), 1U);
  EXPECT_EQ(create.mounts[0].source, "/w/proj");
  EXPECT_EQ(create.labels.at("devcontainer.local_folder"), "/w/proj");
  EXPECT_EQ(create.entrypoint, std::vector<std::string>{"/bin/sh"});
}

/// What is on another machine is not here to be copied.
TEST(CreateRequest, MountsAWorkspaceElsewhereOrRefuses) {
  static const int somewhere = 0;
  const std::shared_ptr<const RemoteFolder> remote(
      std::shared_ptr<void>(),
      static_cast<const RemoteFolder*>(static_cast<const void*>(&somewhere)));
  auto workspace = workspace_at("/w/proj");
  workspace.remote = remote;
  EXPECT_EQ(create_request(workspace, {}, {.image = "i"}, {}, everything()).mounts.size(), 1U);
  for (const char* content : {"volume", "clone"}) {
    workspace.settings = settings_with(content);
    try {
      create_request(workspace, {}, {.image = "i"}, {}, everything());
      ADD_FAILURE() << content;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), "content.remote");
    }
  }
}

TEST(CreateRequest, AnEmptyWorkspaceMountMountsNothing) {  // CFG-038
  auto workspace = workspace_at("/w/proj");
  workspace.document->workspace.mount = "";
  EXPECT_TRUE(create_request(workspace, {}, {.image = "i"}, {}, everything()).mounts.empty());
}

TEST(CreateRequest, KeepsTheImagesProcessBehindTheLoop) {  // edge case 63
  MergedConfig merged;
  merged.override_command = false;
  ImageResult image{.image = "i",
                    .info = ImageInfo{.entrypoint = {"/e"}, .command = {"one", "two"}}};
  const auto create = create_request(workspace_at("/w/proj"), merged, image, {}, everything());
  ASSERT_TRUE(create.command.has_value());
  EXPECT_EQ(*create.command,
            (std::vector<std::string>{"-c", keep_alive_script({}), "-", "/e", "one", "two"}));
}

TEST(CreateRequest, LeavesAnUnknownImageProcessAlone) {
  MergedConfig merged;
  merged.override_command = false;
  const auto create =
      create_request(workspace_at("/w/proj"), merged, {.image = "i"}, {}, everything());
  EXPECT_FALSE(create.entrypoint.has_value());
  EXPECT_FALSE(create.command.has_value());
}

TEST(CreateRequest, PublishesAppPortsOnLoopbackUnlessTold) {  // CFG-040, CFG-073, PORT-015
  auto workspace = workspace_at("/w/proj");
  workspace.config.app_ports = {{.number = 3000, .text = {}}, {.number = 0, .text = "8921:5000"}};
  workspace.config.run_args = {"--label", "x=a b"};  // CFG-039: one word per item
  const auto create = create_request(workspace, {}, {.image = "i"}, {}, everything());
  EXPECT_EQ(create.run_args, (std::vector<std::string>{"-p", "127.0.0.1:3000:3000", "-p",
                                                       "8921:5000", "--label", "x=a b"}));
}

TEST(CreateRequest, AsksForNothingUnasked) {  // SEC-006, PORT-002, CFG-043, CFG-052, CFG-053
  MergedConfig merged;
  merged.forward_ports = {{.host = "localhost", .port = 3000}};
  const auto create =
      create_request(workspace_at("/w/proj"), merged, {.image = "i"}, {}, everything());
  EXPECT_FALSE(create.privileged || create.init || create.gpu);
  EXPECT_TRUE(create.cap_add.empty() && create.security_opt.empty() && create.env.empty());
  EXPECT_TRUE(create.ports.empty() && create.run_args.empty() && create.user.empty());
}

TEST(CreateRequest, PassesOnWhatWasMerged) {  // CFG-046, CFG-049, CFG-052, CFG-053, USER-001
  MergedConfig merged;
  merged.container_user = "cu";
  merged.remote_user = "ru";  // USER-002: means nothing to the container
  merged.container_env = {{"A", "1"}};
  merged.init = merged.privileged = true;
  merged.cap_add = {"SYS_PTRACE"};
  merged.security_opt = {"seccomp=unconfined"};
  const auto create =
      create_request(workspace_at("/w/proj"), merged, {.image = "i"}, {}, everything());
  EXPECT_EQ(create.user, "cu");
  EXPECT_EQ(create.env.at("A"), "1");
  EXPECT_TRUE(create.init && create.privileged);
  EXPECT_EQ(create.cap_add.at(0) + create.security_opt.at(0), "SYS_PTRACEseccomp=unconfined");
}

TEST(CreateRequest, HasGpusByTheFilesOwnWish) {  // HOST-005, HOST-007, HOST-008
  struct Row {
    bool wanted;
    bool merged;
    GpuAvailability availability;
    bool found;
    bool expected;
  };
  const Row rows[] = {{true, true, GpuAvailability::detect, true, true},
                      {true, true, GpuAvailability::detect, false, false},
                      {true, true, GpuAvailability::all, false, true},
                      {true, true, GpuAvailability::none, true, false},
                      {false, true, GpuAvailability::all, true, false}};
  for (const Row& row : rows) {
    auto workspace = workspace_at("/w/proj");
    workspace.config.host_requirements.gpu = row.wanted;
    MergedConfig merged;
    merged.host_requirements.gpu = row.merged;
    UpRequest request;
    request.gpu = row.availability;
    auto probe = everything();
    probe.gpu_runtime = row.found;
    EXPECT_EQ(create_request(workspace, merged, {.image = "i"}, request, probe).gpu, row.expected);
  }
}

TEST(CreateRequest, RefusesAMountThatReadingLetPass) {  // CFG-054
  MergedConfig merged;
  merged.mounts = {{.text = "type=nope,target=/t", .mount = {}}};
  EXPECT_THROW(create_request(workspace_at("/w/proj"), merged, {.image = "i"}, {}, everything()),
               Error);
}

TEST(CreateRequest, TheLaterMountOnOneTargetWins) {  // IMG-014
  MergedConfig merged;
  merged.mounts = {
      {.text = {}, .mount = {.type = MountType::volume, .source = "a", .target = "/t"}}};
  UpRequest request;
  request.mounts = {"type=volume,source=b,target=/t"};
  const auto create =
      create_request(workspace_at("/w/proj"), merged, {.image = "i"}, request, everything());
  ASSERT_EQ(create.mounts.size(), 2U);
  EXPECT_EQ(create.mounts[1].source, "b");
}

TEST(CreateRequest, StreamsTheWorkspaceWhereBindsAreNotLive) {
  auto probe = everything();
  probe.capabilities.live_binds = false;
  const auto create = create_request(workspace_at("/w/proj"), {}, {.image = "i"}, {}, probe);
  ASSERT_EQ(create.mounts.size(), 1U);
  EXPECT_EQ(create.mounts[0].type, MountType::volume);
  EXPECT_EQ(create.mounts[0].target, "/workspaces/proj");
}

TEST(CreateRequest, CopiesTheWorkspaceWhereThatIsWanted) {
  auto workspace = workspace_at("/w/proj");
  workspace.settings = settings_with("volume");
  const auto create = create_request(workspace, {}, {.image = "i"}, {}, everything());
  ASSERT_EQ(create.mounts.size(), 1U);
  EXPECT_EQ(create.mounts[0].type, MountType::volume);
  EXPECT_EQ(create.mounts[0].source, "workspace-" + workspace.identity.devcontainer_id);
  auto probe = everything();
  probe.capabilities.named_volumes = false;
  const auto folder = create_request(workspace, {}, {.image = "i"}, {}, probe);
  EXPECT_TRUE(folder.mounts.empty());
  EXPECT_EQ(folder.labels.at("dev.fairlead.content-folder"), "/workspaces/proj");
}

TEST(Capabilities, NamesThePropertyAndTheCapability) {
  Config config;
  config.run_args = {"--rm"};
  try {
    require_capabilities(needs_of(config, Capabilities{}), "small", "/w/devcontainer.json");
    FAIL() << "a missing capability went unnoticed";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "backend.capability");
    EXPECT_NE(error.message().find("'runArgs' needs the capability 'run_args'"), std::string::npos)
        << error.message();
    EXPECT_NE(error.message().find("'small'"), std::string::npos);
  }
}

TEST(Capabilities, WhatIsMetIsNoError) {
  Config config;
  config.run_args = {"--rm"};
  EXPECT_NO_THROW(require_capabilities(needs_of(config, everything().capabilities), "b", "f"));
}

TEST(Registry, IsFoundInTheReference) {
  EXPECT_EQ(registry_of("debian:12"), "https://index.docker.io/v1/");
  EXPECT_EQ(registry_of("org/image"), "https://index.docker.io/v1/");
  EXPECT_EQ(registry_of("docker.io/library/debian"), "https://index.docker.io/v1/");
  EXPECT_EQ(registry_of("ghcr.io/o/i:1"), "ghcr.io");
  EXPECT_EQ(registry_of("localhost:5000/i"), "localhost:5000");
}

}  // namespace
}  // namespace fairlead
