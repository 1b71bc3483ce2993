#pragma once

#include "spec/json_access.hpp"

#include <string>
#include <utility>
#include <vector>

/// What JavaScript makes of values of another kind than its program expects: the drop-in answers
/// with the reference's results, and nothing judges the values before.
namespace fairlead::javascript {

/// The value as a number: "3" and true count, what is no number is NaN. Absent or falsy: 0.
double number_or_zero(const Json* value);

/// The value as text: lists are joined by commas, objects are "[object Object]".
std::string text_of(const Json& value);

/// A number as text, also one that is not finite.
std::string number_text(double number);

/// The items of a list, or the value itself: what `[].concat(value)` adds.
std::vector<const Json*> items_of(const Json& value);

/// The members that for-in and Object.assign see: those of an object, the items of a list and the
/// characters of a text by number; nothing of the rest.
std::vector<std::pair<std::string, Json>> members_of(const Json& value);

}  // namespace fairlead::javascript
