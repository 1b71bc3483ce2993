#include "base/text.hpp"
#include "spec/container_values.hpp"

#include <charconv>
#include <cmath>
#include <limits>
#include <string>

namespace fairlead {
namespace {

std::optional<std::uint64_t> read_size(const Values& values, std::string_view name) {
  const std::string text = values.text(name);
  const Json* given = values.get(name);
  if (given == nullptr || !given->is_string()) return std::nullopt;
  if (text.empty() && values.mode() == Mode::drop_in) return std::nullopt;
  const auto size = parse_size(text);
  if (size && values.wants_advice() && to_lower(text) != text) {
    values.warn(name, "config.form", "units are written in lower case", "write " + to_lower(text));
  } else if (!size && values.settled(text)) {
    values.fault(name, '"' + std::string(name) +
                           "\" must be a whole number with kb, mb, gb or tb, not \"" + text + '"');
  }
  return size;
}

std::optional<double> read_count(const Values& values, std::string_view name) {
  const Json* value = values.get(name);
  if (value == nullptr) return std::nullopt;
  if (!value->is_number()) {
    if (!value->is_null() || values.mode() == Mode::fairlead) {
      values.wrong_type(values.pointer(name), '"' + std::string(name) + '"', "a whole number",
                        *value);
    }
    return std::nullopt;
  }
  const double count = value->get<double>();
  if (values.mode() == Mode::fairlead && (count < 1 || count != std::floor(count))) {
    values.fault(name, '"' + std::string(name) + "\" must be a whole number from 1 up");
    return std::nullopt;
  }
  return count;
}

void read_gpu(const Values& values, HostRequirements& out) {
  const Json* gpu = values.get("gpu");
  if (gpu == nullptr || (gpu->is_null() && values.mode() == Mode::drop_in)) return;
  if (gpu->is_boolean()) {
    out.gpu = gpu->get<bool>();
  } else if (gpu->is_string() && gpu->get<std::string>() == "optional") {
    out.gpu = true;
    out.gpu_optional = true;
  } else if (const Json* object = gpu->is_object() ? values.object("gpu") : nullptr) {
    out.gpu = true;
    const Values inner = values.below("gpu", *object);
    inner.only({"cores", "memory"}, "\"gpu\"");
    out.gpu_cores = read_count(inner, "cores");
    out.gpu_memory_bytes = read_size(inner, "memory");
  } else if (!gpu->is_string() || values.settled(gpu->get<std::string>())) {
    values.fault("gpu", "\"gpu\" must be true, false, \"optional\" or an object");
  }
}

}  // namespace

std::optional<std::uint64_t> parse_size(std::string_view text) {
  std::uint64_t number = 0;
  const auto end = std::from_chars(text.data(), text.data() + text.size(), number);
  if (end.ec != std::errc()) return std::nullopt;
  const std::string unit = to_lower(text.substr(static_cast<std::size_t>(end.ptr - text.data())));
  unsigned shift = 0;
  if (unit == "kb") {
    shift = 10;
  } else if (unit == "mb") {
    shift = 20;
  } else if (unit == "gb") {
    shift = 30;
  } else if (unit == "tb") {
    shift = 40;
  } else if (!unit.empty()) {
    return std::nullopt;
  }
  if (number > (std::numeric_limits<std::uint64_t>::max() >> shift)) return std::nullopt;
  return number << shift;
}

HostRequirements read_host_requirements(const Values& values) {
  values.only({"cpus", "memory", "storage", "gpu"}, "\"hostRequirements\"");
  HostRequirements out;
  out.cpus = read_count(values, "cpus");
  out.memory_bytes = read_size(values, "memory");
  out.storage_bytes = read_size(values, "storage");
  read_gpu(values, out);
  return out;
}

}  // namespace fairlead
