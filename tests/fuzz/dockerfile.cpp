#include "spec/dockerfile.hpp"

#include "input.hpp"

#include <string>

using namespace fairlead;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = fuzz::text_of(data, size);
  fuzz::answers([&] {
    const auto file = read_dockerfile(text);
    fuzz::require(!file.stages.empty() && file.last_from_end <= file.text.size());
    DockerfileInputs inputs{.build_args = {{"A", "v"}}, .image_environment = {{"E", "w"}}};
    base_image(file, inputs);
    stage_user(file, inputs);
    for (const auto& stage : file.stages) {
      inputs.target = stage.name;
      fuzz::answers([&] { base_image(file, inputs); });
    }
    // A named last stage makes a Dockerfile with as many stages.
    const auto named = name_last_stage(file);
    fuzz::require(!named.name.empty());
    fuzz::require(read_dockerfile(named.text).stages.size() == file.stages.size());
  });
  return 0;
}
