#include "compose.hpp"

/// Images that the core pulled with the user's credentials, which Compose may not have.
namespace fairlead::compose {

Empty ComposeBackend::pull_image(const PullImageRequest& request, sdk::Call& call) {
  const auto reply = EngineBackend::pull_image(request, call);
  const std::lock_guard lock(mutex_);
  pulled_.insert(request.image);
  return reply;
}

// v1 knows no policy.
std::vector<std::string> ComposeBackend::pulled_services(const Evaluation& e) {
  std::vector<std::string> names;
  const std::lock_guard lock(mutex_);
  for (const auto& image : e.reply.images) {
    const bool again = e.tool.major() >= 2 && image.pull == "always";
    if (again && !image.image.empty() && pulled_.contains(image.image))
      names.push_back(image.service);
  }
  return names;
}

}  // namespace fairlead::compose
