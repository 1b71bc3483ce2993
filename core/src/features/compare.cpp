#include "base/text.hpp"
#include "features/collation.hpp"
#include "features/order.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <optional>

namespace fairlead {
namespace {

using Json = nlohmann::ordered_json;

int sign(bool less) { return less ? -1 : 1; }

int compare_values(const Json& a, const Json& b) {
  if (a.is_string() && b.is_string()) {
    return compare_collated(a.get_ref<const std::string&>(), b.get_ref<const std::string&>());
  }
  if (a == b) return 0;
  if (a.type() != b.type()) return compare_collated(a.type_name(), b.type_name());
  return sign(a < b);
}

std::vector<std::string> sorted_keys(const Json& object) {
  std::vector<std::string> keys;
  for (const auto& item : object.items()) keys.push_back(item.key());
  std::sort(keys.begin(), keys.end());
  return keys;
}

// FEAT-046.
int compare_objects(const Json& a, const Json& b, FeatureSorting sorting) {
  if (a.size() != b.size()) {
    return sign((a.size() < b.size()) == (sorting == FeatureSorting::reference_cli));
  }
  const auto keys_a = sorted_keys(a);
  const auto keys_b = sorted_keys(b);
  for (std::size_t i = 0; i < keys_a.size(); ++i) {
    if (keys_a[i] != keys_b[i]) return compare_collated(keys_a[i], keys_b[i]);
    if (const int by_value = compare_values(a[keys_a[i]], b[keys_b[i]])) return by_value;
  }
  return 0;
}

int compare_options(const Json& a, const Json& b, FeatureSorting sorting) {
  if (a.is_object() && b.is_object()) return compare_objects(a, b, sorting);
  return compare_values(a, b);
}

std::vector<std::string> names_of(const FeatureSource& source) {
  if (!source.aliases.empty()) return source.aliases;
  return {source.reference.name};
}

bool share_a_name(const FeatureSource& a, const FeatureSource& b) {
  const auto names_a = names_of(a);
  const auto names_b = names_of(b);
  return std::find_first_of(names_a.begin(), names_a.end(), names_b.begin(), names_b.end()) !=
         names_a.end();
}

std::optional<std::vector<unsigned long>> version_numbers(const std::string& tag) {
  std::vector<unsigned long> numbers;
  for (const std::string_view part : split(tag, '.')) {
    unsigned long number = 0;
    const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), number);
    if (part.empty() || error != std::errc() || end != part.data() + part.size()) {
      return std::nullopt;
    }
    numbers.push_back(number);
  }
  return numbers;
}

// FEAT-045: oldest to newest, "latest" newest; other words as text in between.
int compare_tags(const std::string& a, const std::string& b, FeatureSorting sorting) {
  if (a.empty() || b.empty() || a == b) return 0;
  if (sorting == FeatureSorting::reference_cli) return compare_collated(a, b);
  if (a == "latest" || b == "latest") return sign(b == "latest");
  const auto numbers_a = version_numbers(a);
  const auto numbers_b = version_numbers(b);
  if (numbers_a && numbers_b && *numbers_a != *numbers_b) return sign(*numbers_a < *numbers_b);
  if (numbers_a.has_value() != numbers_b.has_value()) return sign(numbers_a.has_value());
  return compare_collated(a, b);
}

int compare_oci(const FeatureRequest& a, const FeatureRequest& b, FeatureSorting sorting) {
  const FeatureReference& ref_a = a.source.reference;
  const FeatureReference& ref_b = b.source.reference;
  const int by_options = compare_options(*a.options, *b.options, sorting);
  if (a.source.digest == b.source.digest && by_options == 0) return 0;
  if (const int by_space =
          compare_collated(ref_a.registry + "/" + ref_a.space, ref_b.registry + "/" + ref_b.space))
    return by_space;
  if (!share_a_name(a.source, b.source)) return compare_collated(ref_a.name, ref_b.name);
  if (const int by_tag = compare_tags(ref_a.tag, ref_b.tag, sorting)) return by_tag;
  if (by_options != 0) return by_options;
  return compare_collated(a.source.digest, b.source.digest);
}

}  // namespace

int compare_features(const FeatureRequest& a, const FeatureRequest& b, FeatureSorting sorting) {
  const FeatureKind kind = a.source.reference.kind;
  if (kind != b.source.reference.kind) {
    return compare_collated(a.source.reference.id, b.source.reference.id);
  }
  if (kind == FeatureKind::oci) return compare_oci(a, b, sorting);
  if (const int by_location = compare_collated(a.source.location, b.source.location)) {
    return by_location;
  }
  return compare_options(*a.options, *b.options, sorting);
}

bool same_feature(const FeatureRequest& a, const FeatureRequest& b, FeatureSorting sorting) {
  const FeatureKind kind = a.source.reference.kind;
  if (kind != b.source.reference.kind) return false;
  // The specification compares archives by content, the reference CLI by address (FEAT-042).
  const bool same_archive = kind == FeatureKind::tarball &&
                            sorting == FeatureSorting::specification && !a.source.digest.empty() &&
                            a.source.digest == b.source.digest;
  if (same_archive) return compare_options(*a.options, *b.options, sorting) == 0;
  return compare_features(a, b, sorting) == 0;
}

}  // namespace fairlead
