#pragma once

#include <string>
#include <string_view>

namespace fairlead {

/// How several contributors' values of one property become one.
enum class MergeRule {
  last,            ///< the last value
  last_truthy,     ///< the last value that is not empty
  last_boolean,    ///< the last true or false
  any_true,        ///< true when one says so
  all,             ///< every value, in order
  list,            ///< the items of all, in order
  set,             ///< the items of all without repetitions
  ports,           ///< the same, where n and "localhost:n" are one
  mounts,          ///< of one target the last
  members,         ///< of each member the last
  nested_members,  ///< the same inside members that are objects
  customizations,  ///< each tool gets all
  maximum,         ///< of each member the greatest
};

/// The rule of a top-level property; what is not in the table follows `last`. IMG-011..026; for
/// what the specification leaves to devcontainer.json alone it is how an overlay changes a file
/// (docs/explain.md).
MergeRule merge_rule(std::string_view property);

/// Whether images and features may say it too (IMG-008, 009), or only devcontainer.json (IMG-026).
bool is_metadata_property(std::string_view property);

/// The rule in words: "the last value counts".
std::string_view rule_text(MergeRule rule);

/// The value that counts when nobody says one, as JSON text or in words; "" where there is none.
std::string_view default_text(std::string_view property);

}  // namespace fairlead
