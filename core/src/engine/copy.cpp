#include "base/pipe.hpp"
#include "base/text.hpp"
#include "engine/file_transfer.hpp"
#include "engine/run.hpp"
#include "engine/session.hpp"
#include "engine/the_host.hpp"

#include <fairlead/manage.hpp>

#include <filesystem>
#include <future>

namespace fairlead {
namespace {

namespace fs = std::filesystem;

/// What stands at a path.
enum class There { folder, other, nothing };

struct Place {
  const Core& core;
  Backend& backend;
  std::string instance;
  std::string user;  ///< who looks: root, who sees everything, where there is one
};

/// A path without its trailing "/" or "/.", and whether it had the latter: "the content of".
struct Path {
  std::string path;
  bool content = false;
  bool slash = false;
};

Path parse_path(std::string text) {
  Path result;
  if (text.ends_with("/.")) {
    result.content = true;
    text.pop_back();
  }
  result.slash = text.ends_with('/');
  while (text.size() > 1 && text.ends_with('/')) text.pop_back();
  if (text == "/") result.content = true;
  result.path = std::move(text);
  return result;
}

std::string name_of(const std::string& path) { return path.substr(path.rfind('/') + 1); }

std::string folder_of(const std::string& path) {
  const auto slash = path.rfind('/');
  return slash == 0 || slash == std::string::npos ? "/" : path.substr(0, slash);
}

/// sed's replacement that gives the topmost entry another name; link targets of symbolic links are
/// left alone.
std::string renaming(const std::string& from, const std::string& to) {
  const auto escaped = [](const std::string& text, std::string_view special) {
    std::string out;
    for (const char c : text) {
      if (special.find(c) != std::string_view::npos) out += '\\';
      out += c;
    }
    return out;
  };
  return "--transform=flags=rh;s,^" + escaped(from, "\\.[]*^$,") + "\\(/\\|$\\)," +
         escaped(to, "\\&,") + "\\1,";
}

int run_shell(const Place& place, const std::string& script, const std::string& path,
              const std::stop_token& stop) {
  return run_captured(place.backend,
                      {.instance = place.instance,
                       .argv = {"/bin/sh", "-c", script, "sh", path},
                       .user = place.user},
                      stop)
      .exit_code;
}

There look_inside(const Place& place, const std::string& path, const std::stop_token& stop) {
  switch (run_shell(place,
                    "[ -d \"$1\" ] && exit 0; [ -e \"$1\" ] || [ -L \"$1\" ] && exit 10; exit 11",
                    path, stop)) {
    case 0:
      return There::folder;
    case 10:
      return There::other;
    default:
      return There::nothing;
  }
}

There look_here(const std::string& path) {
  std::error_code error;
  if (fs::is_directory(path, error)) return There::folder;
  return fs::exists(fs::symlink_status(path, error)) ? There::other : There::nothing;
}

void require_source(There what, const std::string& path) {
  if (what != There::nothing) return;
  throw Error(Status::not_found, "copy.source", "There is no " + path + '.');
}

void require_target(bool possible, const std::string& path, const char* why) {
  if (possible) return;
  throw Error(Status::invalid, "copy.target", "Cannot copy to " + path + ": " + why);
}

/// How the topmost entry is named on its way and where the archive is unpacked.
struct Plan {
  std::string folder;
  std::string name;  ///< "." for the content of a folder
};

/// `docker cp`'s rules: into a folder, under the name of what is not there, over a file.
Plan plan(const Path& source, There what, const Path& target, There at_target, There at_parent) {
  if (at_target == There::folder) {
    return {target.path, source.content ? std::string(".") : name_of(source.path)};
  }
  require_target(at_target == There::nothing || what != There::folder, target.path,
                 "a file is there, and the source is a folder.");
  require_target(at_parent == There::folder, target.path, "its folder is not there.");
  require_target(!target.slash || what == There::folder, target.path, "no such folder.");
  return {folder_of(target.path), name_of(target.path)};
}

/// Runs tar here with `archive` as its standard output or input; a failure is its own words.
void run_tar(std::vector<std::string> words, bool reads, UniqueFd archive,
             const std::stop_token& stop) {
  auto err = make_pipe();
  CallOptions options{.stop = stop};
  words.insert(words.begin(), "tar");
  SpawnRequest request{.argv = std::move(words)};
  (reads ? request.in : request.out) = options.pass(std::move(archive));
  request.err = options.pass(std::move(err.write_end));
  std::string said;
  int status = 0;
  {
    const PipeReader reader(std::move(err.read_end), [&](std::string_view text) { said += text; });
    status = local_host()->spawn(request, std::move(options)).exit_code;
  }
  if (status == 0) return;
  throw Error(
      Status::failed, "copy.archive",
      "Copying failed: tar ended with " + std::to_string(status) + ": " + std::string(trim(said)));
}

/// tar and the backend at the two ends of a pipe; tar's words come first when both fail.
template <class Transfer>
void transfer(std::vector<std::string> tar, bool tar_reads, const std::stop_token& stop,
              const Transfer& other_end) {
  auto pipe = make_pipe();
  auto ours = tar_reads ? std::move(pipe.read_end) : std::move(pipe.write_end);
  auto theirs = tar_reads ? std::move(pipe.write_end) : std::move(pipe.read_end);
  auto archived = std::async(std::launch::async, [&, fd = std::move(ours)]() mutable {
    run_tar(std::move(tar), tar_reads, std::move(fd), stop);
  });
  std::exception_ptr failure;
  try {
    other_end(std::move(theirs));
  } catch (const Error& error) {
    if (error.status() == Status::cancelled) throw;
    failure = std::current_exception();
  }
  archived.get();
  if (failure) std::rethrow_exception(failure);
}

void send(const Place& place, const std::string& folder, UniqueFd archive,
          const std::stop_token& stop) {
  CallOptions options{.stop = stop};
  CopyInRequest request{.id = place.instance, .path = folder};
  request.archive = options.pass(std::move(archive));
  copy_in_any_way(place.core, place.backend, request, std::move(options));
}

void fetch(const Place& place, const std::string& path, UniqueFd archive,
           const std::stop_token& stop) {
  CallOptions options{.stop = stop};
  CopyOutRequest request{.id = place.instance, .path = path};
  request.archive = options.pass(std::move(archive));
  copy_out_any_way(place.core, place.backend, request, std::move(options));
}

void copy_in(const Place& place, const std::string& from, const std::string& to,
             const std::stop_token& stop) {
  const auto source = parse_path(from);
  const auto target = parse_path(to);
  const auto what = look_here(source.path);
  require_source(what, source.path);
  const auto there = look_inside(place, target.path, stop);
  const auto parent =
      there == There::nothing ? look_inside(place, folder_of(target.path), stop) : There::folder;
  const auto way = plan(source, what, target, there, parent);
  const std::string name = name_of(source.path);
  std::vector<std::string> tar = {"-C", folder_of(source.path), "--owner=0", "--group=0",
                                  "--numeric-owner"};
  if (way.name != name) tar.push_back(renaming(name, way.name));
  tar.insert(tar.end(), {"-cf", "-", "--", name});
  transfer(std::move(tar), /*tar_reads=*/false, stop,
           [&](UniqueFd archive) { send(place, way.folder, std::move(archive), stop); });
}

/// The container's archive is not to be trusted: tar refuses names that lead elsewhere and makes
/// links last.
void copy_out(const Place& place, const std::string& from, const std::string& to,
              const std::stop_token& stop) {
  const auto source = parse_path(from);
  const auto target = parse_path(to);
  const auto what = look_inside(place, source.path, stop);
  require_source(what, source.path + " in the container");
  const auto way =
      plan(source, what, target, look_here(target.path), look_here(folder_of(target.path)));
  const std::string name = name_of(source.path);
  std::vector<std::string> tar = {"-C", way.folder, "--no-same-owner", "-p",
                                  "--delay-directory-restore"};
  if (way.name != name) tar.push_back(renaming(name, way.name));
  tar.insert(tar.end(), {"-xf", "-"});
  transfer(std::move(tar), /*tar_reads=*/true, stop,
           [&](UniqueFd archive) { fetch(place, source.path, std::move(archive), stop); });
}

std::string absolute_inside(const std::string& path, const Workspace& workspace) {
  if (path.starts_with('/')) return path;
  const auto folder = workspace.document ? workspace.document->workspace.container_folder : "";
  return folder + '/' + path;
}

}  // namespace

void copy(Core& core, CopyRequest request, std::stop_token stop) {
  const auto workspace = with_devcontainer_id(open_workspace(core, request.selection, stop));
  const auto found = require_environment(core, workspace, request.selection, stop);
  const auto instance = running_instance(found, stop);
  const Place place{core, *found.backend, instance.id, is_the_host(instance) ? "" : "0"};
  const auto inside = absolute_inside(request.inside, workspace);
  if (!request.outside.empty()) {
    request.into ? copy_in(place, request.outside, inside, stop)
                 : copy_out(place, inside, request.outside, stop);
    return;
  }
  const auto path = parse_path(inside).path;
  const auto what = look_inside(place, path, stop);
  if (request.into) {
    require_target(what == There::folder, path, "an archive goes into a folder.");
    send(place, path, std::move(request.stream), stop);
  } else {
    require_source(what, path + " in the container");
    fetch(place, path, std::move(request.stream), stop);
  }
}

}  // namespace fairlead
