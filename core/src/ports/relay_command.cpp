#include "base/pipe.hpp"
#include "ports/relay_channels.hpp"

#include <fairlead/relay/channel.hpp>
#include <fairlead/relay/requests.hpp>
#include <fairlead/sdk/pump.hpp>

#include <fcntl.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>

namespace fairlead::ports {
namespace {

using relay::FrameType;
using relay::PayloadWriter;
using relay::ResetReason;

constexpr int exit_of_sigpipe = 128 + 13;

int signal_number(std::string name) {
  if (name.starts_with("SIG")) name.erase(0, 3);
  for (int number = 1; number < NSIG; ++number) {
    const auto* known = ::sigabbrev_np(number);
    if (known != nullptr && name == known) return number;
  }
  throw Error(Status::invalid, "exec.signal", "There is no signal '" + name + "'.");
}

/// What is told of a running command, on the session's thread, and waited for on others.
class Running final : public RelayReply, public std::enable_shared_from_this<Running> {
 public:
  class Stream final : public relay::Channel {
   public:
    Stream(relay::Mux& mux, std::uint32_t id, std::shared_ptr<Running> running)
        : Channel(mux, id), running_(std::move(running)) {}

   private:
    bool on_opened() override { return true; }
    void on_done(bool, ResetReason, std::string_view) override { running_->stream_done(); }
    std::shared_ptr<Running> running_;
  };

  /// Our ends of the pipes; -1: none.
  struct Ends {
    UniqueFd in;
    UniqueFd out;
    UniqueFd err;
  };

  void begin(HostMux& mux, const relay::RunRequest& request, bool has_terminal, Ends ends) {
    mux_ = &mux;
    channel_ = mux.next_id();
    const bool together = request.error_channel == relay::with_output;
    const auto errors = has_terminal || together ? 0 : mux.next_id();
    if (mux.ended()) return on_gone();
    open_streams_ = errors == 0 ? 1 : 2;
    auto full = request;
    full.credit = relay::window;
    full.error_channel = together ? relay::with_output : errors;
    PayloadWriter payload;
    relay::write(payload, full);
    mux.listen_for(channel_, shared_from_this());
    mux.send(FrameType::run, channel_, payload);
    auto& stream = mux.add(std::make_unique<Stream>(mux, channel_, shared_from_this()));
    stream.join(ends.in.release(), ends.out.release());
    if (errors == 0) return;
    auto& error_stream = mux.add(std::make_unique<Stream>(mux, errors, shared_from_this()));
    error_stream.sends_nothing();
    error_stream.join(-1, ends.err.release());
  }

  void on_exit(int status) override {
    if (auto* stream = mux_->find(channel_)) stream->end_input();
    mux_->forget(channel_);
    const std::lock_guard lock(mutex_);
    status_ = status;
    changed_.notify_all();
  }
  void on_gone() override {
    const std::lock_guard lock(mutex_);
    gone_ = true;
    changed_.notify_all();
  }
  void stream_done() {
    const std::lock_guard lock(mutex_);
    --open_streams_;
    changed_.notify_all();
  }

  void control(HostMux& mux, FrameType type, const PayloadWriter& payload) {
    if (mux.find(channel_) != nullptr) mux.send(type, channel_, payload);
  }
  void hang_up(HostMux& mux) {
    mux.gave_up();
    if (auto* stream = mux.find(channel_)) stream->reset(ResetReason::reset);
    mux.forget(channel_);
  }

  /// The exit status; none: the relay has gone, or `stop` was requested.
  std::optional<int> wait(const std::stop_token& stop, const std::atomic<bool>& unread) {
    const std::stop_callback wake(stop, [this] { notify(); });
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] {
      return (status_ && open_streams_ == 0) || gone_ || unread || stop.stop_requested();
    });
    if (gone_ || stop.stop_requested()) return std::nullopt;
    return unread && !status_ ? exit_of_sigpipe : status_;
  }
  void notify() {
    const std::lock_guard lock(mutex_);
    changed_.notify_all();
  }
  bool exited() {
    const std::lock_guard lock(mutex_);
    return status_.has_value() || gone_;
  }

 private:
  HostMux* mux_ = nullptr;
  std::uint32_t channel_ = 0;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<int> status_;
  int open_streams_ = 0;
  bool gone_ = false;
};

/// The caller's descriptors may be shared with others (a terminal, a file): they are not made
/// non-blocking but served by threads that may block.
class Pumped final : public RelayCommand {
 public:
  Pumped(std::shared_ptr<RelayThread> thread, std::shared_ptr<Running> running)
      : thread_(std::move(thread)),
        running_(std::move(running)),
        cancel_(::eventfd(0, EFD_CLOEXEC)) {}
  ~Pumped() override {
    if (!running_->exited()) hang_up();
    stop_pumps();
  }

  UniqueFd feed(UniqueFd from) {
    if (!from) return {};
    auto pipe = make_pipe();
    ::fcntl(pipe.read_end.get(), F_SETFL, O_NONBLOCK);
    pumps_.emplace_back([from = std::move(from), to = std::move(pipe.write_end),
                         cancel = cancel_.get()] { pump_quietly(from.get(), to.get(), cancel); });
    return std::move(pipe.read_end);
  }
  UniqueFd drain(UniqueFd to) {
    if (!to) return {};
    auto pipe = make_pipe();
    ::fcntl(pipe.write_end.get(), F_SETFL, O_NONBLOCK | O_WRONLY);
    drains_.emplace_back([this, from = std::move(pipe.read_end), to = std::move(to)] {
      if (pump_quietly(from.get(), to.get(), cancel_.get())) return;
      unread_ = true;
      running_->notify();
    });
    return std::move(pipe.write_end);
  }

