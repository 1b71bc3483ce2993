#include "engine/copy_parts.hpp"

#include "base/atomic_file.hpp"
#include "base/text.hpp"
#include "engine/synced_folder.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>

namespace fairlead {
namespace {

/// Process numbers mean something in their own namespace alone.
std::string namespace_key() {
  struct stat info {};
  return ::stat("/proc/self/ns/pid", &info) == 0 ? std::to_string(info.st_ino) : "0";
}

/// When a process began, since a number is given again; empty: there is none.
std::string start_of(std::string_view process) {
  std::optional<std::string> text;
  try {
    text = read_file_if_there("/proc/" + std::string(process) + "/stat");
  } catch (const Error&) {  // it ended while it was read
    return {};
  }
  if (!text) return {};
  // The 22nd word; the second, in parentheses, may hold anything.
  const auto words = split(std::string_view(*text).substr(text->rfind(')') + 1), ' ');
  constexpr std::size_t place = 20;
  return words.size() > place ? std::string(words[place]) : std::string();
}

bool is_number(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

std::string copy_part_prefix() {
  return ".fairlead-part-" + machine_key() + '-' + namespace_key() + '-';
}

std::string new_copy_part() {
  static std::atomic<unsigned> count{0};
  const auto process = std::to_string(::getpid());
  return copy_part_prefix() + process + '-' + start_of(process) + '-' + std::to_string(++count);
}

bool is_left_behind(std::string_view name) {
  const auto prefix = copy_part_prefix();
  if (!name.starts_with(prefix)) return false;
  const auto words = split(name.substr(prefix.size()), '-');
  if (words.size() != 3 || !std::ranges::all_of(words, is_number)) return false;
  return start_of(words[0]) != words[1];
}

}  // namespace fairlead
