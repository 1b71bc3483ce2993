#pragma once

#include <string>
#include <string_view>
#include <vector>

/// Changes to a person's own settings file that leave everything else in it as it is: comments,
/// order, spaces.
namespace fairlead {

/// `document` with `item` at the end of the list `key`. A list that is not there yet is put at the
/// top, with `before` in front of the item. An item that is there stays alone. Throws
/// settings.syntax, and settings.type when `key` is no list of strings.
std::string with_item(const std::string& document, const std::string& key, const std::string& item,
                      const std::vector<std::string>& before, const std::string& file);

/// `document` without `item` in the list `key`; the same text when it is not in it. Throws as
/// above.
std::string without_item(const std::string& document, const std::string& key,
                         const std::string& item, const std::string& file);

}  // namespace fairlead
