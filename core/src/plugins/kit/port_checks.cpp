#include "plugins/kit/echo_backend.hpp"
#include "plugins/kit/raw_call.hpp"
#include "plugins/kit/subject.hpp"
#include "plugins/library.hpp"

#include <fairlead/model_json.hpp>
#include <fairlead/sdk/plugin.hpp>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <thread>

namespace fairlead::kit {

namespace {

using namespace std::chrono_literals;

/// A forwarder over the backend of ours that echoes, called over the C contract.
class Forwarder {
 public:
  explicit Forwarder(const Setup& setup) {
    const auto offered = manifest_of(setup).interfaces;
    if (std::ranges::find(offered, FAIRLEAD_PORTS_V1) == offered.end()) {
      throw Skipped("it does not offer " FAIRLEAD_PORTS_V1);
    }
    backend_.backend = std::make_unique<EchoBackend>();
    core_ = {sizeof(fairlead_core),
             FAIRLEAD_ABI_MAJOR,
             FAIRLEAD_ABI_MINOR,
             0,
             this,
             [](const fairlead_core*, fairlead_level, fairlead_str) {},
             &Forwarder::service};
    entry_ = &load_library(setup.library);
    self_ = entry_->create(&core_);
    require(self_ != nullptr, "its create function made nothing");
    RawCall configure(entry_->configure, self_, encode(settings_of(setup)));
    require(configure.ended_within(30s) && configure.status() == FAIRLEAD_OK,
            "configure fails: " + configure.body());
    table_ = entry_->table(FAIRLEAD_PORTS_V1);
    require(table_ != nullptr, "it has no table for " FAIRLEAD_PORTS_V1);
  }
  ~Forwarder() {
    if (self_ != nullptr && !left_) entry_->destroy(self_);
  }
  /// An operation still runs: it is not destroyed.
  void leave() const { left_ = true; }
  Forwarder(const Forwarder&) = delete;
  Forwarder& operator=(const Forwarder&) = delete;

  fairlead_op operation(std::size_t index) const {
    const auto found = operation_at(table_, index);
    if (found == nullptr) throw Skipped("it has no such operation");
    return found;
  }
  void* self() const { return self_; }

 private:
  static fairlead_service service(const fairlead_core* core, const char* id) {
    auto& me = *static_cast<Forwarder*>(core->owner);
    if (std::string_view(id) == FAIRLEAD_BACKEND_V1) {
      return {&me.backend_, &sdk::detail::backend_table};
    }
    return me.services_.find(id);
  }

  Services services_{local_host(), nullptr};
  sdk::detail::Instance backend_;
  fairlead_core core_{};
  const fairlead_plugin* entry_ = nullptr;
  void* self_ = nullptr;
  const void* table_ = nullptr;
  mutable bool left_ = false;
};

/// One running forward, and where it listens.
class Forward {
 public:
  Forward(const Forwarder& forwarder, const PortsForwardRequest& request)
      : forwarder_(forwarder), record_(*new Record) {  // outlives a plugin that answers too late
    record_.raw = {sizeof(fairlead_call), record_.cancel.get(), nullptr, 0, &record_,
                   &Forward::on_event,    &Forward::on_done};
    record_.request = encode(request);
    std::thread([op = forwarder.operation(1), self = forwarder.self(), &record = record_] {
      op(self, {record.request.data(), record.request.size()}, &record.raw);
      const std::lock_guard lock(record.mutex);
      record.returned = true;
      record.changed.notify_all();
    }).detach();
  }
  ~Forward() {
    cancel();
    std::unique_lock lock(record_.mutex);
    const auto over = [&] { return record_.ended && record_.returned; };
    if (!record_.changed.wait_for(lock, 30s, over)) forwarder_.leave();
  }
  Forward(const Forward&) = delete;
  Forward& operator=(const Forward&) = delete;

  /// The local port; throws Broken with the failure when there is none.
  int port() {
    std::unique_lock lock(record_.mutex);
    record_.changed.wait_for(lock, 30s, [&] { return !record_.address.empty() || record_.ended; });
    require(!record_.address.empty(), "it does not say where it listens: " + record_.body);
    return std::stoi(record_.address.substr(record_.address.rfind(':') + 1));
  }
  void cancel() {
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(record_.cancel.get(), &one, sizeof one);
  }
  /// Its status, once it has ended; throws Broken when it does not.
  fairlead_status end() {
    std::unique_lock lock(record_.mutex);
    require(record_.changed.wait_for(lock, 30s, [&] { return record_.ended; }),
            "the forward does not end");
    return record_.status;
  }

