#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// The words of a Dockerfile instruction, as the builder's own small shell reads them.
namespace fairlead::dockerfile {

/// The value of a variable; nullopt: not set.
using Lookup = std::function<std::optional<std::string>(const std::string& name)>;

/// Splits at blanks outside of quotes; quotes and escapes stay in the words.
std::vector<std::string> split_words(std::string_view text, char escape);

/// Removes quotes and escapes and replaces $V, ${V}, ${V:-w}, ${V:+w}, ${V-w} and ${V+w}, nested
/// ones too. Nothing is replaced inside single quotes.
std::string expand(std::string_view word, char escape, const Lookup& lookup);

/// The pairs of `ARG a=1 b`, `ENV a=1 b=2` or the old `ENV a the rest`; no '=': nullopt.
std::vector<std::pair<std::string, std::optional<std::string>>> split_assignments(
    std::string_view text, char escape, bool old_form);

}  // namespace fairlead::dockerfile
