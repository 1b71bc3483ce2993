#include "ssh-remote/description.hpp"

#include "ssh-remote/remote_text.hpp"

#include <charconv>
#include <map>

namespace fairlead::ssh {
namespace {

// $c is the client. A process is the one that wrote its note when number and start time agree.
constexpr std::string_view script = R"sh(umask 077
LC_ALL=C
export LC_ALL
echo "os $(uname -s)"
echo "arch $(uname -m)"
u=$(id -u)
echo "uid $u"
echo "gid $(id -g)"
echo "user $(id -un)"
echo "home $HOME"
echo "shell $SHELL"
echo "cpus $(getconf _NPROCESSORS_ONLN 2>/dev/null)"
if [ -r /proc/meminfo ]; then
  while read -r n v x; do
    if [ "$n" = MemTotal: ]; then echo "memory $v"; break; fi
  done </proc/meminfo
fi
df -Pk "$HOME" 2>/dev/null | { read -r x; read -r a b g d x; echo "storage $d"; }
for d in /tmp/.fairlead-$u "$HOME/.cache/fairlead-run"; do
  mkdir -p "$d" 2>/dev/null
  if [ -d "$d" ] && [ ! -L "$d" ] && [ -O "$d" ] && chmod 700 "$d" 2>/dev/null &&
     (echo x >"$d/.try") 2>/dev/null && rm -f "$d/.try"; then break; fi
  d=
done
echo "folder $d"
[ -n "$d" ] || exit 0
started() { shift 21 2>/dev/null && echo "$1"; }
for f in "$d/$c".*; do
  [ -f "$f" ] || continue
  read -r s <"$f" || s=
  p=${s%% *}
  rm -f "$f"
  case $p in ''|*[!0-9]*) continue ;; esac
  read -r n 2>/dev/null </proc/$p/stat || continue
  [ "$(started $s)" = "$(started $n)" ] || continue
  kill -s HUP -- -$p 2>/dev/null
  kill -s TERM -- -$p 2>/dev/null
done
exit 0)sh";

std::string oci_architecture(const std::string& machine) {
  static const std::map<std::string, std::string> names = {
      {"x86_64", "amd64"}, {"aarch64", "arm64"}, {"armv7l", "arm"}, {"i686", "386"}};
  const auto known = names.find(machine);
  return known == names.end() ? machine : known->second;
}

std::string lower(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

template <class Number>
Number number(const std::string& text) {
  Number value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

std::map<std::string, std::string> fields(std::string_view lines) {
  std::map<std::string, std::string> found;
  while (!lines.empty()) {
    const auto end = std::min(lines.find('\n'), lines.size());
    const auto line = lines.substr(0, end);
    lines.remove_prefix(std::min(end + 1, lines.size()));
    const auto space = line.find(' ');
    if (space != std::string_view::npos)
      found[std::string(line.substr(0, space))] = line.substr(space + 1);
  }
  return found;
}

}  // namespace

std::string facts_script(const std::string& id, const std::string& mark) {
  return "printf '\\001fairlead %s\\n' " + mark + "\nc=" + id + '\n' + std::string(script);
}

std::optional<HostFacts> read_facts(std::string_view output, const std::string& mark) {
  const auto line = mark_line(mark);
  const auto begin = output.find(line);
  if (begin == std::string_view::npos) return std::nullopt;
  auto said = fields(output.substr(begin + line.size()));
  HostFacts facts;
  facts.noisy = begin > 0;
  facts.shell = said["shell"];
  facts.folder = said["folder"];
  auto& host = facts.description;
  host.os = lower(said["os"]);
  host.arch = oci_architecture(said["arch"]);
  host.user = said["user"];
  host.uid = number<int>(said["uid"]);
  host.gid = number<int>(said["gid"]);
  host.home = said["home"];
  host.cpus = number<int>(said["cpus"]);
  host.memory_bytes = number<std::uint64_t>(said["memory"]) * 1024;
  host.storage_bytes = number<std::uint64_t>(said["storage"]) * 1024;
  return facts;
}

}  // namespace fairlead::ssh
