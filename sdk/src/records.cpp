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

std::string rfc3339(std::time_t seconds) {
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  std::array<char, 32> text{};
  return {text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts)};
}

std::string rfc3339_now() {
  timespec time{};
  ::clock_gettime(CLOCK_REALTIME, &time);
  std::array<char, 16> fraction{};
  std::snprintf(fraction.data(), fraction.size(), ".%09ldZ", time.tv_nsec);
  auto text = rfc3339(time.tv_sec);
  text.pop_back();
  return text + fraction.data();
}

}  // namespace fairlead::sdk