 private:
  struct Record {
    std::mutex mutex;
    std::condition_variable changed;
    UniqueFd cancel{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
    std::string request;
    fairlead_call raw{};
    std::string address;
    std::string body;
    fairlead_status status = FAIRLEAD_OK;
    bool ended = false;
    bool returned = false;
  };
  static void on_event(const fairlead_call* call, fairlead_str text) noexcept {
    auto& record = *static_cast<Record*>(call->owner);
    const auto event = decode<Event>(std::string_view(text.data, text.size));
    const std::lock_guard lock(record.mutex);
    if (event.started) record.address = *event.started;
    record.changed.notify_all();
  }
  static void on_done(const fairlead_call* call, fairlead_status status, fairlead_str body,
                      const std::int32_t* /*fds*/, std::size_t /*fd_count*/) noexcept {
    auto& record = *static_cast<Record*>(call->owner);
    const std::lock_guard lock(record.mutex);
    record.status = status;
    if (body.size > 0) record.body.assign(body.data, body.size);
    record.ended = true;
    record.changed.notify_all();
  }
  const Forwarder& forwarder_;
  Record& record_;
};

UniqueFd connected(int port) {
  UniqueFd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const timeval limit{30, 0};
  ::setsockopt(fd.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    return {};
  }
  return fd;
}

std::string echoed(int fd, const std::string& bytes) {
  std::thread sender([&] {
    for (std::size_t sent = 0; sent < bytes.size();) {
      const auto some = ::send(fd, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
      if (some <= 0) break;
      sent += static_cast<std::size_t>(some);
    }
    ::shutdown(fd, SHUT_WR);
  });
  std::string back;
  std::string buffer(65536, '\0');
  for (ssize_t got = 0; (got = ::recv(fd, buffer.data(), buffer.size(), 0)) > 0;) {
    back.append(buffer.data(), static_cast<std::size_t>(got));
  }
  sender.join();
  return back;
}

void forwards(const Setup& setup) {
  const Forwarder forwarder(setup);
  Forward forward(forwarder, {.id = "one", .port = EchoBackend::port});
  const auto fd = connected(forward.port());
  require(static_cast<bool>(fd), "nobody listens where it says");
  std::string bytes(1 << 20, '\0');
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(i * 31 + i / 251);
  require(echoed(fd.get(), bytes) == bytes, "1 MiB does not come back as it went, to its end");
}

void many(const Setup& setup) {
  const Forwarder forwarder(setup);
  Forward forward(forwarder, {.id = "one", .port = EchoBackend::port});
  const int port = forward.port();
  std::vector<UniqueFd> open;
  for (int i = 0; i < 32; ++i) open.push_back(connected(port));
  for (const auto& fd : open) {
    require(fd && echoed(fd.get(), "hello") == "hello", "32 connections at once do not work");
  }
}

void ends(const Setup& setup) {
  const Forwarder forwarder(setup);
  Forward forward(forwarder, {.id = "one", .port = EchoBackend::port});
  const int port = forward.port();
  const auto open = connected(port);
  forward.cancel();
  const auto status = forward.end();
  require(status == FAIRLEAD_CANCELLED,
          "a cancelled forward ends with status " + std::to_string(status));
  require(!connected(port), "it listens on after its end");
}

void taken(const Setup& setup) {
  const Forwarder forwarder(setup);
  Forward first(forwarder, {.id = "one", .port = EchoBackend::port});
  PortsForwardRequest request{.id = "one", .port = EchoBackend::port};
  request.local_port = first.port();
  Forward second(forwarder, request);
  require(second.end() != FAIRLEAD_OK, "it forwards from a port that is taken");
}

}  // namespace

void add_port_checks(std::vector<Check>& checks) {
  checks.insert(checks.end(),
                {{"ports.forward", "forwards 1 MiB each way, with the end of the stream", forwards},
                 {"ports.many", "forwards 32 connections at once", many},
                 {"ports.end", "ends a forward that is cancelled and its listener", ends},
                 {"ports.taken", "fails when the local port is taken", taken}});
}

}  // namespace fairlead::kit
