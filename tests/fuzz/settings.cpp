#include "input.hpp"
#include "settings/load.hpp"
#include "settings/value_json.hpp"

#include <fairlead/settings.hpp>

#include <string>

using namespace fairlead;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = fuzz::text_of(data, size);
  fuzz::answers([&] {
    // A key may be empty: TOML takes "" for one, which is then unknown like any other.
    for (const auto& entry : load_toml(text, "f")) fuzz::require(entry.where.line >= 1);
  });
  const std::string word(text);
  fuzz::answers([&] { value_of_json(word); });
  fuzz::answers([&] {
    SettingsSources sources;
    sources.assignments = {word};
    sources.customizations = {{"backend", word, {}}, {word, "\"x\"", {}}};
    sources.environment = {{"FAIRLEAD_HOSTS", word}, {"FAIRLEAD_" + word, "x"}};
    settle_settings(read_settings(sources), {}).effective();
  });
  return 0;
}
