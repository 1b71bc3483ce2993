#include "run_args.hpp"

#include <algorithm>
#include <array>

/// Flags of docker run about limits, devices and logs.
namespace fairlead::engine {
namespace {

template <const char* key>
void bytes(Draft& draft, const std::string& value) {
  draft.host[key] = parse_bytes(value);
}
template <const char* key>
void integer(Draft& draft, const std::string& value) {
  draft.host[key] = parse_integer(value);
}
template <const char* key>
void text(Draft& draft, const std::string& value) {
  draft.host[key] = value;
}
template <const char* key>
void append(Draft& draft, const std::string& value) {
  draft.host[key].push_back(value);
}

/// "PATH:RATE"
std::pair<std::string, std::string> device_and_rate(const std::string& value) {
  const auto colon = value.rfind(':');
  if (colon == std::string::npos || !value.starts_with("/dev/")) {
    throw BadValue{"it is not a device and a number, as in /dev/sda:1mb"};
  }
  return {value.substr(0, colon), value.substr(colon + 1)};
}
template <const char* key>
void byte_rate(Draft& draft, const std::string& value) {
  const auto [device, rate] = device_and_rate(value);
  draft.host[key].push_back({{"Path", device}, {"Rate", parse_bytes(rate)}});
}
template <const char* key>
void count_rate(Draft& draft, const std::string& value) {
  const auto [device, rate] = device_and_rate(value);
  draft.host[key].push_back({{"Path", device}, {"Rate", parse_integer(rate)}});
}

namespace key {
constexpr char memory[] = "Memory", reservation[] = "MemoryReservation", shm[] = "ShmSize";
constexpr char kernel_memory[] = "KernelMemory", shares[] = "CpuShares", period[] = "CpuPeriod";
constexpr char quota[] = "CpuQuota", rt_period[] = "CpuRealtimePeriod";
constexpr char rt_runtime[] = "CpuRealtimeRuntime", cpus[] = "CpusetCpus", mems[] = "CpusetMems";
constexpr char swappiness[] = "MemorySwappiness", weight[] = "BlkioWeight", pids[] = "PidsLimit";
constexpr char oom_score[] = "OomScoreAdj", cgroup_parent[] = "CgroupParent";
constexpr char cpu_count[] = "CpuCount", cpu_percent[] = "CpuPercent";
constexpr char max_iops[] = "IOMaximumIOps", max_bandwidth[] = "IOMaximumBandwidth";
constexpr char read_bps[] = "BlkioDeviceReadBps", write_bps[] = "BlkioDeviceWriteBps";
constexpr char read_iops[] = "BlkioDeviceReadIOps", write_iops[] = "BlkioDeviceWriteIOps";
constexpr char device_rule[] = "DeviceCgroupRules";
}  // namespace key

void memory_swap(Draft& draft, const std::string& value) {
  draft.host["MemorySwap"] = value == "-1" ? -1 : parse_bytes(value);
}

void nano_cpus(Draft& draft, const std::string& value) {
  draft.host["NanoCpus"] = parse_nanocpus(value);
}

void oom_kill_disable(Draft& draft, const std::string& value) {
  draft.host["OomKillDisable"] = parse_boolean(value);
}

void weight_device(Draft& draft, const std::string& value) {
  const auto [device, weight] = device_and_rate(value);
  draft.host["BlkioWeightDevice"].push_back({{"Path", device}, {"Weight", parse_integer(weight)}});
}

/// "name=soft[:hard]"; one of a name, the last.
void ulimit(Draft& draft, const std::string& value) {
  const auto [name, limits] = split_pair(value);
  const auto parts = split(limits, ':');
  if (name.empty() || limits.empty() || parts.size() > 2) {
    throw BadValue{"it is not name=soft[:hard]"};
  }
  const auto number = [](const std::string& word) {
    return word == "unlimited" ? -1 : parse_integer(word);
  };
  const Json entry = {
      {"Name", name}, {"Soft", number(parts.front())}, {"Hard", number(parts.back())}};
  auto& all = draft.host["Ulimits"];
  for (auto& each : all) {
    if (each["Name"] == name) {
      each = entry;
      return;
    }
  }
  all.push_back(entry);
}

bool is_device_mode(std::string_view word) {
  return !word.empty() && word.size() <= 3 &&
         word.find_first_not_of("rwm") == std::string_view::npos;
}

/// "/dev/x[:/dev/y][:rwm]", or a CDI name, "vendor.com/class=name".
void device(Draft& draft, const std::string& value) {
  if (!value.starts_with('/') && value.find('=') != std::string::npos) {
    auto& requests = draft.host["DeviceRequests"];
    for (auto& each : requests) {
      if (text_of(each, "Driver") == "cdi") return each["DeviceIDs"].push_back(value);
    }
    requests.push_back({{"Driver", "cdi"}, {"DeviceIDs", {value}}});
    return;
  }
  const auto parts = split(value, ':');
  if (parts.size() > 3 || parts[0].empty()) throw BadValue{"it is not a device such as /dev/fuse"};
  Json entry = {
      {"PathOnHost", parts[0]}, {"PathInContainer", parts[0]}, {"CgroupPermissions", "rwm"}};
  if (parts.size() == 2 && is_device_mode(parts[1])) {
    entry["CgroupPermissions"] = parts[1];
  } else if (parts.size() >= 2) {
    entry["PathInContainer"] = parts[1];
  }
  if (parts.size() == 3) {
    if (!is_device_mode(parts[2])) throw BadValue{"'" + parts[2] + "' is not a mode such as rwm"};
    entry["CgroupPermissions"] = parts[2];
  }
  draft.host["Devices"].push_back(entry);
}

void gpus(Draft& draft, const std::string& value) { request_gpus(draft, value); }

void log_driver(Draft& draft, const std::string& value) { draft.host["LogConfig"]["Type"] = value; }

void log_option(Draft& draft, const std::string& value) {
  auto [name, text] = split_pair(value);
  draft.host["LogConfig"]["Config"][name] = text;
}

constexpr std::array flags{
    RunFlag{"memory", 'm', false, bytes<key::memory>},
    RunFlag{"memory-reservation", 0, false, bytes<key::reservation>},
    RunFlag{"memory-swap", 0, false, memory_swap},
    RunFlag{"memory-swappiness", 0, false, integer<key::swappiness>},
    RunFlag{"kernel-memory", 0, false, bytes<key::kernel_memory>},
    RunFlag{"shm-size", 0, false, bytes<key::shm>},
    RunFlag{"cpus", 0, false, nano_cpus},
    RunFlag{"cpu-shares", 'c', false, integer<key::shares>},
    RunFlag{"cpu-period", 0, false, integer<key::period>},
    RunFlag{"cpu-quota", 0, false, integer<key::quota>},
    RunFlag{"cpu-rt-period", 0, false, integer<key::rt_period>},
    RunFlag{"cpu-rt-runtime", 0, false, integer<key::rt_runtime>},
    RunFlag{"cpuset-cpus", 0, false, text<key::cpus>},
    RunFlag{"cpuset-mems", 0, false, text<key::mems>},
    RunFlag{"cpu-count", 0, false, integer<key::cpu_count>},
    RunFlag{"cpu-percent", 0, false, integer<key::cpu_percent>},
    RunFlag{"io-maxiops", 0, false, integer<key::max_iops>},
    RunFlag{"io-maxbandwidth", 0, false, bytes<key::max_bandwidth>},
    RunFlag{"blkio-weight", 0, false, integer<key::weight>},
    RunFlag{"blkio-weight-device", 0, false, weight_device},
    RunFlag{"device-read-bps", 0, false, byte_rate<key::read_bps>},
    RunFlag{"device-write-bps", 0, false, byte_rate<key::write_bps>},
    RunFlag{"device-read-iops", 0, false, count_rate<key::read_iops>},
    RunFlag{"device-write-iops", 0, false, count_rate<key::write_iops>},
    RunFlag{"device-cgroup-rule", 0, false, append<key::device_rule>},
    RunFlag{"device", 0, false, device},
    RunFlag{"gpus", 0, false, gpus},
    RunFlag{"ulimit", 0, false, ulimit},
    RunFlag{"pids-limit", 0, false, integer<key::pids>},
    RunFlag{"oom-kill-disable", 0, true, oom_kill_disable},
    RunFlag{"oom-score-adj", 0, false, integer<key::oom_score>},
    RunFlag{"cgroup-parent", 0, false, text<key::cgroup_parent>},
    RunFlag{"log-driver", 0, false, log_driver},
    RunFlag{"log-opt", 0, false, log_option},
};

}  // namespace

/// "all", a number, or CSV of device=, driver=, capabilities=, options=, count=.
void request_gpus(Draft& draft, const std::string& value) {
  Json request = {
      {"Driver", ""}, {"Count", 0}, {"DeviceIDs", nullptr}, {"Options", Json::object()}};
  auto capabilities = Json::array({"gpu"});
  const auto count = [](const std::string& word) {
    return word == "all" ? -1 : parse_integer(word);
  };
  bool named_devices = false;
  bool counted = false;
  for (const auto& field : split_csv(value)) {
    auto [name, text] = split_pair(field);
    if (field.find('=') == std::string::npos) {
      request["Count"] = count(field);
      counted = true;
    } else if (name == "count") {
      request["Count"] = count(text);
      counted = true;
    } else if (name == "driver") {
      request["Driver"] = text;
    } else if (name == "device") {
      request["DeviceIDs"] = split(text, ',');
      named_devices = true;
    } else if (name == "capabilities") {
      capabilities = split(text, ',');
      if (std::find(capabilities.begin(), capabilities.end(), "gpu") == capabilities.end()) {
        capabilities.push_back("gpu");
      }
    } else if (name == "options") {
      for (const auto& option : split_csv(text)) {
        auto [key_name, key_value] = split_pair(option);
        request["Options"][key_name] = key_value;
      }
    } else {
      throw BadValue{"'" + name + "' is not a key of a GPU request"};
    }
  }
  if (!counted && !named_devices) request["Count"] = 1;
  request["Capabilities"] = Json::array({capabilities});
  draft.host["DeviceRequests"].push_back(request);
}

std::span<const RunFlag> resource_flags() { return flags; }

}  // namespace fairlead::engine
