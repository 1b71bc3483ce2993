#include "arguments.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>

namespace fairlead::cli {

const std::vector<std::string>* Arguments::find(std::string_view name) const {
  const auto found = std::find_if(given_.begin(), given_.end(),
                                  [&](const Given& given) { return given.flag->name == name; });
  return found == given_.end() ? nullptr : &found->values;
}

const std::vector<std::string>* Arguments::values(const Flag& flag) const {
  return find(flag.name);
}

std::string Arguments::working_directory() const {
  if (caller_ != nullptr && !caller_->working_directory.empty()) return caller_->working_directory;
  return std::filesystem::current_path().string();
}

bool Arguments::given(std::string_view name) const { return find(name) != nullptr; }

std::string Arguments::text(std::string_view name) const {
  if (const auto* values = find(name)) return values->back();
  const Flag* flag = find_flag(name, command_, mode_);
  return flag == nullptr ? std::string() : std::string(flag->default_value);
}

std::optional<std::string> Arguments::text_if(std::string_view name) const {
  std::string value = text(name);
  if (value.empty()) return std::nullopt;
  return value;
}

bool Arguments::flag(std::string_view name) const { return text(name) == "true"; }

std::optional<int> Arguments::number(std::string_view name) const {
  const std::string value = text(name);
  int result = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), result);
  if (value.empty() || error != std::errc() || end != value.data() + value.size()) return {};
  return result;
}

std::vector<std::string> Arguments::list(std::string_view name) const {
  std::vector<std::string> result;
  if (const auto* values = find(name)) {
    std::copy_if(values->begin(), values->end(), std::back_inserter(result),
                 [](const std::string& value) { return !value.empty(); });
  }
  return result;
}

std::vector<std::string> Arguments::all(std::string_view name) const {
  const auto* values = find(name);
  return values == nullptr ? std::vector<std::string>{} : *values;
}

std::string Arguments::positional(std::size_t index) const {
  return index < positionals_.size() ? positionals_[index] : std::string();
}

void Arguments::add(const Flag& flag, std::string value) {
  const auto known = std::find_if(given_.begin(), given_.end(),
                                  [&](const Given& given) { return given.flag == &flag; });
  if (known != given_.end()) {
    known->values.push_back(std::move(value));
  } else {
    given_.push_back({&flag, {std::move(value)}});
  }
}

}  // namespace fairlead::cli
