#include "spec/values.hpp"

#include "base/jsonc.hpp"
#include "base/nearest.hpp"

#include <algorithm>

namespace fairlead {
namespace {

std::string in_quotes(std::string_view name) { return '"' + std::string(name) + '"'; }

}  // namespace

std::string Values::pointer(std::string_view name) const { return pointer_ + pointer_token(name); }

void Values::fault(std::string_view name, const std::string& message) const {
  faults_->add(pointer(name), message);
}

void Values::fault_at(const std::string& pointer, const std::string& message) const {
  faults_->add(pointer, message);
}

Values Values::below(std::string_view name, const Json& object) const {
  return {object, pointer(name), *faults_, mode_};
}

Values Values::below(std::string_view name, const Json& object, std::size_t index) const {
  return {object, pointer(name) + '/' + std::to_string(index), *faults_, mode_};
}

const Json* Values::expect(std::string_view name, Json::value_t type, std::string_view kind) const {
  const Json* value = get(name);
  if (value == nullptr) return nullptr;
  if (value->type() == type) return value;
  // null says as much as an absent member to the reference
  if (!(value->is_null() && mode_ == Mode::drop_in)) {
    fault(name, in_quotes(name) + " must be " + std::string(kind) + ", not " + kind_of(*value));
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
      fault_at(pointer(name) + '/' + std::to_string(i),
               "each item of " + in_quotes(name) + " must be a string, not " + kind_of(item));
    }
  }
  return out;
}

std::optional<std::string> Values::scalar(const Json& value, const std::string& where,
                                          const std::string& label) const {
  if (value.is_string()) return value.get<std::string>();
  if (mode_ == Mode::drop_in && value.is_primitive()) return scalar_text(value);
  fault_at(where, label + " must be a string, not " + kind_of(value));
  return std::nullopt;
}

std::vector<std::pair<std::string, std::string>> Values::text_map(std::string_view name) const {
  std::vector<std::pair<std::string, std::string>> out;
  const Json* value = object(name);
  if (value == nullptr) return out;
  for (const auto& [key, item] : value->items()) {
    auto text =
        scalar(item, pointer(name) + pointer_token(key), in_quotes(key) + " in " + in_quotes(name));
    if (text) out.emplace_back(key, std::move(*text));
  }
  return out;
}

std::optional<std::size_t> Values::choice(std::string_view name,
                                          const std::vector<std::string>& choices) const {
  const Json* value = expect(name, Json::value_t::string, "a string");
  if (value == nullptr) return std::nullopt;
  const auto& text = value->get_ref<const std::string&>();
  const auto found = std::find(choices.begin(), choices.end(), text);
  if (found != choices.end()) return static_cast<std::size_t>(found - choices.begin());
  if (mode_ == Mode::drop_in) return std::nullopt;
  std::string all;
  for (const auto& one : choices) all += (all.empty() ? "" : ", ") + one;
  std::string message = in_quotes(name) + " cannot be " + in_quotes(text) + "; it is one of " + all;
  const std::string suggestion = did_you_mean(text, choices);
  if (!suggestion.empty()) message += " (" + suggestion + ')';
  fault(name, message);
  return std::nullopt;
}

}  // namespace fairlead
