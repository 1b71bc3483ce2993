#include "greeting.hpp"

#include <cstdlib>
#include <fstream>

namespace {

std::string variable(const char* name, const char* otherwise) {
  const char* value = std::getenv(name);
  return value != nullptr ? value : otherwise;
}

std::string salutation() {
  std::ifstream file(variable("HELLO_SALUTATION_FILE", ""));
  std::string line;
  return std::getline(file, line) ? line : "Hello";
}

}  // namespace

std::string greeting(const std::string& name) {
  return salutation() + ", " + (name.empty() ? variable("HELLO_NAME", "world") : name) + "!";
}
