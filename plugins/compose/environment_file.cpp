#include "environment_file.hpp"

namespace fairlead::compose {

std::string value_in(std::string_view env_file, std::string_view name) {
  while (!env_file.empty()) {
    const auto end = env_file.find('\n');
    auto line = env_file.substr(0, end);
    env_file.remove_prefix(end == std::string_view::npos ? env_file.size() : end + 1);
    if (!line.starts_with(name) || line.size() <= name.size() || line[name.size()] != '=') continue;
    line.remove_prefix(name.size() + 1);
    const auto start = line.find_first_not_of(" \t\r");
    if (start == std::string_view::npos) continue;
    return std::string(line.substr(start, line.find_last_not_of(" \t\r") - start + 1));
  }
  return {};
}

}  // namespace fairlead::compose
