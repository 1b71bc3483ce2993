#include "features/oci_reference.hpp"

#include "base/text.hpp"

#include <fairlead/error.hpp>

#include <algorithm>
#include <vector>

namespace fairlead {
namespace {

bool is_alphanumeric(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

bool is_word(char c) { return is_alphanumeric(c) || (c >= 'A' && c <= 'Z') || c == '_'; }

// Between two runs of letters and digits: one of '.', '_', '__', or any number of '-'.
bool is_separator(std::string_view text) {
  return text == "." || text == "_" || text == "__" ||
         text.find_first_not_of('-') == std::string_view::npos;
}

bool is_component(std::string_view text) {
  if (text.empty() || !is_alphanumeric(text.front()) || !is_alphanumeric(text.back())) return false;
  for (std::size_t i = 0; i < text.size();) {
    std::size_t end = i;
    while (end < text.size() && !is_alphanumeric(text[end])) ++end;
    if (end > i && !is_separator(text.substr(i, end - i))) return false;
    i = end + 1;
  }
  return true;
}

bool is_host(std::string_view text) {
  return !text.empty() && text.front() != '.' && text.front() != '-' &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return is_alphanumeric(c) || c == '.' || c == '-' || c == ':' || c == '[' || c == ']';
         });
}

Error malformed(std::string_view text, const std::string& why) {
  return Error(Status::invalid, "registry.reference",
               "'" + std::string(text) + "' does not name anything in a registry: " + why,
               "It is written 'registry/namespace/name[:version]' or '…@sha256:<64 digits>'.");
}

void split_version(std::string_view text, std::string_view& rest, OciReference& result) {
  if (const auto at = rest.find('@'); at != std::string_view::npos) {
    result.digest = rest.substr(at + 1);
    if (!is_oci_digest(result.digest)) {
      throw malformed(text, "its digest is not 'sha256:' and 64 digits");
    }
    rest = rest.substr(0, at);
  }
  const auto colon = rest.rfind(':');
  const auto slash = rest.rfind('/');
  if (colon != std::string_view::npos && slash != std::string_view::npos && colon > slash) {
    const auto tag = rest.substr(colon + 1);
    if (!is_oci_tag(tag)) throw malformed(text, "'" + std::string(tag) + "' is not a version");
    if (result.digest.empty()) result.tag = tag;
    rest = rest.substr(0, colon);
  } else if (result.digest.empty()) {
    result.tag = "latest";
  }
}

}  // namespace

std::string OciReference::text() const {
  return name() + (digest.empty() ? ':' + tag : '@' + digest);
}

bool is_repository_path(std::string_view text) {
  const auto parts = split(text, '/');
  return std::all_of(parts.begin(), parts.end(), is_component);
}

bool is_oci_tag(std::string_view text) {
  return !text.empty() && text.size() <= 128 && is_word(text.front()) &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return is_word(c) || c == '.' || c == '-'; });
}

bool is_oci_digest(std::string_view text) {
  constexpr std::string_view prefix = "sha256:";
  return text.size() == prefix.size() + 64 && text.starts_with(prefix) &&
         text.find_first_not_of("0123456789abcdef", prefix.size()) == std::string_view::npos;
}

OciReference parse_oci_reference(std::string_view text) {
  OciReference result;
  std::string_view rest = text;
  split_version(text, rest, result);
  const std::string lower = to_lower(rest);
  const auto slash = lower.find('/');
  if (slash == std::string::npos) throw malformed(text, "registry or name is missing");
  result.registry = lower.substr(0, slash);
  result.repository = lower.substr(slash + 1);
  if (!is_host(result.registry)) throw malformed(text, "'" + result.registry + "' is no registry");
  if (!is_repository_path(result.repository)) {
    throw malformed(text, "'" + result.repository + "' is no name");
  }
  return result;
}

}  // namespace fairlead
