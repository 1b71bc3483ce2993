#include "settings/load.hpp"

#include <algorithm>

#include <toml++/toml.h>

namespace fairlead {
namespace {

SourceLocation location(const toml::source_region& region, const std::string& file) {
  return {file, static_cast<int>(region.begin.line), static_cast<int>(region.begin.column), {}};
}

RawValue array_value(const toml::array& array) {
  std::vector<std::string> items;
  for (const auto& item : array) {
    const auto* text = item.as_string();
    if (text == nullptr) return ForeignValue{"an array that holds more than strings"};
    items.push_back(text->get());
  }
  return items;
}

RawValue raw_value(const toml::node& node) {
  switch (node.type()) {
    case toml::node_type::string:
      return node.as_string()->get();
    case toml::node_type::boolean:
      return node.as_boolean()->get();
    case toml::node_type::integer:
      return node.as_integer()->get();
    case toml::node_type::array:
      return array_value(*node.as_array());
    case toml::node_type::floating_point:
      return ForeignValue{"a floating-point number"};
    default:
      return ForeignValue{"a date or time"};
  }
}

void flatten(const toml::table& table, const std::string& prefix, const std::string& file,
             std::vector<LayerEntry>& entries) {
  for (const auto& [key, node] : table) {
    std::string name = prefix + std::string(key.str());
    if (const auto* inner = node.as_table()) {
      flatten(*inner, name + ".", file, entries);
      continue;
    }
    entries.push_back({std::move(name), raw_value(node), location(key.source(), file)});
  }
}

bool earlier(const LayerEntry& a, const LayerEntry& b) {
  return a.where.line != b.where.line ? a.where.line < b.where.line
                                      : a.where.column < b.where.column;
}

/// toml++ 3.3 bounds nested values but not dotted keys, and takes its trees down recursively: a key
/// of thousands of parts from a stranger's repository would overflow the stack. No setting has ten.
void refuse_deep_keys(std::string_view document, const std::string& file) {
  constexpr std::ptrdiff_t most_dots = 1000;  // on one line, wherever they stand
  int line = 1;
  while (!document.empty()) {
    const auto end = std::min(document.find('\n'), document.size());
    if (std::count(document.begin(), document.begin() + static_cast<std::ptrdiff_t>(end), '.') >
        most_dots) {
      throw Error(Status::invalid, "settings.syntax", "a line with too many dots")
          .at({file, line, 1, {}});
    }
    document.remove_prefix(std::min(end + 1, document.size()));
    ++line;
  }
}

}  // namespace

std::string line_of(std::string_view content, int number) {
  for (int line = 1; line < number; ++line) {
    const auto end = content.find('\n');
    if (end == std::string_view::npos) return {};
    content.remove_prefix(end + 1);
  }
  content = content.substr(0, content.find('\n'));
  if (!content.empty() && content.back() == '\r') content.remove_suffix(1);
  return std::string(content);
}

std::vector<LayerEntry> load_toml(std::string_view document, const std::string& file) {
  refuse_deep_keys(document, file);
  std::vector<LayerEntry> entries;
  try {
    flatten(toml::parse(document), {}, file, entries);
  } catch (const toml::parse_error& broken) {
    SourceLocation where = location(broken.source(), file);
    where.text = line_of(document, where.line);
    throw Error(Status::invalid, "settings.syntax",
                "not valid TOML: " + std::string(broken.description()),
                "https://toml.io describes the format")
        .at(std::move(where));
  }
  std::sort(entries.begin(), entries.end(), earlier);
  return entries;
}

}  // namespace fairlead
