#include "features/missing_offline.hpp"

namespace fairlead {

void MissingOffline::add(const std::string& name, const Error& error) {
  const std::lock_guard lock(mutex_);
  names_.insert(name);
  if (!first_) first_ = error;
}

void MissingOffline::throw_if_any() const {
  const std::lock_guard lock(mutex_);
  if (!first_) return;
  if (names_.size() == 1) throw *first_;
  std::string all;
  for (const std::string& name : names_) all += (all.empty() ? "" : ", ") + name;
  throw Error(Status::not_found, "registry.offline",
              "The cache does not have " + all + ", and nothing may be fetched (offline).",
              first_->hint());
}

}  // namespace fairlead