  void resize(TerminalSize size) override {
    control(FrameType::resize, PayloadWriter()
                                   .u16(static_cast<std::uint16_t>(size.rows))
                                   .u16(static_cast<std::uint16_t>(size.cols)));
  }
  void signal(const std::string& name) override {
    control(FrameType::signal, PayloadWriter().u8(static_cast<std::uint8_t>(signal_number(name))));
  }

  int wait(std::stop_token stop) override {
    const auto status = running_->wait(stop, unread_);
    if (status && !unread_) {
      for (auto& thread : drains_) thread.join();  // all of its output is written
      drains_.clear();
    }
    if (status) return *status;
    hang_up();
    if (stop.stop_requested()) {
      throw Error(Status::cancelled, "call.cancelled", "the operation was cancelled");
    }
    throw relay_gone({});
  }

 private:
  /// False: nobody reads `to`.
  static bool pump_quietly(int from, int to, int cancel) {
    try {
      return sdk::pump(from, to, cancel).end != sdk::PumpEnd::receiver_gone;
    } catch (const Error&) {  // as the end of what cannot be read, and of what cannot be written
      return true;
    }
  }
  void control(FrameType type, PayloadWriter payload) {
    thread_->post([running = running_, type, payload = std::move(payload)](HostMux& mux) {
      running->control(mux, type, payload);
    });
  }
  void hang_up() {
    thread_->post([running = running_](HostMux& mux) { running->hang_up(mux); });
  }
  void stop_pumps() {
    const std::uint64_t one = 1;
    (void)!::write(cancel_.get(), &one, sizeof one);
    for (auto* pumps : {&pumps_, &drains_}) {
      for (auto& thread : *pumps) thread.join();
    }
  }

  std::shared_ptr<RelayThread> thread_;
  std::shared_ptr<Running> running_;
  UniqueFd cancel_;
  std::atomic<bool> unread_ = false;
  std::vector<std::thread> pumps_;
  std::vector<std::thread> drains_;
};

/// Owns what a RunRequest's views show.
struct Spoken {
  Spoken(const RelayRun& command, bool in_one)
      : words(command.argv), folder(command.working_directory), together(in_one) {
    auto env = command.env;
    if (command.terminal) env.try_emplace("TERM", command.terminal->term);
    for (const auto& [name, value] : env) variables.push_back(name + '=' + value);
    if (!command.terminal) return;
    size = command.terminal->size;
  }
  relay::RunRequest request() const {
    return {.error_channel = together ? relay::with_output : 0,
            .rows = static_cast<std::uint16_t>(size.rows),
            .columns = static_cast<std::uint16_t>(size.cols),
            .folder = folder,
            .words = {words.begin(), words.end()},
            .environment = {variables.begin(), variables.end()}};
  }

  std::vector<std::string> words;
  std::vector<std::string> variables;
  std::string folder;
  bool together;
  TerminalSize size;
};

UniqueFd copy_of(const UniqueFd& fd) {
  return UniqueFd(fd ? ::fcntl(fd.get(), F_DUPFD_CLOEXEC, 0) : -1);
}

/// One frame has to hold it all.
void require_small(const Spoken& spoken) {
  std::size_t size = 64 + spoken.folder.size();
  bool possible = !spoken.words.empty();
  for (const auto* texts : {&spoken.words, &spoken.variables}) {
    for (const auto& text : *texts) {
      size += 2 + text.size();
      possible = possible && text.find('\0') == std::string::npos;
    }
  }
  if (possible && size <= 60000) return;
  throw Error(Status::unsupported, "relay.too_large",
              "The command's words and variables are too long for the relay.");
}

}  // namespace

std::unique_ptr<RelayCommand> run_inside(std::shared_ptr<RelayThread> thread, RelayRun command) {
  const bool has_terminal = command.terminal.has_value();
  const bool wants_one = command.together && !has_terminal;
  const bool together = wants_one && thread->speaks(relay::version_with_output);
  // An older relay has a stream for each: their order is lost, nothing else.
  if (wants_one && !together) command.err = copy_of(command.out);
  const auto spoken = std::make_shared<const Spoken>(command, together);
  require_small(*spoken);
  if (!thread->alive()) throw relay_gone({});  // before anything is read from what is lent
  const auto running = std::make_shared<Running>();
  auto handle = std::make_unique<Pumped>(thread, running);
  auto ends = std::make_shared<Running::Ends>();
  ends->in = handle->feed(std::move(command.in));
  ends->out = handle->drain(std::move(command.out));
  if (!has_terminal && !together) ends->err = handle->drain(std::move(command.err));
  const bool posted = thread->post([running, spoken, ends, has_terminal](HostMux& mux) {
    running->begin(mux, spoken->request(), has_terminal, std::move(*ends));
  });
  if (!posted) running->on_gone();
  return handle;
}

}  // namespace fairlead::ports
