#include <fairlead/sdk/descriptor_limit.hpp>

#include <nlohmann/json.hpp>

#include <atomic>

namespace fairlead::sdk {
namespace {

std::atomic<std::int64_t>& known() {
  static std::atomic<std::int64_t> limit = 0;
  return limit;
}

}  // namespace

std::int64_t descriptor_limit_of_children() { return known(); }

void note_descriptor_limit(std::string_view configure) {
  const auto said = nlohmann::json::parse(configure, nullptr, false);
  if (!said.is_object()) return;
  const auto found = said.find("descriptors");
  if (found == said.end() || !found->is_number_integer()) return;
  const auto limit = found->get<std::int64_t>();
  if (limit > 0) known() = limit;
}

}  // namespace fairlead::sdk
