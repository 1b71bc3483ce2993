#include "spec/config_values.hpp"
#include "spec/uri.hpp"

#include <algorithm>
#include <string>

namespace fairlead {
namespace {

bool is_variable_name(std::string_view name) {
  const auto letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  };
  const auto part = [&](char c) { return letter(c) || (c >= '0' && c <= '9'); };
  return !name.empty() && letter(name.front()) && std::all_of(name.begin(), name.end(), part);
}

}  // namespace

void judge_secrets(const Values& values) {
  // The reference passes over the whole property.
  const Json* all = values.mode() == Mode::drop_in ? nullptr : values.object("secrets");
  if (all == nullptr) return;
  const Values inner = values.below("secrets", *all);
  for (const auto& [name, secret] : all->items()) {
    if (!is_variable_name(name)) {
      inner.warn(name, "config.form",
                 '"' + name + "\" in \"secrets\" cannot be an environment variable's name",
                 "letters, digits and _, no digit first");
    }
    const Json* one = inner.object(name);
    if (one == nullptr) continue;
    const Values about = inner.below(name, *one);
    about.only({"description", "documentationUrl"}, "a secret");
    about.text("description");
    judge_uri(about, "documentationUrl");
  }
}

}  // namespace fairlead
