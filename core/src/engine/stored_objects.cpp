#include "engine/stored_objects.hpp"

#include "engine/deadlines.hpp"

#include <fairlead/error.hpp>

namespace fairlead {

bool is_anonymous(const std::string& volume) {
  return volume.size() == 64 && volume.find_first_not_of("0123456789abcdef") == std::string::npos;
}

bool remove_object(Core& core, Backend& backend, const RemoveObjectRequest& request,
                   const std::stop_token& stop) {
  try {
    backend.remove_object(request, change(stop));
    return true;
  } catch (const Error& error) {
    if (error.status() != Status::conflict) throw;
    core.log().text(LogLevel::warning, request.id + " stays: " + error.message());
    return false;
  }
}

}  // namespace fairlead
