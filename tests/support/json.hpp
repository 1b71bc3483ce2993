#pragma once

#include <string>
#include <vector>

namespace fairlead::test {

/// The member at a JSON pointer ("/workspace/workspaceFolder"): a string's content, else compact
/// JSON; "" when absent. Throws std::runtime_error, with the text, when `text` is not JSON.
std::string json_at(const std::string& text, const std::string& pointer);

/// The elements of the array at `pointer`, each as `json_at` gives it.
std::vector<std::string> json_items(const std::string& text, const std::string& pointer);

/// `text` as a JSON string literal.
std::string json_quote(const std::string& text);

}  // namespace fairlead::test
