#include "engine/ready_unison.hpp"

#include <fairlead/error.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <functional>
#include <set>

namespace fairlead {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::seconds patience{5};
constexpr std::chrono::milliseconds look_interval{5};

/// Changes with every file there: another run has been.
std::string state_of(const fs::path& folder) {
  std::set<std::string> lines;
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    struct stat info {};
    if (::stat(it->path().c_str(), &info) != 0 || !S_ISREG(info.st_mode)) continue;
    lines.insert(it->path().filename().string() + ' ' + std::to_string(info.st_ino) + ' ' +
                 std::to_string(info.st_mtim.tv_sec) + '.' + std::to_string(info.st_mtim.tv_nsec));
  }
  std::string text;
  for (const auto& line : lines) text += line + '\n';
  return text;
}

/// The gate is a FIFO: the program behind which Unison waits reads from it. Only who follows
/// changes has one.
fs::path new_gate(const SyncRecord& record) {
  auto gate = record.gate();
  ::unlink(gate.c_str());  // of one that was killed
  if (::mkfifo(gate.c_str(), S_IRUSR | S_IWUSR) != 0) return {};
  return gate;
}

/// Whether somebody waited there.
bool open_gate(const fs::path& gate) {
  const UniqueFd fd(::open(gate.c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC));
  return fd && ::write(fd.get(), "", 1) == 1;
}

}  // namespace

ReadyUnison::ReadyUnison(const SyncRun& run, const IgnoreRules& rules)
    : run_(run),
      words_(unison_words(run, rules)),
      remembered_(state_of(run.record.unison_folder())),
      gate_(new_gate(run.record)) {
  if (gate_.empty()) return;
  said_ = std::async(std::launch::async, [this] {
    return start_sync_program(run_, words_, end_.get_token(),
                              {.input = {}, .more = {{"FLSHELL_GATE", gate_.string()}}});
  });
}

ReadyUnison::~ReadyUnison() {
  end_.request_stop();
  if (said_.valid()) said_.wait();
  if (!gate_.empty()) ::unlink(gate_.c_str());
}

bool ReadyUnison::pass_gate(const std::stop_token& stop) const {
  // Another run would have to come as far first, and began later.
  const auto end = std::chrono::steady_clock::now() + patience;
  while (!open_gate(gate_)) {
    const bool ended = said_.wait_for(look_interval) == std::future_status::ready;
    if (ended || stop.stop_requested() || std::chrono::steady_clock::now() > end) return false;
  }
  return true;
}

std::optional<Captured> ReadyUnison::go_on(const IgnoreRules& rules, const std::stop_token& stop) {
  if (!said_.valid() || words_ != unison_words(run_, rules)) return {};
  if (remembered_ != state_of(run_.record.unison_folder()) || !pass_gate(stop)) return {};
  const std::stop_callback on_stop(stop, [this] { end_.request_stop(); });
  return said_.get();
}

}  // namespace fairlead
