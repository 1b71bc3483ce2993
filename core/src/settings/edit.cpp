#include "settings/edit.hpp"

#include "settings/load.hpp"

#include <fairlead/settings.hpp>

#include <algorithm>
#include <optional>

#include <toml++/toml.h>

namespace fairlead {
namespace {

/// A piece of the document, in bytes.
struct Span {
  std::size_t begin = 0;
  std::size_t end = 0;
};

struct List {
  Span whole;  ///< with its brackets
  std::vector<std::string> items;
  std::vector<Span> spans;  ///< of the items
};

/// toml++ counts lines and characters, from one.
std::size_t offset_of(const std::string& document, const toml::source_position& position) {
  std::size_t at = 0;
  for (std::uint32_t line = 1; line < position.line; ++line) at = document.find('\n', at) + 1;
  if (position.line == 1 && document.starts_with("\xEF\xBB\xBF")) at += 3;
  for (std::uint32_t column = 1; column < position.column; ++column) {
    ++at;
    while (at < document.size() && (static_cast<unsigned char>(document[at]) & 0xC0U) == 0x80) ++at;
  }
  return std::min(at, document.size());
}

Span span_of(const std::string& document, const toml::node& node) {
  return {offset_of(document, node.source().begin), offset_of(document, node.source().end)};
}

Error no_list(const std::string& key, const std::string& file) {
  return Error(Status::invalid, "settings.type", "'" + key + "' has to be a list of strings")
      .at({file, 0, 0, {}});
}

std::optional<List> list_in(const std::string& document, const std::string& key,
                            const std::string& file) {
  load_toml(document, file);  // says what is wrong with it in our words
  const auto parsed = toml::parse(document);
  const auto* node = parsed.get(key);
  if (node == nullptr) return std::nullopt;
  const auto* array = node->as_array();
  if (array == nullptr) throw no_list(key, file);
  List list{.whole = span_of(document, *array), .items = {}, .spans = {}};
  for (const auto& item : *array) {
    if (!item.is_string()) throw no_list(key, file);
    list.items.push_back(item.as_string()->get());
    list.spans.push_back(span_of(document, item));
  }
  return list;
}

std::string quoted(const std::string& text) { return to_toml(SettingValue(text)); }

std::string replaced(std::string document, Span span, const std::string& text) {
  return document.replace(span.begin, span.end - span.begin, text);
}

std::string on_top(const std::string& document, const std::string& line) {
  const std::size_t mark = document.starts_with("\xEF\xBB\xBF") ? 3 : 0;
  return document.substr(0, mark) + line + document.substr(mark);
}

/// Whoever reads the new document finds these items in it, or it is not written.
std::string checked(std::string document, const std::string& key,
                    const std::vector<std::string>& items, const std::string& file) {
  const auto list = list_in(document, key, file);
  if (list && list->items == items) return document;
  throw Error(Status::failed, "settings.edit", "'" + key + "' cannot be changed where it stands",
              "Change it by hand.")
      .at({file, 0, 0, {}});
}

}  // namespace

std::string with_item(const std::string& document, const std::string& key, const std::string& item,
                      const std::vector<std::string>& before, const std::string& file) {
  auto list = list_in(document, key, file);
  if (!list) {
    auto items = before;
    if (std::ranges::find(items, item) == items.end()) items.push_back(item);
    return checked(on_top(document, key + " = " + to_toml(SettingValue(items)) + '\n'), key, items,
                   file);
  }
  if (std::ranges::find(list->items, item) != list->items.end()) return document;
  list->items.push_back(item);
  if (list->spans.empty()) {
    return checked(replaced(document, list->whole, '[' + quoted(item) + ']'), key, list->items,
                   file);
  }
  const auto end = list->spans.back().end;
  return checked(replaced(document, {end, end}, ", " + quoted(item)), key, list->items, file);
}

std::string without_item(const std::string& document, const std::string& key,
                         const std::string& item, const std::string& file) {
  auto list = list_in(document, key, file);
  if (!list) return document;
  const auto found = std::ranges::find(list->items, item);
  if (found == list->items.end()) return document;
  const auto at = static_cast<std::size_t>(found - list->items.begin());
  const auto& spans = list->spans;
  Span gone = list->whole;
  if (spans.size() > 1) {
    gone = at + 1 < spans.size() ? Span{spans[at].begin, spans[at + 1].begin}
                                 : Span{spans[at - 1].end, spans[at].end};
  }
  const auto text = replaced(document, gone, spans.size() > 1 ? "" : "[]");
  list->items.erase(found);
  return checked(text, key, list->items, file);
}

}  // namespace fairlead
