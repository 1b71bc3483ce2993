#include "ssh-remote/terminal.hpp"

#include <fairlead/error.hpp>
#include <fairlead/sdk/pump.hpp>

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace fairlead::ssh {
namespace {

constexpr int drain_ms = 500;

UniqueFd event() { return UniqueFd(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)); }

void raise(const UniqueFd& event) {
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(event.get(), &one, sizeof one);
}

void pump_until_end(int from, int to, int stop) {
  try {
    sdk::pump(from, to, stop);
  } catch (const Error&) {  // the terminal is gone: the command's end says the rest
    return;
  }
}

}  // namespace

LocalTerminal::LocalTerminal(const TerminalSize& size)
    : outer_(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)),
      stop_in_(event()),
      stop_out_(event()),
      drained_(event()) {
  std::array<char, 128> name{};
  if (outer_ && ::grantpt(outer_.get()) == 0 && ::unlockpt(outer_.get()) == 0 &&
      ::ptsname_r(outer_.get(), name.data(), name.size()) == 0) {
    inner_.reset(::open(name.data(), O_RDWR | O_NOCTTY | O_CLOEXEC));
  }
  if (!inner_) {
    throw Error(Status::failed, "host.terminal",
                std::string("cannot open a pseudo terminal: ") + std::strerror(errno));
  }
  resize(size);
}

LocalTerminal::~LocalTerminal() {
  raise(stop_in_);
  if (reading_.joinable()) reading_.join();
  inner_.reset();
  pollfd drained{drained_.get(), POLLIN, 0};
  if (writing_.joinable()) ::poll(&drained, 1, drain_ms);
  raise(stop_out_);
  if (writing_.joinable()) writing_.join();
}

void LocalTerminal::start(UniqueFd in, UniqueFd out) {
  termios modes{};
  if (::tcgetattr(inner_.get(), &modes) == 0) {
    ::cfmakeraw(&modes);
    ::tcsetattr(inner_.get(), TCSANOW, &modes);
  }
  inner_.reset();  // OpenSSH has its own: its end is the end
  in_ = std::move(in);
  out_ = std::move(out);
  if (in_) reading_ = std::thread(pump_until_end, in_.get(), outer_.get(), stop_in_.get());
  writing_ = std::thread([this] {
    UniqueFd nothing;
    if (!out_) nothing.reset(::open("/dev/null", O_WRONLY | O_CLOEXEC));
    pump_until_end(outer_.get(), out_ ? out_.get() : nothing.get(), stop_out_.get());
    raise(drained_);
  });
}

void LocalTerminal::resize(const TerminalSize& size) const {
  winsize rows_and_cols{};
  rows_and_cols.ws_row = static_cast<unsigned short>(size.rows);
  rows_and_cols.ws_col = static_cast<unsigned short>(size.cols);
  ::ioctl(outer_.get(), TIOCSWINSZ, &rows_and_cols);
}

}  // namespace fairlead::ssh
