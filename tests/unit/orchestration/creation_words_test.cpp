#include "engine/creation_words.hpp"

#include <gtest/gtest.h>

namespace fairlead {
namespace {

/// Everything that has a place in the line, in its order.
TEST(CreationWords, StandAsTheReferenceSetsThem) {
  Workspace workspace{
      .document = ConfigDocument{}, .config = {}, .identity = {}, .settings = Settings({}, {})};
  workspace.document->workspace.mount = "type=bind,source=/w,target=/workspaces/w";
  workspace.identity.id_labels = {{"devcontainer.local_folder", "/w"}, {"b", "c"}};
  workspace.config.app_ports = {{.number = 3000, .text = {}}, {.number = 0, .text = "80:1"}};
  workspace.config.run_args = {"--memory", "1g"};
  MergedConfig merged;
  merged.mounts = {{.text = "source=v,target=/v,type=volume", .mount = {}},
                   {.text = {}, .mount = {.type = MountType::tmpfs, .target = "/t"}}};
  merged.container_env = {{"A", "1 2"}};
  merged.container_user = "dev";
  merged.init = true;
  merged.cap_add = {"SYS_PTRACE"};
  merged.security_opt = {"seccomp=unconfined"};
  merged.override_command = false;
  const ImageResult image{.image = "i",
                          .info = ImageInfo{.entrypoint = {"/e"}, .command = {"x"}},
                          .entries = {},
                          .label_on_instance = true};
  UpRequest request;
  request.mounts = {"type=bind,source=/a,target=/b"};
  workspace.config.host_requirements.gpu = true;
  request.gpu = GpuAvailability::all;
  EXPECT_EQ(
      creation_words(workspace, merged, image, request),
      "--sig-proxy=false -a STDOUT -a STDERR -p 127.0.0.1:3000:3000 -p 80:1 "
      "--mount type=bind,source=/w,target=/workspaces/w "
      "--mount source=v,target=/v,type=volume --mount type=tmpfs,dst=/t "
      "--mount type=bind,src=/a,dst=/b -l devcontainer.local_folder=/w -l b=c -e A=1 2 "
      "-u dev --memory 1g --gpus all --init --cap-add SYS_PTRACE --security-opt seccomp=unconfined "
      "--entrypoint /bin/sh -l devcontainer.metadata=[] i -c " +
          keep_alive_script({}) + " - /e x");
}

}  // namespace
}  // namespace fairlead
