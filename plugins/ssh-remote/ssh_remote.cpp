#include "ssh-remote/ssh_remote.hpp"

#include "ssh-remote/scripts.hpp"

#include <fairlead/error.hpp>
#include <fairlead/sdk/plugin.hpp>
#include <fairlead/sdk/records.hpp>

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <random>
#include <utility>

namespace fairlead::ssh {
namespace {

/// What a command there writes, or reads, without a thread of ours in between.
UniqueFd memory(const char* name) { return UniqueFd(::memfd_create(name, MFD_CLOEXEC)); }

UniqueFd another(const UniqueFd& fd) { return UniqueFd(::dup(fd.get())); }

UniqueFd memory_of(const std::string& text) {
  auto fd = memory("in");
  // Memory takes all of it at once; a failure shows as a record that cannot be read.
  if (::pwrite(fd.get(), text.data(), text.size(), 0) < 0) return {};
  return fd;
}

std::string content(const UniqueFd& fd) {
  std::string text;
  std::array<char, 16 * 1024> buffer;
  for (off_t at = 0;;) {
    const auto got = ::pread(fd.get(), buffer.data(), buffer.size(), at);
    if (got <= 0) return text;
    text.append(buffer.data(), static_cast<std::size_t>(got));
    at += got;
  }
}

std::string random_digits() {
  constexpr std::string_view digits = "0123456789abcdef";
  std::random_device random;
  std::string text;
  for (int i = 0; i < 12; ++i) text += digits[random() % digits.size()];
  return text;
}

/// The folder of an environment is called like it.
void require_plain(const std::string& name) {
  const bool plain = !name.empty() && name.front() != '.' && name.front() != '-' &&
                     name.find('/') == std::string::npos && name.find('\n') == std::string::npos;
  if (plain) return;
  throw Error(Status::invalid, "instance.name",
              "'" + name + "' cannot be the name of an environment on a host.");
}

[[noreturn]] void throw_gone(const std::string& id) {
  throw Error(Status::not_found, "instance.not_found",
              "There is no environment '" + id + "' on the host.");
}

[[noreturn]] void throw_failed(const std::string& what, const std::string& said) {
  throw Error(Status::failed, "instance.host", what + ": " + said,
              "Is there room in your home on the host, and may you write there?");
}

std::string names_of(const Environment& env) {
  std::string names;
  for (const auto& [name, value] : env) names += (names.empty() ? "" : ",") + name;
  return names;
}

}  // namespace

HostDescription SshRemote::machine(const sdk::Call& call) const {
  auto host = host_.describe(call);
  if (!host.local) return host;
  throw Error(Status::unavailable, "engine.unreachable",
              "The backend 'ssh-remote' works on a machine that OpenSSH reaches, not on this one.",
              "Name it with --host ssh://user@box, or as the workspace: ssh://user@box/folder.");
}

SshRemote::Said SshRemote::run(std::string_view script, std::vector<std::string> words,
                               const sdk::Call& call, const std::string& input) const {
  SpawnRequest request{.argv = {"/bin/sh", "-c", std::string(script), "sh"}};
  request.argv.insert(request.argv.end(), std::make_move_iterator(words.begin()),
                      std::make_move_iterator(words.end()));
  const auto out = memory("out");
  const auto err = memory("err");
  Said said;
  said.exit_code =
      host_.spawn(std::move(request), memory_of(input), another(out), another(err), call);
  said.out = content(out);
  said.err = content(err);
  return said;
}

std::vector<Record> SshRemote::records(const sdk::Call& call) {
  machine(call);
  auto found = read_records(run(list_script, {}, call).out);
  std::ranges::sort(found, std::ranges::greater{}, &Record::created);
  const std::lock_guard lock(mutex_);
  for (const auto& record : found) known_[record.id] = record;
  return found;
}

Record SshRemote::find(const std::string& word, const sdk::Call& call) {
  const auto all = records(call);
  const auto found = std::ranges::find_if(all, [&](const Record& r) { return is_called(r, word); });
  const auto* record = found == all.end() ? only_one_beginning_with(all, word) : &*found;
  if (record == nullptr) throw_gone(word);
  return *record;
}

Record SshRemote::known(const std::string& id, const sdk::Call& call) {
  {
    const std::lock_guard lock(mutex_);
    if (const auto found = known_.find(id); found != known_.end()) return found->second;
  }
  return find(id, call);
}

ProbeReply SshRemote::probe(const ProbeRequest& /*request*/, sdk::Call& call) {
  const auto host = machine(call);
  ProbeReply reply{.engine = "The host itself", .version = {}, .os = host.os, .arch = host.arch};
  auto& able = reply.capabilities;
  able.keeps_filesystem = able.stable_identity = true;
  able.exec_user = able.exec_env = able.exec_cwd = able.exec_tty = true;
  able.exec_half_close = able.exec_signal = true;
  able.dial = true;
  return reply;
}

CreateReply SshRemote::create(const CreateRequest& request, sdk::Call& call) {
  machine(call);
  Record record{.id = {},
                .name = request.name,
                .image = request.image,
                .created = sdk::rfc3339_now(),
                .started = {},
                .labels = request.labels,
                .env = request.env,
                .user = request.user};
  const auto number = random_digits();
  if (record.name.empty()) record.name = "environment-" + number;
  require_plain(record.name);
  record.id = record.name + '.' + number;
  // Not as a word: variables may be secrets, and everybody on a machine can read a command line.
  const auto made = run(create_script, {folder_of(record.id)}, call, record_line(record));
  if (made.exit_code == name_taken) {
    throw Error(Status::conflict, "instance.name_taken",
                "There is an environment '" + record.name + "' on the host already.");
  }
  if (made.exit_code != 0) throw_failed("The environment cannot be kept on the host", made.err);
  return {.id = record.id, .warnings = {}};
}

StartReply SshRemote::start(const StartRequest& request, sdk::Call& call) {
  const auto record = known(request.id, call);
  const auto done = run(start_script, {folder_of(record.id)}, call);
  if (done.exit_code == gone) throw_gone(request.id);
  if (done.exit_code != 0) throw_failed("The environment cannot be started", done.err);
  return {.id = record.id};
}

Empty SshRemote::stop(const StopRequest& request, sdk::Call& call) {
  const auto record = known(request.id, call);
  run(stop_script, {folder_of(record.id), record.id, std::to_string(request.timeout_seconds)},
      call);
  return {};
}

Empty SshRemote::remove(const RemoveRequest& request, sdk::Call& call) {
  Record record;
  try {
    record = known(request.id, call);
  } catch (const Error& error) {
    if (error.status() != Status::not_found) throw;
    return {};  // gone is what was wanted
  }
  const auto done =
      run(remove_script, {folder_of(record.id), record.id, request.force ? "force" : ""}, call);
  if (done.exit_code == running) {
    throw Error(Status::conflict, "instance.running", record.name + " is running",
                "Stop it first, or remove it by force.");
  }
  if (done.exit_code != 0) throw_failed("The environment cannot be removed", done.err);
  const std::lock_guard lock(mutex_);
  known_.erase(record.id);
  return {};
}

InstanceInfo SshRemote::inspect(const InspectRequest& request, sdk::Call& call) {
  return info_of(find(request.id, call), machine(call).user);
}

ListReply SshRemote::list(const ListRequest& request, sdk::Call& call) {
  ListReply reply;
  const auto account = machine(call).user;
  for (const auto& record : records(call)) {
    const bool wanted = (request.all || !record.started.empty()) &&
                        std::ranges::all_of(request.labels, [&](const std::string& filter) {
                          return sdk::has_label(record.labels, filter);
                        });
    if (wanted) reply.instances.push_back(info_of(record, account));
  }
  return reply;
}

ExecReply SshRemote::exec(const ExecRequest& request, sdk::Call& call) {
  const auto record = known(request.id, call);
  const auto host = machine(call);
  const auto& user = request.user.empty() ? record.user : request.user;
  const bool own = user.empty() || user == host.user || user == std::to_string(host.uid);
  SpawnRequest spawn{.argv = {"/bin/sh", "-c", std::string(own ? exec_script : exec_as_script),
                              "sh", folder_of(record.id)},
                     .env = record.env,
                     .working_directory = request.working_directory,
                     .terminal = request.terminal};
  for (const auto& [name, value] : request.env) spawn.env[name] = value;
  spawn.env[std::string(mark_variable)] = record.id;
  if (!own) spawn.argv.insert(spawn.argv.end(), {user, names_of(spawn.env)});
  spawn.argv.insert(spawn.argv.end(), request.argv.begin(), request.argv.end());
  const int status = host_.spawn(
      std::move(spawn), call.take(request.in), call.take(request.out), call.take(request.err), call,
      [&](const std::string& process) { call.emit({.started = process}); });
  if (status == not_running && find(request.id, call).started.empty()) {
    throw Error(Status::conflict, "instance.not_running", record.name + " is not running");
  }
  if (status == not_that_user && !own) {
    throw Error(Status::denied, "instance.user",
                "The account '" + host.user + "' cannot work as '" + user + "' on the host.",
                "The user has to be there, and sudo has to let the account in without a password; "
                "or take remoteUser and containerUser out.");
  }
  return {status};
}

Empty SshRemote::exec_control(const ExecControlRequest& request, sdk::Call& call) {
  host_.spawn_control({.process = request.exec, .resize = request.resize, .signal = request.signal},
                      call);
  return {};
}

void SshRemote::archive(const std::vector<std::string>& argv, UniqueFd in, UniqueFd out,
                        const sdk::Call& call) const {
  const auto complaints = memory("err");
  const int status =
      host_.spawn({.argv = argv}, std::move(in), std::move(out), another(complaints), call);
  if (status == 0) return;
  throw Error(Status::failed, "instance.copy", "tar failed on the host: " + content(complaints));
}

Empty SshRemote::copy_in(const CopyInRequest& request, sdk::Call& call) {
  archive({"tar", "-x", "-f", "-", "-C", request.path}, call.take(request.archive), {}, call);
  return {};
}

Empty SshRemote::copy_out(const CopyOutRequest& request, sdk::Call& call) {
  archive({"tar", "-c", "-f", "-", "-C", request.path, "."}, {}, call.take(request.archive), call);
  return {};
}

DialReply SshRemote::dial(const DialRequest& request, sdk::Call& call) {
  // Without a name it is the environment's own address, and that is the host's.
  const std::string name = request.host.empty() ? "localhost" : request.host;
  return {call.attach(
      host_.dial({.host = name, .port = request.port, .socket = request.socket}, call))};
}

ChecksReply SshRemote::checks(const ChecksRequest& /*request*/, sdk::Call& call) {
  machine(call);
  if (run(root_script, {}, call).exit_code == 0) {
    return {{{.name = "root", .message = "Features can be installed: the account may be root."}}};
  }
  return {{{.name = "root",
            .outcome = "warning",
            .message = "Features cannot be installed: the account may not be root.",
            .hint = "Let sudo on the host run its commands without a password."}}};
}

}  // namespace fairlead::ssh

FAIRLEAD_PLUGIN(fairlead::ssh::SshRemote, "fairlead.ssh-remote", "0.1.0");
