#include "world.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <chrono>

namespace fairlead::conformance {

using namespace std::chrono_literals;

void require(bool holds, const std::string& what) {
  if (!holds) throw Broken(what);
}

World::~World() {
  try {
    if (!id_.empty()) subject_.remove(id_);
  } catch (const std::exception&) {  // the check has said what is wrong
    return;
  }
}

CreateRequest World::sleeper() const {
  CreateRequest request;
  request.image = options_.image;
  request.entrypoint = {"/bin/sh"};
  request.command = {"-c", "trap 'exit 0' TERM; while sleep 1 & wait $!; do :; done"};
  request.labels = {{"fairlead.conformance", options_.mark}};
  return request;
}

void World::begin(const CreateRequest& request) {
  id_ = subject_.create(request);
  id_ = subject_.start(id_);
}

ExecRequest World::shell(const std::string& script) const {
  ExecRequest request;
  request.id = id_;
  request.argv = {"/bin/sh", "-c", script};
  return request;
}

Said World::run(const std::string& script, const std::string& input) {
  return run(shell(script), input);
}

Said World::run(ExecRequest request, const std::string& input) {
  const auto out = file_with({});
  const auto err = file_with({});
  Run run;
  if (!input.empty()) run.in = file_with(input);
  run.out = copy_of(out);
  run.err = copy_of(err);
  Said said;
  said.exit_code = subject_.exec(std::move(request), std::move(run));
  said.out = content_of(out);
  said.err = content_of(err);
  return said;
}

void World::wait_for(const std::function<bool()>& condition, const std::string& what) {
  const auto end = std::chrono::steady_clock::now() + 30s;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) throw Broken("not within 30 s: " + what);
    ::poll(nullptr, 0, 20);
  }
}

std::string noise(std::size_t size) {
  std::string bytes(size, '\0');
  std::uint32_t state = 12345;
  for (char& c : bytes) {
    state = state * 1664525U + 1013904223U;
    c = static_cast<char>(state >> 24U);
  }
  return bytes;
}

UniqueFd file_with(std::string_view content) {
  UniqueFd fd(::memfd_create("content", MFD_CLOEXEC));
  while (!content.empty()) {
    const auto wrote = ::write(fd.get(), content.data(), content.size());
    if (wrote <= 0) throw Broken("no memory for a stream");
    content.remove_prefix(static_cast<std::size_t>(wrote));
  }
  ::lseek(fd.get(), 0, SEEK_SET);
  return fd;
}

std::string content_of(const UniqueFd& file) {
  std::string text;
  std::array<char, 64 * 1024> buffer;
  off_t at = 0;
  for (ssize_t got = 0; (got = ::pread(file.get(), buffer.data(), buffer.size(), at)) > 0;
       at += got) {
    text.append(buffer.data(), static_cast<std::size_t>(got));
  }
  return text;
}

UniqueFd copy_of(const UniqueFd& fd) { return UniqueFd(::fcntl(fd.get(), F_DUPFD_CLOEXEC, 3)); }

}  // namespace fairlead::conformance
