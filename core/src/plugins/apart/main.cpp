// fairlead-plugin-host LIBRARY [INTERFACE...]: one instance of a plugin in a process of its own.
// Its standard input is the socket to fairlead; the interfaces are those that fairlead offers to
// it.

#include "plugins/forwarding.hpp"
#include "plugins/library.hpp"
#include "plugins/link.hpp"
#include "plugins/slots.hpp"

#include <fairlead/error.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <mutex>
#include <set>
#include <string>
#include <utility>

namespace fairlead {
namespace {

/// What the plugin sees of fairlead: a core whose services lead back over the link.
class FarCore final : public Forwards {
 public:
  FarCore(PluginLink& link, std::set<std::string> offered)
      : link_(link), offered_(std::move(offered)) {
    for (std::size_t i = 0; i < tables_.size(); ++i) {
      tables_.at(i) = forwarding_table(static_cast<int>(i), ~0U);
    }
    raw_ = {sizeof(fairlead_core), FAIRLEAD_ABI_MAJOR, FAIRLEAD_ABI_MINOR, 0, this,
            &FarCore::log,         &FarCore::service};
  }
  const fairlead_core* raw() const { return &raw_; }

  void forward(int interface, int slot, fairlead_str request,
               const fairlead_call* call) noexcept override {
    if (link_.call(interface, slot, request, call)) return;
    for (std::size_t i = 0; i < call->fd_count; ++i) ::close(call->fds[i]);
    constexpr std::string_view gone = R"({"code":"plugin.gone","message":"fairlead is gone"})";
    call->done(call, FAIRLEAD_UNAVAILABLE, {gone.data(), gone.size()}, nullptr, 0);
  }

 private:
  static void log(const fairlead_core* core, fairlead_level level, fairlead_str text) noexcept {
    static_cast<FarCore*>(core->owner)->link_.log(level, text);
  }
  static fairlead_service service(const fairlead_core* core, const char* id) noexcept {
    auto& me = *static_cast<FarCore*>(core->owner);
    for (std::size_t i = 0; i < me.tables_.size(); ++i) {
      if (interfaces()[i].id == std::string_view(id) && me.offered_.contains(id)) {
        return {static_cast<Forwards*>(&me), &me.tables_.at(i)};
      }
    }
    return {nullptr, nullptr};
  }

  PluginLink& link_;
  const std::set<std::string> offered_;
  std::array<ForwardingTable, 4> tables_;
  fairlead_core raw_{};
};

constexpr std::chrono::seconds patience{5};

/// The end of the plugin, which both the message that asks for it and the loss of the link bring.
class Ending {
 public:
  /// Runs `end`, or waits until it has run elsewhere: nothing that it uses may go meanwhile.
  template <class End>
  void once(End end) {
    std::unique_lock lock(mutex_);
    if (std::exchange(begun_, true)) {
      ended_.wait_for(lock, 2 * patience, [&] { return over_; });
      return;
    }
    lock.unlock();
    end();
    lock.lock();
    over_ = true;
    ended_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable ended_;
  bool begun_ = false;
  bool over_ = false;
};

PluginLink::Target target_of(const fairlead_plugin& entry, void* self, int interface, int slot) {
  if (interface < 0) return {entry.configure, self};
  if (interface >= static_cast<int>(interfaces().size()) || slot < 0) return {};
  const void* table = entry.table(interfaces()[static_cast<std::size_t>(interface)].id);
  if (table == nullptr) return {};
  return {operation_at(table, static_cast<std::size_t>(slot)), self};
}

std::string offer_of(const fairlead_plugin& entry) {
  std::string text = "ok";
  for (const auto& interface : interfaces()) {
    std::uint32_t mask = 0;
    const void* table = entry.table(interface.id);
    for (std::size_t i = 0; table != nullptr && i < interface.names.size(); ++i) {
      if (operation_at(table, i) != nullptr) mask |= 1U << i;
    }
    text += ' ' + std::to_string(mask);
  }
  return text;
}

int serve(const std::string& library, std::set<std::string> offered, UniqueFd socket) {
  const fairlead_plugin* entry = nullptr;
  void* self = nullptr;
  PluginLink::Hooks hooks;
  hooks.find = [&](int interface, int slot) { return target_of(*entry, self, interface, slot); };
  // These three are never destroyed: an operation, or the plugin's end, may not come back.
  PluginLink* link = nullptr;
  auto& ending = *new Ending;
  const auto destroy = [&] {
    ending.once([&] {
      if (link->idle_within(patience)) entry->destroy(self);
    });
  };
  hooks.ending = destroy;
  link = new PluginLink(std::move(socket), std::make_shared<Workers>(), std::move(hooks));
  const auto& core = *new FarCore(*link, std::move(offered));
  try {
    entry = &load_library(library);
    self = entry->create(core.raw());
  } catch (const Error& problem) {
    link->greet(problem.message());
    return 1;
  }
  if (self == nullptr) {
    link->greet("its create function made nothing");
    return 1;
  }
  link->greet(offer_of(*entry));
  link->serve();
  destroy();  // unless it ended in order: fairlead was killed
  return 0;
}

}  // namespace
}  // namespace fairlead

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fputs("usage: fairlead-plugin-host LIBRARY [INTERFACE...] (started by fairlead)\n",
               stderr);
    return 2;
  }
  fairlead::UniqueFd socket(::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3));
  const int nowhere = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) ::dup2(nowhere, stream);
  const int code = fairlead::serve(argv[1], {argv + 2, argv + argc}, std::move(socket));
  // Threads of the plugin's may still run: without destructors.
  ::_exit(code);
}
