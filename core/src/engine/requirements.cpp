#include "engine/requirements.hpp"

#include "engine/deadlines.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

namespace fairlead {
namespace {

/// "3.5": without zeros at the end.
std::string number_text(double number) {
  std::array<char, 32> text{};
  const int size = std::snprintf(text.data(), text.size(), "%.1f", number);
  std::string out(text.data(), static_cast<std::size_t>(std::max(size, 0)));
  if (out.size() > 2 && out.compare(out.size() - 2, 2, ".0") == 0) out.resize(out.size() - 2);
  return out;
}

/// "1.5 GiB"; less than one byte in ten of a unit is cut off, so that "has" never looks like
/// enough.
std::string size_text(std::uint64_t bytes) {
  constexpr std::array<const char*, 5> units = {"bytes", "KiB", "MiB", "GiB", "TiB"};
  auto amount = static_cast<double>(bytes);
  std::size_t unit = 0;
  while (amount >= 1024 && unit + 1 < units.size()) {
    amount /= 1024;
    ++unit;
  }
  return number_text(std::floor(amount * 10) / 10) + ' ' + units[unit];
}

std::string sentence(const char* property, const std::string& wanted, const std::string& has) {
  return std::string("hostRequirements.") + property + " asks for " + wanted + "; the host has " +
         has + '.';
}

/// Whether anything is asked for that a host can be asked about.
bool asks(const HostRequirements& needs, bool gpu_missing) {
  return needs.cpus || needs.memory_bytes || needs.storage_bytes || gpu_missing;
}

void report(const Log& log, const std::vector<std::string>& lacks, bool refuse) {
  if (lacks.empty()) return;
  if (!refuse) {
    for (const auto& one : lacks) log.text(LogLevel::warning, one);
    return;
  }
  std::string all;
  for (const auto& one : lacks) all += (all.empty() ? "" : "\n") + one;
  throw Error(Status::unsupported, "host.requirements", all,
              "Choose another host, or set host_requirements to \"warn\" to try it here.");
}

}  // namespace

std::vector<std::string> unmet_requirements(const HostRequirements& needs,
                                            const HostDescription& host) {
  std::vector<std::string> out;
  if (needs.cpus && host.cpus > 0 && *needs.cpus > host.cpus) {
    out.push_back(sentence("cpus", number_text(*needs.cpus), number_text(host.cpus)));
  }
  const std::uint64_t memory = host.memory_bytes + host.memory_bytes / 16;
  if (needs.memory_bytes && host.memory_bytes > 0 && *needs.memory_bytes > memory) {
    out.push_back(sentence("memory", size_text(*needs.memory_bytes), size_text(host.memory_bytes)));
  }
  if (needs.storage_bytes && host.storage_bytes > 0 && *needs.storage_bytes > host.storage_bytes) {
    out.push_back(sentence("storage", size_text(*needs.storage_bytes),
                           size_text(host.storage_bytes) + " left"));
  }
  return out;
}

bool misses_gpu(const HostRequirements& needs, GpuAvailability availability,
                const ProbeReply& probe, Mode mode) {
  if (!needs.gpu || needs.gpu_optional) return false;
  if (availability == GpuAvailability::detect) return !probe.gpu_runtime;
  return availability == GpuAvailability::none && mode == Mode::drop_in;
}

void check_host(Core& core, const Workspace& workspace, const HostRequirements& needs,
                bool gpu_missing, std::vector<std::string>& told, std::stop_token stop) {
  if (core.mode() == Mode::drop_in && gpu_missing) {
    core.log().text(LogLevel::warning,
                    "No GPU support found yet a GPU was required - consider marking it as "
                    "\"optional\"");
  }
  if (core.mode() == Mode::drop_in || !asks(needs, gpu_missing)) return;
  const auto host = core.host(workspace.settings)->describe(question(std::move(stop)));
  auto lacks = unmet_requirements(needs, host);
  if (gpu_missing) {
    lacks.emplace_back("hostRequirements.gpu asks for a GPU; the backend has none to give.");
  }
  std::erase_if(lacks,
                [&](const std::string& one) { return std::ranges::find(told, one) != told.end(); });
  told.insert(told.end(), lacks.begin(), lacks.end());
  report(core.log(), lacks, workspace.settings.text("host_requirements") == "error");
}

}  // namespace fairlead
