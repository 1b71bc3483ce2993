#include "base/descriptor_limit_of_children.hpp"

#include <fairlead/descriptor_limit.hpp>

namespace fairlead {
namespace {

std::optional<rlimit>& found() {
  static std::optional<rlimit> limit;
  return limit;
}

}  // namespace

void allow_many_descriptors() {
  rlimit limit{};
  if (found() || ::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  auto all = limit;
  all.rlim_cur = all.rlim_max;
  if (::setrlimit(RLIMIT_NOFILE, &all) == 0) found() = limit;
}

std::optional<rlimit> descriptor_limit_of_children() { return found(); }

}  // namespace fairlead
