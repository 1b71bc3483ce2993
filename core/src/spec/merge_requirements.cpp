#include "spec/merge_requirements.hpp"

#include "spec/container_values.hpp"
#include "spec/javascript.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <string>
#include <string_view>
#include <utility>

namespace fairlead {
namespace {

double number_of(const Json* value) {
  return value != nullptr && value->is_number() ? value->get<double>() : 0;
}

std::uint64_t size_of(const Json* value) {
  return value == nullptr ? 0 : parse_size(scalar_text(*value)).value_or(0);
}

Json number_json(double value) {
  const bool whole = std::fabs(value) < 1e15 && value == std::trunc(value);
  return whole ? Json(static_cast<std::int64_t>(value)) : Json(value);
}

/// Members that are objects count with their cores and memory, everything else true with nothing.
Json gpu_maximum(const Json& a, const Json& b) {
  Json out = Json::object();
  const double cores = std::max(number_of(member(a, "cores")), number_of(member(b, "cores")));
  const auto memory = std::max(size_of(member(a, "memory")), size_of(member(b, "memory")));
  if (cores > 0) out["cores"] = number_json(cores);
  if (memory > 0) out["memory"] = std::to_string(memory);
  return out;
}

/// What asks for nothing gives way, also to something absent.
std::optional<Json> merge_gpu(std::optional<Json> a, const Json* b) {
  if (!a || !truthy(&*a)) return b == nullptr ? std::nullopt : std::optional<Json>(*b);
  if (!truthy(b)) return a;
  const bool both_optional = *a == "optional" && *b == "optional";
  return both_optional ? a : std::optional<Json>(gpu_maximum(*a, *b));
}

/// As Math.max: one that is no number spoils them all, and of nothing it is -Infinity.
double javascript_maximum(double a, double b) {
  return std::isnan(a) || std::isnan(b) ? std::numeric_limits<double>::quiet_NaN() : std::max(a, b);
}

/// Units in capitals are no units to the reference, and no size is too large.
double javascript_size(const Json* value) {
  const std::string text = truthy(value) ? javascript::text_of(*value) : "0";
  const auto end = text.find_first_not_of("0123456789");
  if (end == 0 || text.empty()) return 0;
  const double number = std::strtod(text.substr(0, end).c_str(), nullptr);
  if (end == std::string::npos) return number;
  constexpr std::string_view units = "kmgt";
  const auto unit = units.find(text[end]);
  if (unit == std::string_view::npos || text.substr(end + 1) != "b") return 0;
  return std::ldexp(number, static_cast<int>(10 * (unit + 1)));
}

bool asks_in_javascript(const std::optional<Json>& gpu) { return gpu && *gpu != Json(false); }

std::optional<Json> javascript_gpu(std::optional<Json> a, const Json* b) {
  if (!asks_in_javascript(a)) return b == nullptr ? std::nullopt : std::optional<Json>(*b);
  if (b == nullptr || *b == Json(false)) return a;
  if (*a == "optional" && *b == "optional") return a;
  Json out = Json::object();
  const double cores = javascript_maximum(javascript::number_or_zero(member(*a, "cores")),
                                          javascript::number_or_zero(member(*b, "cores")));
  const double memory = javascript_maximum(javascript_size(member(*a, "memory")),
                                           javascript_size(member(*b, "memory")));
  if (cores != 0 && !std::isnan(cores)) out["cores"] = number_json(cores);
  if (memory != 0) out["memory"] = javascript::number_text(memory);
  return out;
}

/// What the reference's arithmetic makes of whatever stands there; edge case 38 where nothing does.
std::optional<Json> javascript_requirements(const std::vector<Json>& entries) {
  double cpus = -std::numeric_limits<double>::infinity();
  double memory = cpus;
  double storage = cpus;
  std::optional<Json> gpu;
  const Json nothing;
  for (const Json& entry : entries) {
    const Json* found = member(entry, "hostRequirements");
    const Json& one = found == nullptr ? nothing : *found;
    cpus = javascript_maximum(cpus, javascript::number_or_zero(member(one, "cpus")));
    memory = javascript_maximum(memory, javascript_size(member(one, "memory")));
    storage = javascript_maximum(storage, javascript_size(member(one, "storage")));
    gpu = javascript_gpu(std::move(gpu), member(one, "gpu"));
  }
  const bool some =
      (cpus != 0 && !std::isnan(cpus)) || memory != 0 || storage != 0 || (gpu && truthy(&*gpu));
  if (!some) return std::nullopt;
  Json out = Json::object();
  out["cpus"] = std::isfinite(cpus) ? number_json(cpus) : Json();
  if (memory != 0) out["memory"] = javascript::number_text(memory);
  if (storage != 0) out["storage"] = javascript::number_text(storage);
  if (gpu) out["gpu"] = *gpu;
  return out;
}

}  // namespace

std::optional<Json> merge_requirements(const std::vector<Json>& entries, Mode mode) {
  if (mode == Mode::drop_in) return javascript_requirements(entries);
  double cpus = 0;
  std::uint64_t memory = 0;
  std::uint64_t storage = 0;
  std::optional<Json> gpu;
  const Json nothing;
  for (const Json& entry : entries) {
    const Json* found = member(entry, "hostRequirements");
    const Json& one = found == nullptr ? nothing : *found;
    cpus = std::max(cpus, number_of(member(one, "cpus")));
    memory = std::max(memory, size_of(member(one, "memory")));
    storage = std::max(storage, size_of(member(one, "storage")));
    gpu = merge_gpu(std::move(gpu), member(one, "gpu"));
  }
  Json out = Json::object();
  const bool some = cpus > 0 || memory > 0 || storage > 0 || (gpu && truthy(&*gpu));
  if (cpus > 0) out["cpus"] = number_json(cpus);
  if (memory > 0) out["memory"] = std::to_string(memory);
  if (storage > 0) out["storage"] = std::to_string(storage);
  if (some && gpu) out["gpu"] = *gpu;
  return out.empty() ? std::nullopt : std::optional<Json>(std::move(out));
}

}  // namespace fairlead
