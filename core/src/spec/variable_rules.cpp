#include "base/jsonc.hpp"
#include "spec/config_values.hpp"

#include <string>

namespace fairlead {
namespace {

/// `body` is what stands between `${` and `}`.
void judge_expression(std::string_view body, const std::string& pointer, Faults& faults) {
  const std::size_t colon = body.find(':');
  const std::string_view name = body.substr(0, colon);
  if (name != "localEnv" && name != "env" && name != "containerEnv") return;
  const std::string text = "${" + std::string(body) + "}";
  if (colon == std::string_view::npos) {
    faults.add({.pointer = pointer,
                .code = "config.variable",
                .message = "'" + text + "' names no environment variable",
                .hint = "write ${" + std::string(name) + ":NAME}"});
  } else if (body.find("${") != std::string_view::npos) {
    faults.add({.pointer = pointer,
                .code = "config.variable",
                .message = "'" + text + "' holds a variable inside a variable",
                .hint = "variables cannot be nested: the first '}' ends the outer one"});
  } else if (name == "env") {
    faults.add({.pointer = pointer,
                .severity = Severity::note,
                .code = "config.deprecated",
                .message = "'" + text + "' is an old form",
                .hint = "write ${localEnv" + std::string(body.substr(colon)) + "}"});
  }
}

void judge_text(std::string_view text, const std::string& pointer, Faults& faults) {
  for (std::size_t at = text.find("${"); at != std::string_view::npos; at = text.find("${", at)) {
    const std::size_t end = text.find_first_of("}\n\r", at + 2);
    if (end == std::string_view::npos) return;
    if (text[end] == '}') judge_expression(text.substr(at + 2, end - at - 2), pointer, faults);
    at = end;
  }
}

/// `pointer` grows on the way down and is again what it was afterwards: a copy for each value would
/// cost more than all the rest.
void judge_below(const Json& value, std::string& pointer, Faults& faults) {
  if (value.is_string()) {
    judge_text(value.get_ref<const std::string&>(), pointer, faults);
    return;
  }
  const std::size_t length = pointer.size();
  if (value.is_array()) {
    for (std::size_t i = 0; i < value.size(); ++i) {
      if (value[i].is_primitive() && !value[i].is_string()) continue;
      pointer += '/' + std::to_string(i);
      judge_below(value[i], pointer, faults);
      pointer.resize(length);
    }
  } else if (value.is_object()) {
    for (const auto& [name, child] : value.get_ref<const Json::object_t&>()) {
      pointer += pointer_token(name);
      judge_below(child, pointer, faults);
      pointer.resize(length);
    }
  }
}

}  // namespace

void judge_variables(const Json& value, const std::string& pointer, Faults& faults) {
  std::string way = pointer;
  judge_below(value, way, faults);
}

}  // namespace fairlead
