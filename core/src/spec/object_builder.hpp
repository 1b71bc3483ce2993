#pragma once

#include "spec/json_access.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace fairlead {

/// Builds an object whose members are looked up by name over and over: ordered_json itself goes
/// through all of them each time.
class ObjectBuilder {
 public:
  ObjectBuilder() = default;
  /// Begins with the members of `object`; with none when it is no object.
  explicit ObjectBuilder(const Json& object);

  /// As `set_member`.
  void set(std::string_view name, Json value);
  /// The member; null when there is none. Valid until the next change.
  Json* find(std::string_view name);
  Json take();

 private:
  std::vector<std::pair<std::string, Json>> members_;
  std::unordered_map<std::string, std::size_t> places_;
};

}  // namespace fairlead
