#include "backend.hpp"
#include "inside.hpp"
#include "sandbox.hpp"
#include "users.hpp"

#include <fairlead/error.hpp>

#include <fcntl.h>
#include <netdb.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <thread>

namespace bubblewrap {

using namespace fairlead;

namespace {

UniqueFd connected(const std::string& host, int port) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICSERV;
  addrinfo* found = nullptr;
  if (::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found) != 0) return {};
  UniqueFd fd;
  for (auto* each = found; each != nullptr && !fd; each = each->ai_next) {
    fd.reset(::socket(each->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (::connect(fd.get(), each->ai_addr, each->ai_addrlen) != 0) fd.reset();
  }
  ::freeaddrinfo(found);
  return fd;
}

}  // namespace

SpawnRequest BubblewrapBackend::join(const Record& record, const ExecRequest& request) const {
  const auto all = store();
  const auto image = all.image(record.request.image).value_or(Image{});
  auto user = request.user.empty() ? record.request.user : request.user;
  if (user.empty()) user = image.info.user;
  const auto account = find_account(record.root(), user);
  auto folder = request.working_directory;
  if (folder.empty()) folder = record.request.working_directory;
  if (folder.empty()) folder = image.info.working_directory;
  if (folder.empty()) folder = "/";
  SpawnRequest spawn;
  spawn.argv = {join_program(all), std::to_string(record.main_process),
                account.uid,       account.gid,
                account.groups,    folder};
  spawn.argv.insert(spawn.argv.end(), request.argv.begin(), request.argv.end());
  spawn.env = environment_of(image, record.request, request.env);
  spawn.env.emplace("HOME", account.home);
  spawn.clean_env = true;
  spawn.terminal = request.terminal;
  if (request.terminal) spawn.env["TERM"] = request.terminal->term;
  return spawn;
}

ExecReply BubblewrapBackend::exec(const ExecRequest& request, sdk::Call& call) {
  const auto record = running(request.id);
  const auto announce = [&](const std::string& id) {
    Event event;
    event.started = id;
    call.emit(event);
  };
  return {core_.host().spawn(join(record, request), call.take(request.in), call.take(request.out),
                             call.take(request.err), call, announce)};
}

Empty BubblewrapBackend::exec_control(const ExecControlRequest& request, sdk::Call& call) {
  core_.host().spawn_control({request.exec, request.resize, request.signal}, call);
  return {};
}

void BubblewrapBackend::archive(const std::string& id, std::vector<std::string> argv, UniqueFd in,
                                UniqueFd out, sdk::Call& call) {
  ExecRequest request;
  request.argv = std::move(argv);
  request.user = "0";
  request.working_directory = "/";
  const UniqueFd complaints(::memfd_create("complaints", MFD_CLOEXEC));
  const int code = core_.host().spawn(join(running(id), request), std::move(in), std::move(out),
                                      UniqueFd(::dup(complaints.get())), call);
  if (code == 0) return;
  std::string text(4096, '\0');
  const auto size = ::pread(complaints.get(), text.data(), text.size(), 0);
  text.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
  throw Error(Status::failed, "instance.copy", "tar failed in the sandbox: " + text);
}

Empty BubblewrapBackend::copy_in(const CopyInRequest& request, sdk::Call& call) {
  archive(request.id, {"tar", "-x", "-p", "-f", "-", "-C", request.path},
          call.take(request.archive), {}, call);
  return {};
}

Empty BubblewrapBackend::copy_out(const CopyOutRequest& request, sdk::Call& call) {
  const auto slash = request.path.find_last_not_of('/');
  const auto path = request.path.substr(0, slash == std::string::npos ? 1 : slash + 1);
  const auto cut = path.rfind('/');
  const auto parent = cut == 0 || cut == std::string::npos ? "/" : path.substr(0, cut);
  const auto name = path == "/" ? "." : path.substr(cut + 1);
  archive(request.id, {"tar", "-c", "-f", "-", "-C", parent, name}, {}, call.take(request.archive),
          call);
  return {};
}

// A socket belongs for its life to the network that it was made in: a thread of ours visits the
// sandbox's to make it. Unix sockets are below its root.
DialReply BubblewrapBackend::dial(const DialRequest& request, sdk::Call& call) {
  const auto record = running(request.id);
  const auto process = "/proc/" + std::to_string(record.main_process);
  if (!request.socket.empty()) {
    return {call.attach(connected_inside(process + "/root", request.socket))};
  }
  UniqueFd made;
  int problem = 0;
  std::thread([&] {
    const UniqueFd network(::open((process + "/ns/net").c_str(), O_RDONLY | O_CLOEXEC));
    if (::setns(network.get(), CLONE_NEWNET) == 0) {
      made = connected(request.host, request.port);
    }
    problem = errno;
  }).join();
  if (made) return {call.attach(std::move(made))};
  throw Error(Status::unavailable, "host.connect",
              "Nothing listens on port " + std::to_string(request.port) +
                  " of the sandbox: " + std::strerror(problem) + ".");
}

}  // namespace bubblewrap
