#include <fairlead/sdk/records.hpp>

#include <array>
#include <cstdio>
#include <ctime>

namespace fairlead::sdk {

bool has_label(const Labels& labels, const std::string& filter) {
  const auto equals = filter.find('=');
  const auto found = labels.find(filter.substr(0, equals));
  if (found == labels.end()) return false;
  return equals == std::string::npos || found->second == filter.substr(equals + 1);
}

std::string rfc3339_now() {
  timespec time{};
  ::clock_gettime(CLOCK_REALTIME, &time);
  std::tm parts{};
  ::gmtime_r(&time.tv_sec, &parts);
  std::array<char, 32> seconds{};
  std::strftime(seconds.data(), seconds.size(), "%Y-%m-%dT%H:%M:%S", &parts);
  std::array<char, 16> fraction{};
  std::snprintf(fraction.data(), fraction.size(), ".%09ldZ", time.tv_nsec);
  return std::string(seconds.data()) + fraction.data();
}

}  // namespace fairlead::sdk
