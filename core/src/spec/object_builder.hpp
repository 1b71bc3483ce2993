#pragma once

#include "spec/json_access.hpp"

#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace fairlead {

/// Builds an object whose members are looked up by name over and over: ordered_json itself goes
/// through all of them each time.
class ObjectBuilder {
 public:
  ObjectBuilder() = default;
  /// Begins with the members of `object`; with none when it is no object.
  explicit ObjectBuilder(const Json& object);
  ObjectBuilder(const ObjectBuilder&) = delete;
  ObjectBuilder& operator=(const ObjectBuilder&) = delete;

  /// As `set_member`.
  void set(std::string_view name, Json value);
  /// The member; null when there is none. Valid until it is set again or all are taken.
  Json* find(std::string_view name);
  Json take();

 private:
  std::deque<std::pair<std::string, Json>> members_;  ///< they stay where they are
  std::unordered_map<std::string_view, Json*> places_;
};

}  // namespace fairlead
