#include "spec/lifecycle.hpp"

#include "base/jsonc.hpp"
#include "base/text.hpp"

#include <optional>
#include <utility>
#include <vector>

namespace fairlead {
namespace {

/// nullopt: nothing to run, or a fault that has been noted.
std::optional<CommandLine> read_line(const Json& value, const std::string& pointer,
                                     const std::string& label, std::string_view forms,
                                     Faults& faults) {
  if (value.is_string()) {
    const auto& text = value.get_ref<const std::string&>();
    return trim(text).empty() ? std::nullopt : std::optional<CommandLine>(text);
  }
  if (!value.is_array()) {
    if (value.is_null()) {
      faults.add({.pointer = pointer,
                  .severity = Severity::warning,
                  .code = "config.form",
                  .message = label + " is null, which is no command",
                  .hint = "leave it out"});
    } else {
      faults.add({.pointer = pointer,
                  .code = "config.type",
                  .message = label + " must be " + std::string(forms) + ", not " + kind_of(value)});
    }
    return std::nullopt;
  }
  std::vector<std::string> words;
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (value[i].is_string()) {
      words.push_back(value[i].get<std::string>());
    } else {
      faults.add(
          {.pointer = pointer + '/' + std::to_string(i),
           .code = "config.type",
           .message = "each word of " + label + " must be a string, not " + kind_of(value[i])});
    }
  }
  return words.empty() ? std::nullopt : std::optional<CommandLine>(std::move(words));
}

}  // namespace

LifecycleCommand read_lifecycle_command(const Json& value, const std::string& pointer,
                                        const std::string& label, Faults& faults) {
  LifecycleCommand out;
  if (!value.is_object()) {
    auto line =
        read_line(value, pointer, label, "a string, an array of strings or an object", faults);
    if (line) out.commands.push_back({{}, std::move(*line)});
    return out;
  }
  out.object_form = true;
  for (const auto& [name, item] : value.items()) {
    auto line = read_line(item, pointer + pointer_token(name), '"' + name + "\" in " + label,
                          "a string or an array of strings", faults);
    if (line) out.commands.push_back({name, std::move(*line)});
  }
  return out;
}

}  // namespace fairlead
