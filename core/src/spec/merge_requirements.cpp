#include "spec/merge_requirements.hpp"

#include "base/text.hpp"
#include "spec/container_values.hpp"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

namespace fairlead {
namespace {

double number_of(const Json* value) {
  return value != nullptr && value->is_number() ? value->get<double>() : 0;
}

/// To the reference units in capitals are no units.
std::uint64_t size_of(const Json* value, Mode mode) {
  if (value == nullptr) return 0;
  const std::string text = scalar_text(*value);
  if (mode == Mode::drop_in && to_lower(text) != text) return 0;
  return parse_size(text).value_or(0);
}

Json number_json(double value) {
  return value == static_cast<double>(static_cast<std::int64_t>(value))
             ? Json(static_cast<std::int64_t>(value))
             : Json(value);
}

/// Members that are objects count with their cores and memory, everything else true with nothing.
Json gpu_maximum(const Json& a, const Json& b, Mode mode) {
  Json out = Json::object();
  const double cores = std::max(number_of(member(a, "cores")), number_of(member(b, "cores")));
  const auto memory =
      std::max(size_of(member(a, "memory"), mode), size_of(member(b, "memory"), mode));
  if (cores > 0) out["cores"] = number_json(cores);
  if (memory > 0) out["memory"] = std::to_string(memory);
  return out;
}

/// What asks for nothing gives way, also to something absent.
std::optional<Json> merge_gpu(std::optional<Json> a, const Json* b, Mode mode) {
  if (!a || !truthy(&*a)) return b == nullptr ? std::nullopt : std::optional<Json>(*b);
  if (!truthy(b)) return a;
  const bool both_optional = *a == "optional" && *b == "optional";
  return both_optional ? a : std::optional<Json>(gpu_maximum(*a, *b, mode));
}

Json nothing_in_javascript() {
  Json out = Json::object();
  out["cpus"] = nullptr;
  out["memory"] = "-Infinity";
  out["storage"] = "-Infinity";
  return out;
}

}  // namespace

std::optional<Json> merge_requirements(const std::vector<Json>& entries, Mode mode) {
  if (entries.empty() && mode == Mode::drop_in) return nothing_in_javascript();
  // The reference compares whatever stands there, so that a negative number alone is the largest.
  double cpus = mode == Mode::drop_in ? -std::numeric_limits<double>::infinity() : 0;
  std::uint64_t memory = 0;
  std::uint64_t storage = 0;
  std::optional<Json> gpu;
  const Json nothing;
  for (const Json& entry : entries) {
    const Json* found = member(entry, "hostRequirements");
    const Json& one = found == nullptr ? nothing : *found;
    cpus = std::max(cpus, number_of(member(one, "cpus")));
    memory = std::max(memory, size_of(member(one, "memory"), mode));
    storage = std::max(storage, size_of(member(one, "storage"), mode));
    gpu = merge_gpu(std::move(gpu), member(one, "gpu"), mode);
  }
  Json out = Json::object();
  const bool some = cpus > 0 || (cpus < 0 && mode == Mode::drop_in) || memory > 0 || storage > 0 ||
                    (gpu && truthy(&*gpu));
  if (cpus > 0 || (some && mode == Mode::drop_in)) out["cpus"] = number_json(cpus);
  if (memory > 0) out["memory"] = std::to_string(memory);
  if (storage > 0) out["storage"] = std::to_string(storage);
  if (some && gpu) out["gpu"] = *gpu;
  return out.empty() ? std::nullopt : std::optional<Json>(std::move(out));
}

}  // namespace fairlead
