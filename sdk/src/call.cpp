#include <fairlead/model_json.hpp>
#include <fairlead/sdk/call.hpp>

#include <poll.h>

#include <string>
#include <utility>

namespace fairlead::sdk {

Call::Call(const fairlead_call* raw) : raw_(raw) {
  fds_.reserve(raw->fd_count);
  for (std::size_t i = 0; i < raw->fd_count; ++i) fds_.emplace_back(raw->fds[i]);
}

Call::~Call() {
  if (done_) return;
  fail(Status::internal, {"plugin.no_answer", "the operation ended without an answer", ""});
}

UniqueFd Call::take(FdRef ref) {
  if (!ref || static_cast<std::size_t>(ref.fd) >= fds_.size()) return {};
  return std::move(fds_[static_cast<std::size_t>(ref.fd)]);
}

bool Call::cancelled() const noexcept {
  pollfd readable{cancel_fd(), POLLIN, 0};
  return ::poll(&readable, 1, 0) > 0;
}

void Call::throw_if_cancelled() const {
  if (cancelled()) throw Error(Status::cancelled, "call.cancelled", "the operation was cancelled");
}

void Call::emit(const Event& event) const {
  const auto text = encode(event);
  raw_->emit(raw_, {text.data(), text.size()});
}

FdRef Call::attach(UniqueFd fd) {
  attached_.push_back(std::move(fd));
  return {static_cast<int>(attached_.size()) - 1};
}

void Call::reply(std::string_view body) { finish(Status::ok, body); }

void Call::fail(Status status, const Failure& failure) noexcept {
  attached_.clear();
  try {
    finish(status, encode(failure));
  } catch (...) {  // out of memory: the status alone still says how it ended
    finish(status, {});
  }
}

void Call::finish(Status status, std::string_view body) noexcept {
  if (done_) return;
  done_ = true;
  fds_.clear();  // before the answer: the core may look for leaks as soon as it has it
  std::vector<std::int32_t> fds;
  fds.reserve(attached_.size());
  for (auto& fd : attached_) fds.push_back(fd.release());
  raw_->done(raw_, static_cast<fairlead_status>(status), {body.data(), body.size()}, fds.data(),
             fds.size());
}

}  // namespace fairlead::sdk
