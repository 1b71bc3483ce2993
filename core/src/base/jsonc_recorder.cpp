#include "base/jsonc_parser.hpp"

#include <algorithm>

namespace fairlead::jsonc {
namespace {

/// Calls `use` with each reference token of a pointer, "~0" and "~1" as they stand in it.
template <class Use>
void each_token(std::string_view pointer, const Use& use) {
  for (std::size_t at = 0; at < pointer.size();) {
    const std::size_t end = std::min(pointer.find('/', at + 1), pointer.size());
    if (!use(pointer.substr(at + 1, end - at - 1))) return;
    at = end;
  }
}

}  // namespace

Recorder::Recorder(const std::vector<std::string>& pointers) {
  for (const auto& pointer : pointers) {
    std::size_t node = 0;
    each_token(pointer, [&](std::string_view token) {
      std::size_t next = child_of(node, token);
      if (next == nowhere) {
        next = nodes_.size();
        nodes_[node].children.emplace(std::string(token), next);
        nodes_.emplace_back();
      }
      node = next;
      return true;
    });
  }
}

std::size_t Recorder::child_of(std::size_t node, std::string_view token) const {
  const auto found = nodes_[node].children.find(token);
  return found == nodes_[node].children.end() ? nowhere : found->second;
}

void Recorder::enter_value(std::size_t offset) {
  if (way_.back() != nowhere) nodes_[way_.back()].place.value = offset;
}

void Recorder::enter_member(std::string_view name, std::size_t offset) {
  std::size_t node = nowhere;
  // Tokens are kept as pointers write them; few names need that.
  if (way_.back() != nowhere && !nodes_[way_.back()].children.empty()) {
    const bool plain = name.find_first_of("~/") == std::string_view::npos;
    node = child_of(way_.back(), plain ? name : std::string_view(pointer_token(name)).substr(1));
  }
  way_.push_back(node);
  if (node == nowhere) return;
  nodes_[node].place = {offset, offset};
  nodes_[node].found = true;
}

void Recorder::enter_item(std::size_t index, std::size_t offset) {
  const bool wanted = way_.back() != nowhere && !nodes_[way_.back()].children.empty();
  if (wanted) {
    enter_member(std::to_string(index), offset);
  } else {
    way_.push_back(nowhere);
  }
}

void Recorder::leave() { way_.pop_back(); }

Recorder::Place Recorder::find(const std::string& pointer) const {
  std::size_t node = 0;
  each_token(pointer, [&](std::string_view token) {
    const std::size_t next = child_of(node, token);
    if (next == nowhere || !nodes_[next].found) return false;
    node = next;
    return true;
  });
  return nodes_[node].place;
}

}  // namespace fairlead::jsonc
