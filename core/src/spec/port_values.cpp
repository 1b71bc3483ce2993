#include "spec/port_values.hpp"

#include "base/jsonc.hpp"
#include "spec/javascript.hpp"

#include <algorithm>
#include <charconv>
#include <string>

namespace fairlead {
namespace {

constexpr int highest_port = 65535;

/// What may happen to a port that begins to listen; "once" needs a port of its own to remember.
const std::vector<std::string> other_actions = {"notify", "openBrowser", "openPreview", "silent",
                                                "ignore"};

std::optional<int> port_number(const Json& value) {
  if (!value.is_number_integer()) return std::nullopt;
  const auto number = value.get<std::int64_t>();
  if (number < 0 || number > highest_port) return std::nullopt;
  return static_cast<int>(number);
}

/// `host:port`
std::optional<ForwardPort> host_and_port(const std::string& text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string::npos || colon == 0) return std::nullopt;
  ForwardPort out;
  out.host = text.substr(0, colon);
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data() + colon + 1, end, out.port);
  const bool good =
      read.ec == std::errc() && read.ptr == end && out.port >= 0 && out.port <= highest_port;
  return good ? std::optional<ForwardPort>(out) : std::nullopt;
}

/// As the specification writes it: a host in lower case and at most five digits.
bool is_plain_host_and_port(std::string_view text) {
  const std::size_t colon = text.find(':');
  const std::string_view host = text.substr(0, colon);
  const std::string_view port = text.substr(colon + 1);
  return port.size() <= 5 && std::all_of(host.begin(), host.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
         });
}

/// A text that should be one of `choices`; what it is if it is none is a fault, but kept.
std::string read_choice(const Values& values, std::string_view name,
                        const std::vector<std::string>& choices) {
  values.choice(name, choices);
  const Json* value = values.get(name);
  return value != nullptr && value->is_string() ? value->get<std::string>() : std::string();
}

PortAttributes read_attributes(const Values& values, const std::vector<std::string>& actions) {
  values.only({"label", "protocol", "onAutoForward", "requireLocalPort", "elevateIfNeeded"},
              "port attributes");
  PortAttributes out;
  out.label = values.text("label");
  out.protocol = read_choice(values, "protocol", {"http", "https"});
  out.on_auto_forward = read_choice(values, "onAutoForward", actions);
  out.require_local_port = values.boolean("requireLocalPort").value_or(false);
  out.elevate_if_needed = values.boolean("elevateIfNeeded").value_or(false);
  return out;
}

}  // namespace

std::vector<ForwardPort> read_forward_ports(const Values& values) {
  std::vector<ForwardPort> out;
  const Json* list = values.array("forwardPorts");
  if (list == nullptr) return out;
  for (std::size_t i = 0; i < list->size(); ++i) {
    const Json& item = (*list)[i];
    if (const auto port = port_number(item)) {
      out.push_back({"localhost", *port});
      continue;
    }
    const std::string text = item.is_string() ? item.get<std::string>() : std::string();
    const std::string pointer = values.pointer("forwardPorts") + '/' + std::to_string(i);
    if (const auto named = host_and_port(text)) {
      out.push_back(*named);
      if (values.wants_advice() && !is_plain_host_and_port(text)) {
        values.report({.pointer = pointer,
                       .severity = Severity::warning,
                       .code = "config.form",
                       .message = "\"" + text + "\" is not of the form host:port",
                       .hint = "the host is lower-case letters, digits and hyphens, the port at "
                               "most five digits"});
      }
    } else if (item.is_string() && !values.settled(text)) {
      continue;
    } else if (values.mode() == Mode::fairlead) {
      values.fault_at(
          pointer, "each item of \"forwardPorts\" must be a port from 0 to 65535 or \"host:port\"");
    }
  }
  return out;
}

std::vector<AppPort> read_app_ports(const Values& values) {
  std::vector<AppPort> out;
  const Json* given = values.get("appPort");
  if (given == nullptr || (given->is_null() && values.mode() == Mode::drop_in)) return out;
  const bool many = given->is_array();
  for (std::size_t i = 0; i < (many ? given->size() : 1); ++i) {
    const Json& item = many ? (*given)[i] : *given;
    if (const auto port = port_number(item); port && *port > 0) {
      out.push_back({*port, {}});
    } else if (item.is_string() && !item.get_ref<const std::string&>().empty()) {
      out.push_back({0, item.get<std::string>()});
    } else if (port || (values.mode() == Mode::drop_in && item.is_number())) {
      const auto number = javascript::text_of(item);
      out.push_back({0, "127.0.0.1:" + number + ':' + number});
    } else if (values.mode() == Mode::drop_in && many) {
      out.push_back({0, javascript::text_of(item)});
    } else {
      values.fault_at(
          values.pointer("appPort") + (many ? '/' + std::to_string(i) : std::string()),
          "\"appPort\" must be ports from 0 to 65535 or strings as docker's --publish takes");
    }
  }
  return out;
}

std::vector<std::pair<std::string, PortAttributes>> read_ports_attributes(const Values& values) {
  std::vector<std::pair<std::string, PortAttributes>> out;
  const Json* all = values.object("portsAttributes");
  if (all == nullptr) return out;
  const Values inner = values.below("portsAttributes", *all);
  auto actions = other_actions;
  actions.emplace_back("openBrowserOnce");
  for (const auto& [key, item] : all->items()) {
    if (key.empty()) {
      inner.warn(key, "config.form", "an empty name in \"portsAttributes\" stands for no port",
                 "write a port, a range like 4000-4010, host:port or a regular expression");
    }
    if (const Json* attributes = inner.object(key)) {
      out.emplace_back(key, read_attributes(inner.below(key, *attributes), actions));
    }
  }
  return out;
}

std::optional<PortAttributes> read_other_ports_attributes(const Values& values) {
  const Json* attributes = values.object("otherPortsAttributes");
  if (attributes == nullptr) return std::nullopt;
  return read_attributes(values.below("otherPortsAttributes", *attributes), other_actions);
}

}  // namespace fairlead
