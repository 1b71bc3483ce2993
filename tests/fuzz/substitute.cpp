#include "base/jsonc.hpp"
#include "input.hpp"

#include <fairlead/config.hpp>

#include <nlohmann/json.hpp>

#include <memory>
#include <string>

using namespace fairlead;

namespace {

Variables variables(Mode mode) {
  static const auto environment = std::make_shared<const Environment>(
      Environment{{"A", "v"}, {"E", ""}, {"R", "${localWorkspaceFolder}"}});
  Variables out;
  out.mode = mode;
  out.local_environment = environment;
  out.container_environment = environment;
  out.local_workspace_folder = "/w/proj";
  out.container_workspace_folder = "/workspaces/proj";
  out.config_file = "/w/proj/.devcontainer.json";
  out.devcontainer_id = "id";
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = fuzz::text_of(data, size);
  // Without anything known everything stays as it is (VAR-019).
  fuzz::answers([&] { fuzz::require(substitute_text(Variables{}, text) == text); });
  for (const Mode mode : {Mode::fairlead, Mode::drop_in}) {
    fuzz::answers([&] { substitute_text(variables(mode), text); });
    fuzz::answers([&] {
      const auto json = read_jsonc(text, {"f", true});
      if (!json) return;
      const auto out = substitute(variables(mode), *json);
      fuzz::require(out.type() == json->type() && out.size() == json->size());
    });
  }
  return 0;
}
