#include "base/time.hpp"

#include <cstdio>
#include <ctime>

namespace fairlead {
namespace {

/// "Z", "+01:00"; what is behind the seconds, fractions skipped.
std::optional<std::int64_t> offset_of(const char* zone) {
  if (*zone == '.') {
    ++zone;
    while (*zone >= '0' && *zone <= '9') ++zone;
  }
  if ((*zone == 'Z' || *zone == 'z') && zone[1] == '\0') return 0;
  int hours = 0;
  int minutes = 0;
  int read = 0;
  if ((*zone != '+' && *zone != '-') ||
      std::sscanf(zone + 1, "%2d:%2d%n", &hours, &minutes, &read) != 2 || zone[1 + read] != '\0') {
    return {};
  }
  const std::int64_t offset = hours * 3600 + minutes * 60;
  return *zone == '-' ? -offset : offset;
}

}  // namespace

std::optional<std::int64_t> unix_seconds(const std::string& rfc3339) {
  std::tm parts{};
  const char* zone = ::strptime(rfc3339.c_str(), "%Y-%m-%dT%H:%M:%S", &parts);
  if (zone == nullptr) return {};
  const auto offset = offset_of(zone);
  if (!offset) return {};
  const std::int64_t seconds = ::timegm(&parts) - *offset;
  if (seconds < 0) return {};
  return seconds;
}

std::optional<std::chrono::milliseconds> unix_milliseconds(const std::string& rfc3339) {
  const auto seconds = unix_seconds(rfc3339);
  if (!seconds) return {};
  std::chrono::milliseconds time = std::chrono::seconds(*seconds);
  int weight = 100;
  for (auto at = rfc3339.find('.'); at != std::string::npos && weight > 0; weight /= 10) {
    if (++at == rfc3339.size() || rfc3339[at] < '0' || rfc3339[at] > '9') break;
    time += std::chrono::milliseconds((rfc3339[at] - '0') * weight);
  }
  return time;
}

}  // namespace fairlead
