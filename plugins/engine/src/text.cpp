#include <fairlead/engine/text.hpp>

namespace fairlead::engine {

std::string last_line(std::string_view output) {
  const auto end = output.find_last_not_of(" \r\n\t");
  if (end == std::string::npos) return {};
  const auto before = output.rfind('\n', end);
  const auto start = before == std::string::npos ? 0 : before + 1;
  return std::string(output.substr(start, end + 1 - start));
}

std::string variable(const Environment& environment, const char* name) {
  const auto found = environment.find(name);
  return found == environment.end() ? std::string() : found->second;
}

std::string whole_name(const std::string& image) {
  const auto slash = image.find('/');
  const auto first = image.substr(0, slash);
  if (slash == std::string::npos) return "docker.io/library/" + image;
  const bool is_host = first.find_first_of(".:") != std::string::npos || first == "localhost";
  return is_host ? image : "docker.io/" + image;
}

}  // namespace fairlead::engine
