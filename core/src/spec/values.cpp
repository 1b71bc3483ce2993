#include "spec/values.hpp"

#include "base/jsonc.hpp"
#include "base/nearest.hpp"

#include <algorithm>
#include <utility>

namespace fairlead {
namespace {

std::string in_quotes(std::string_view name) { return '"' + std::string(name) + '"'; }

}  // namespace

std::string Values::pointer(std::string_view name) const { return pointer_ + pointer_token(name); }

void Values::fault(std::string_view name, const std::string& message) const {
  fault_at(pointer(name), message);
}

void Values::fault_at(const std::string& pointer, const std::string& message) const {
  faults_->add({.pointer = pointer, .message = message});
}

void Values::wrong_type(const std::string& pointer, const std::string& what, std::string_view kinds,
                        const Json& value) const {
  faults_->add({.pointer = pointer,
                .code = "config.type",
                .message = what + " must be " + std::string(kinds) + ", not " + kind_of(value)});
}

void Values::warn(std::string_view name, std::string code, std::string message,
                  std::string hint) const {
  faults_->add({.pointer = pointer(name),
                .severity = Severity::warning,
                .code = std::move(code),
                .message = std::move(message),
                .hint = std::move(hint)});
}

void Values::only(const std::vector<std::string>& names, std::string_view owner) const {
  if (!wants_advice()) return;
  for (const auto& [name, value] : object_->items()) {
    if (std::find(names.begin(), names.end(), name) != names.end()) continue;
    if (!wants_advice()) return;
    std::string message = "unknown property " + in_quotes(name);
    if (!owner.empty()) message += " in " + std::string(owner);
    faults_->add({.pointer = pointer(name),
                  .severity = Severity::warning,
                  .code = "config.unknown",
                  .message = std::move(message),
                  .hint = did_you_mean(name, names),
                  .at_name = true});
  }
}

Values Values::below(std::string_view name, const Json& object) const {
  return at(pointer(name), object);
}

Values Values::below(std::string_view name, const Json& object, std::size_t index) const {
  return at(pointer(name) + '/' + std::to_string(index), object);
}

Values Values::at(const std::string& pointer, const Json& object) const {
  return {object, pointer, *faults_, mode_, written_};
}

const Json* Values::expect(std::string_view name, Json::value_t type, std::string_view kind) const {
  const Json* value = get(name);
  if (value == nullptr) return nullptr;
  if (value->type() == type) return value;
  // null says as much as an absent member to the reference
  if (!(value->is_null() && mode_ == Mode::drop_in)) {
    wrong_type(pointer(name), in_quotes(name), kind, *value);
  }
  return nullptr;
}

std::string Values::text(std::string_view name) const {
  const Json* value = expect(name, Json::value_t::string, "a string");
  return value == nullptr ? std::string() : value->get<std::string>();
}

std::optional<bool> Values::boolean(std::string_view name) const {
  const Json* value = expect(name, Json::value_t::boolean, "true or false");
  return value == nullptr ? std::nullopt : std::optional<bool>(value->get<bool>());
}

const Json* Values::object(std::string_view name) const {
  return expect(name, Json::value_t::object, "an object");
}

const Json* Values::array(std::string_view name) const {
  return expect(name, Json::value_t::array, "an array");
}

std::vector<std::string> Values::texts(std::string_view name, bool or_text) const {
  std::vector<std::string> out;
  const Json* value = get(name);
  if (or_text && value != nullptr && value->is_string()) {
    out.push_back(value->get<std::string>());
    return out;
  }
  value = or_text ? expect(name, Json::value_t::array, "a string or an array of strings")
                  : expect(name, Json::value_t::array, "an array of strings");
  if (value == nullptr) return out;
  for (std::size_t i = 0; i < value->size(); ++i) {
    const Json& item = (*value)[i];
    if (item.is_string()) {
      out.push_back(item.get<std::string>());
    } else {
      wrong_type(pointer(name) + '/' + std::to_string(i), "each item of " + in_quotes(name),
                 "a string", item);
    }
  }
  return out;
}

std::optional<std::string> Values::scalar(const Json& value, const std::string& where,
                                          const std::string& label) const {
  if (value.is_string()) return value.get<std::string>();
  if (mode_ == Mode::drop_in && value.is_primitive()) return scalar_text(value);
  wrong_type(where, label, "a string", value);
  return std::nullopt;
}

void Values::each_text(
    std::string_view name,
    const std::function<void(const std::string& key, std::string text)>& use) const {
  const Json* value = object(name);
  if (value == nullptr) return;
  for (const auto& [key, item] : value->get_ref<const Json::object_t&>()) {
    if (item.is_string()) {
      use(key, item.get<std::string>());
    } else if (auto text = scalar(item, pointer(name) + pointer_token(key),
                                  in_quotes(key) + " in " + in_quotes(name))) {
      use(key, std::move(*text));
    }
  }
}

std::vector<std::pair<std::string, std::string>> Values::text_map(std::string_view name) const {
  std::vector<std::pair<std::string, std::string>> out;
  each_text(name, [&](const std::string& key, std::string text) {
    out.emplace_back(key, std::move(text));
  });
  return out;
}

std::optional<std::size_t> Values::choice(std::string_view name,
                                          const std::vector<std::string>& choices) const {
  const Json* value = expect(name, Json::value_t::string, "a string");
  if (value == nullptr) return std::nullopt;
  const auto& text = value->get_ref<const std::string&>();
  const auto found = std::find(choices.begin(), choices.end(), text);
  if (found != choices.end()) return static_cast<std::size_t>(found - choices.begin());
  if (mode_ == Mode::drop_in || !settled(text)) return std::nullopt;
  std::string all;
  for (const auto& one : choices) all += (all.empty() ? "" : ", ") + one;
  faults_->add(
      {.pointer = pointer(name),
       .message = in_quotes(name) + " cannot be " + in_quotes(text) + "; it is one of " + all,
       .hint = did_you_mean(text, choices)});
  return std::nullopt;
}

}  // namespace fairlead
