#include "files.hpp"

#include "cache.hpp"
#include "inputs.hpp"

#include <fairlead/error.hpp>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <filesystem>

namespace fairlead::compose {
namespace {

// For each file its length on a line and its bytes, or a "-".
constexpr auto read_script = R"sh(for f do
  if [ -f "$f" ] && [ -r "$f" ]; then
    n=$(($(wc -c <"$f")))
    echo "$n"
    head -c "$n" "$f"
  else
    echo -
  fi
done)sh";

constexpr auto write_script = R"sh(umask 077
mkdir -p "${1%/*}" && cat >"$1.$$" && mv -f "$1.$$" "$1" && exit 0
rm -f "$1.$$"
exit 1)sh";

constexpr auto remove_script = R"sh(folder=$1
shift
[ $# -eq 0 ] || rm -f -- "$@"
[ -z "$folder" ] || rmdir -- "$folder" 2>/dev/null
exit 0)sh";

UniqueFd memory(std::string_view text) {
  UniqueFd fd(::memfd_create("file", MFD_CLOEXEC));
  for (std::size_t at = 0; fd && at < text.size();) {
    const auto wrote =
        ::pwrite(fd.get(), text.data() + at, text.size() - at, static_cast<off_t>(at));
    if (wrote <= 0) break;
    at += static_cast<std::size_t>(wrote);
  }
  return fd;
}

UniqueFd another(const UniqueFd& fd) { return UniqueFd(::fcntl(fd.get(), F_DUPFD_CLOEXEC, 3)); }

std::string content(const UniqueFd& fd) {
  std::string text;
  std::array<char, 16 * 1024> buffer;
  off_t at = 0;
  for (ssize_t got = 0; (got = ::pread(fd.get(), buffer.data(), buffer.size(), at)) > 0;
       at += got) {
    text.append(buffer.data(), static_cast<std::size_t>(got));
  }
  return text;
}

Error unreadable(const std::string& path, const std::string& why) {
  return {
      Status::failed, "group.files",
      "The Compose file " + path + " cannot be read on the host" + (why.empty() ? "." : ": " + why),
      "Was it changed just now? Run the command again."};
}

/// Takes one answer of `read_script` off the front; false: it is none.
bool take_answer(std::string_view& said, std::optional<std::string>& text) {
  const auto end = said.find('\n');
  if (end == std::string_view::npos) return false;
  const auto line = said.substr(0, end);
  said.remove_prefix(end + 1);
  if (line == "-") return true;
  std::size_t size = 0;
  const auto* const last = line.data() + line.size();
  const auto [stopped, fault] = std::from_chars(line.data(), last, size);
  if (fault != std::errc{} || stopped != last || size > said.size()) return false;
  text = std::string(said.substr(0, size));
  said.remove_prefix(size);
  return true;
}

}  // namespace

Files::Files(sdk::HostClient host, const sdk::Call& call)
    : host_(host), call_(call), here_(host.describe(call).local) {}

Files::Said Files::run(const char* script, const std::vector<std::string>& words,
                       std::string_view input) const {
  SpawnRequest command{.argv = {"/bin/sh", "-c", script, "sh"}};
  command.argv.insert(command.argv.end(), words.begin(), words.end());
  const auto out = memory({});
  const auto err = memory({});
  const int code =
      host_.spawn(std::move(command), memory(input), another(out), another(err), call_);
  return {code, content(out), content(err)};
}

void Files::load(const std::vector<std::string>& paths) const {
  if (here_) return;
  std::vector<std::string> wanted;
  for (const auto& path : paths) {
    if (!known_.contains(path)) wanted.push_back(path);
  }
  if (wanted.empty()) return;
  const auto said = run(read_script, wanted);
  std::string_view rest = said.out;
  for (const auto& path : wanted) {
    std::optional<std::string> text;
    if (!take_answer(rest, text)) throw unreadable(path, said.err);
    known_[path] = std::move(text);
  }
}

std::optional<std::string> Files::text(const std::string& path) const {
  if (here_) return read_text(path);
  load({path});
  return known_.at(path);
}

bool Files::is_file(const std::string& path) const {
  std::error_code ignored;
  return here_ ? std::filesystem::is_regular_file(path, ignored) : text(path).has_value();
}

void Files::write(const std::string& path, std::string_view text) const {
  if (here_) return write_atomically(path, text);
  const auto said = run(write_script, {path}, text);
  if (said.exit_code == 0) return;
  throw Error(Status::failed, "group.state",
              "The file " + path + " cannot be written on the host: " + said.err,
              "Is there room in your home on the host, and may you write there?");
}

void Files::remove(const std::vector<std::string>& paths, const std::string& folder) const {
  if (!here_) {
    std::vector<std::string> words{folder};
    words.insert(words.end(), paths.begin(), paths.end());
    run(remove_script, words);
    return;
  }
  std::error_code ignored;
  for (const auto& path : paths) std::filesystem::remove(path, ignored);
  if (!folder.empty()) std::filesystem::remove(folder, ignored);
}

}  // namespace fairlead::compose
