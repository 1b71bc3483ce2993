#include "exec_end.hpp"

#include <fairlead/engine/processes.hpp>
#include <fairlead/error.hpp>

namespace fairlead::engine {
namespace {

/// Longer commands are asked about.
constexpr std::chrono::hours longest{24 * 7};

}  // namespace

ExecEnd::ExecEnd(Client& client, const std::string& instance, std::string exec)
    : exec_(std::move(exec)),
      call_(longest),
      thread_([this, &client, instance] { listen(client, instance); }) {}

ExecEnd::~ExecEnd() {
  call_.end();
  thread_.join();
}

std::optional<int> ExecEnd::exit_code(std::chrono::milliseconds patience) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, patience, [this] { return over_; });
  return exit_code_;
}

void ExecEnd::listen(Client& client, const std::string& instance) {
  try {
    std::string rest;
    client.stream({{.target = exec_ends_target(instance)}, {SubjectKind::instance, instance}},
                  call_.call(), [&](std::string_view bytes) {
                    rest += bytes;
                    for (auto end = rest.find('\n'); end != std::string::npos;
                         end = rest.find('\n')) {
                      if (take(std::string_view(rest).substr(0, end))) return false;
                      rest.erase(0, end + 1);
                    }
                    return true;
                  });
  } catch (const std::exception&) {  // nothing is announced, then
  }
  const std::lock_guard lock(mutex_);
  over_ = true;
  changed_.notify_all();
}

bool ExecEnd::take(std::string_view line) {
  const auto code = exec_end_from(line, exec_);
  if (!code) return false;
  const std::lock_guard lock(mutex_);
  exit_code_ = code;
  return true;
}

}  // namespace fairlead::engine
