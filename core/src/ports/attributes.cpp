#include "ports/attributes.hpp"

#include <boost/regex.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace fairlead::ports {
namespace {

using Json = nlohmann::ordered_json;

/// Nobody writes a pattern for what stands further behind.
constexpr std::size_t most_command = 4096;

struct Attributes {
  std::optional<std::string> label;
  std::optional<std::string> protocol;
  std::optional<std::string> action;
  std::optional<bool> require_local_port;
  std::optional<bool> elevate_if_needed;

  bool empty() const {
    return !label && !protocol && !action && !require_local_port && !elevate_if_needed;
  }
};

/// What the first one does not say is taken from the second.
Attributes over(const Attributes& first, const Attributes& second) {
  const auto choose = [](const auto& a, const auto& b) { return a ? a : b; };
  return {.label = choose(first.label, second.label),
          .protocol = choose(first.protocol, second.protocol),
          .action = choose(first.action, second.action),
          .require_local_port = choose(first.require_local_port, second.require_local_port),
          .elevate_if_needed = choose(first.elevate_if_needed, second.elevate_if_needed)};
}

struct Rule {
  bool exact = false;  ///< one port, of `host`
  std::string host;    ///< empty: the environment itself
  int from = 0;
  int to = -1;  ///< less than `from`: a pattern
  std::optional<boost::regex> pattern;
  Attributes attributes;
};

std::optional<int> number_in(std::string_view text) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  return whole && number >= 0 ? std::optional(number) : std::nullopt;
}

bool is_host_name(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

bool read_numbers(std::string_view key, Rule& rule) {
  if (const auto port = number_in(key)) {
    rule.exact = true;
    rule.from = rule.to = *port;
    return true;
  }
  const auto middle = key.find_first_of("-:");
  if (middle == std::string_view::npos) return false;
  const auto second = number_in(key.substr(middle + 1));
  if (!second) return false;
  if (key[middle] == ':') {
    if (!is_host_name(key.substr(0, middle))) return false;
    rule.exact = true;
    rule.host = std::string(key.substr(0, middle));
    rule.from = rule.to = *second;
    return true;
  }
  const auto first = number_in(key.substr(0, middle));
  if (!first) {  // "my-host:80" has a hyphen in its name
    return false;
  }
  rule.from = *first;
  rule.to = *second;
  return true;
}

bool read_host_with_hyphen(std::string_view key, Rule& rule) {
  const auto colon = key.rfind(':');
  if (colon == std::string_view::npos || !is_host_name(key.substr(0, colon))) return false;
  const auto port = number_in(key.substr(colon + 1));
  if (!port) return false;
  rule.exact = true;
  rule.host = std::string(key.substr(0, colon));
  rule.from = rule.to = *port;
  return true;
}

bool read_key(const std::string& key, Rule& rule) {
  if (key.empty()) return false;
  if (read_numbers(key, rule) || read_host_with_hyphen(key, rule)) return true;
  try {
    rule.pattern.emplace(key);
    return true;
  } catch (const boost::regex_error&) {
    return false;  // what is no pattern stands for no port
  }
}

Attributes read_attributes(const Json& json) {
  Attributes out;
  const auto text = [&](const char* name, std::optional<std::string>& member) {
    const auto found = json.find(name);
    if (found != json.end() && found->is_string()) member = found->get<std::string>();
  };
  const auto flag = [&](const char* name, std::optional<bool>& member) {
    const auto found = json.find(name);
    if (found != json.end() && found->is_boolean()) member = found->get<bool>();
  };
  text("label", out.label);
  text("protocol", out.protocol);
  text("onAutoForward", out.action);
  flag("requireLocalPort", out.require_local_port);
  flag("elevateIfNeeded", out.elevate_if_needed);
  return out;
}

bool matches(const Rule& rule, const PortSubject& subject) {
  if (!rule.pattern) {
    if (subject.port < rule.from || subject.port > rule.to) return false;
    if (!rule.exact) return true;
    return rule.host.empty() || is_localhost(rule.host) ? is_localhost(subject.host)
                                                        : rule.host == subject.host;
  }
  try {
    return boost::regex_search(subject.command.substr(0, most_command), *rule.pattern);
  } catch (const std::runtime_error&) {
    return false;  // too hard a pattern for this text
  }
}

PortAttributes settled(const Attributes& found) {
  return {.label = found.label.value_or(""),
          .protocol = found.protocol.value_or(""),
          .on_auto_forward = found.action.value_or("notify"),
          .require_local_port = found.require_local_port.value_or(false),
          .elevate_if_needed = found.elevate_if_needed.value_or(false)};
}

}  // namespace

struct PortRules::Rules {
  std::vector<Rule> rules;
  Attributes others;
};

bool is_localhost(const std::string& host) {
  constexpr std::array<std::string_view, 6> names = {"",    "localhost", "127.0.0.1",
                                                     "::1", "0.0.0.0",   "::"};
  return std::find(names.begin(), names.end(), host) != names.end();
}

PortRules::PortRules() : rules_(std::make_shared<const Rules>()) {}

PortRules::PortRules(const nlohmann::ordered_json& merged) {
  auto all = std::make_shared<Rules>();
  rules_ = all;
  if (!merged.is_object()) return;
  if (const auto keys = merged.find("portsAttributes"); keys != merged.end() && keys->is_object()) {
    for (const auto& [key, value] : keys->items()) {
      Rule rule;
      if (!value.is_object() || !read_key(key, rule)) continue;
      rule.attributes = read_attributes(value);
      all->rules.push_back(std::move(rule));
    }
  }
  const auto others = merged.find("otherPortsAttributes");
  if (others != merged.end() && others->is_object()) all->others = read_attributes(*others);
}

PortAttributes PortRules::of(const PortSubject& subject) const {
  Attributes found;
  for (const auto& rule : rules_->rules) {
    if (!matches(rule, subject)) continue;
    found = rule.exact ? over(rule.attributes, found) : over(found, rule.attributes);
  }
  return settled(found.empty() ? rules_->others : found);
}

}  // namespace fairlead::ports
